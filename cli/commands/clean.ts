/** `tare clean`: whatever an earlier crash left. */
import type { CommandModule } from 'yargs';
import { clean as removeLeftovers } from '../../runtime/clean.ts';
import { EXIT } from '../exit.ts';

export const clean: CommandModule<object, { json: boolean }> = {
  command: 'clean',
  describe: 'remove what an earlier crash left: processes and cgroups named tare-…',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' })
      .epilogue('What belongs to a tare that is running is never touched.'),
  handler: async ({ json }) => {
    const results = await removeLeftovers();
    if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else {
      for (const { path, killed, removed, reason } of results) {
        const processes = killed.length > 0 ? `, killed ${killed.join(', ')}` : '';
        process.stdout.write(`${removed ? 'removed' : 'could not remove'} ${path}${processes}${reason === null ? '' : `: ${reason}`}\n`);
      }
      if (results.length === 0) process.stdout.write('nothing to clean: no process, cgroup or directory is left of an earlier run\n');
    }
    if (results.some(({ removed }) => !removed)) process.exitCode = EXIT.failed;
  },
};
