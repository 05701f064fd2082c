/** `tare schema`: the JSON Schema of a result document. */
import type { CommandModule } from 'yargs';
import { jsonSchema } from '../../benchmarks/result/json-schema.ts';

export const schema: CommandModule = {
  command: 'schema',
  describe: 'print the JSON Schema of a result document',
  handler: () => {
    process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  },
};
