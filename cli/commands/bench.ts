/** `tare bench`: the main job. A run begins, is repeated, or goes on; then it is reported. */
import type { CommandModule } from 'yargs';
import { begin } from '../bench/begin.ts';
import { refuseContradictions, textOf } from '../bench/given.ts';
import { goOn } from '../bench/go-on.ts';
import { OUTPUT_OPTIONS, RUN_OPTIONS, SOURCE_OPTIONS, type BenchArguments } from '../bench/options.ts';
import { repeat } from '../bench/repeat.ts';

export const bench: CommandModule<object, BenchArguments> = {
  command: 'bench',
  describe: 'measure start-up, memory and disk of every box, and write the report',
  builder: (yargs) =>
    yargs
      .options({ ...RUN_OPTIONS, ...SOURCE_OPTIONS, ...OUTPUT_OPTIONS })
      .group(Object.keys(RUN_OPTIONS), 'What is measured, and how:')
      .group(Object.keys(SOURCE_OPTIONS), 'Where options come from:')
      .group(Object.keys(OUTPUT_OPTIONS), 'What comes out:')
      .example('sudo $0 bench', 'everything, in under four minutes')
      .example('sudo $0 bench --runtimes container,vm-micro --samples 60', 'sixty rounds of two boxes')
      .epilogue('Ctrl-C stops in good order and reports what was measured until then; --resume goes on.'),
  handler: async (argv) => {
    refuseContradictions(argv);
    const [resume, like] = [textOf(argv, 'resume'), textOf(argv, 'like')];
    if (resume !== undefined) await goOn(argv, resume);
    else if (like !== undefined) await repeat(argv, like);
    else await begin(argv);
  },
};
