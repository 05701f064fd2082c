/** Which versions of the files this tare can read. */
import { TareError } from '../../runtime/errors.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** @throws {TareError} `newer-schema` when the value says that it is of this format and of a later version */
export function refuseNewerSchema(value: unknown, format: string, place: string): void {
  if (typeof value !== 'object' || value === null) return;
  const { format: found, schemaVersion } = value as { format?: unknown; schemaVersion?: unknown };
  if (found !== format || typeof schemaVersion !== 'number' || schemaVersion <= SCHEMA_VERSION) return;
  throw new TareError('newer-schema', `${place} is of schema version ${schemaVersion}; this tare reads up to version ${SCHEMA_VERSION}`, 'read it with a tare at least as new as the one that wrote it');
}
