/** The command `tare`. Each subcommand is a module of its own; this file is the table of contents. */
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { TareError } from '../runtime/errors.ts';
import { bench } from './commands/bench.ts';
import { clean } from './commands/clean.ts';
import { compare } from './commands/compare.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { image } from './commands/image.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { schema } from './commands/schema.ts';
import { exitStatus, failureText } from './failure.ts';
import { nearestOption } from './unknown-option.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

// A reader that has seen enough (`tare report | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const COMMANDS = ['bench', 'report', 'compare', 'doctor', 'explain', 'image', 'run', 'clean', 'schema'];
const named = COMMANDS.find((name) => name === process.argv[2]);

/** `--csv -` as it is said everywhere: yargs would take the dash for an option, and only knows `--csv=-`. */
function withDashes(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.flatMap((word, index) => {
    const inOptions = end < 0 || index < end;
    if (inOptions && word === '-' && args[index - 1]?.startsWith('--') === true) return [];
    return inOptions && word.startsWith('--') && args[index + 1] === '-' ? [`${word}=-`] : [word];
  });
}

const parser = yargs(withDashes(hideBin(process.argv)))
  .scriptName('tare')
  .usage('$0 <command>\n\nWeighs the boxes software is shipped in: the same workload as a plain process, in a container and in a virtual machine, side by side: start-up time, memory, disk.')
  .command(bench)
  .command(report)
  .command(compare)
  .command(doctor)
  .command(explain)
  .command(image)
  .command(run)
  .command(clean)
  .command(schema)
  .demandCommand(1, 'which command?')
  .recommendCommands()
  .strict()
  .parserConfiguration({ 'populate--': true })
  .version(version)
  .alias('help', 'h')
  .wrap(Math.min(80, process.stdout.columns || 80))
  .epilogue('Start with: tare doctor, then: sudo tare bench\nExit status: 0 done, 1 something failed, 2 wrong usage, 130 interrupted.')
  .exitProcess(false)
  .fail((message: string | null, error: Error | undefined, usage: unknown) => {
    // A message is yargs' own, on how the command was used; an error alone comes from a command.
    if (message === null || message === undefined) throw error ?? new Error('failed without a word');
    throw new TareError('usage', message.replaceAll(/\s+/g, ' ').trim(), nearestOption(message, usage) ?? `${named === undefined ? 'tare' : `tare ${named}`} --help tells`);
  });

try {
  await parser.parseAsync();
} catch (error) {
  process.stderr.write(failureText(error, process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined));
  process.exitCode = exitStatus(error);
}
