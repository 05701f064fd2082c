/** The result document's schema for everyone else: `tare schema`. */
import { z } from 'zod';
import { resultDocument } from './schema.ts';

/** JSON Schema, draft 2020-12. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(resultDocument, { target: 'draft-2020-12' });
  return { $schema, title: 'tare result', ...schema };
}
