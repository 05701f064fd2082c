/** `tare schema`: the JSON Schema of a result document, or of a comparison. */
import type { CommandModule } from 'yargs';
import { comparisonSchema } from '../../benchmarks/compare/document.ts';
import { jsonSchema } from '../../benchmarks/result/json-schema.ts';

const SCHEMAS = { result: jsonSchema, comparison: comparisonSchema } as const;

export const schema: CommandModule<object, { document: keyof typeof SCHEMAS }> = {
  command: 'schema [document]',
  describe: 'print the JSON Schema of a result document, or of a comparison',
  builder: (yargs) => yargs.positional('document', { choices: Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[], default: 'result' as const, describe: 'whose schema' }),
  handler: ({ document }) => {
    process.stdout.write(`${JSON.stringify(SCHEMAS[document](), null, 2)}\n`);
  },
};
