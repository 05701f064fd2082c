/** `tare compare A B …`: results of several runs held against one another. Needs no root and no Linux. */
import { relative } from 'node:path';
import type { CommandModule } from 'yargs';
import { compareResults } from '../../benchmarks/compare/build.ts';
import { allHeld, parseCondition, type Condition } from '../../benchmarks/compare/condition.ts';
import type { ComparisonDocument } from '../../benchmarks/compare/document.ts';
import { openResult, type Source } from '../../benchmarks/compare/open.ts';
import { compareMarkdown } from '../../reports/compare/markdown.ts';
import { compareTerminal } from '../../reports/compare/terminal.ts';
import { buildCompareView } from '../../reports/compare/view.ts';
import { writeComparison } from '../../reports/compare/write.ts';
import { TareError } from '../../runtime/errors.ts';
import { tareHere } from '../bench/tare.ts';
import { EXIT } from '../exit.ts';
import { writableDirectory } from '../output-directory.ts';
import { printTo } from '../print.ts';
import { chosenNames, suggestion } from '../suggest.ts';

interface Arguments {
  results: string[];
  baseline: string | undefined;
  metrics: string[] | undefined;
  runtimes: string[] | undefined;
  all: boolean;
  'fail-if': string[] | undefined;
  out: string | undefined;
  json: boolean;
  markdown: string | undefined;
}

export const compare: CommandModule<object, Arguments> = {
  command: 'compare <results..>',
  describe: 'hold results of several runs, versions or machines against one another',
  builder: (yargs) =>
    yargs
      .positional('results', { type: 'string', array: true, demandOption: true, describe: 'result.json files, journals, or directories of runs; the first is the baseline' })
      .option('baseline', { type: 'string', describe: 'which result the others are held against: its number, run id or name (1)' })
      .option('metrics', { type: 'string', array: true, nargs: 1, describe: 'only these, such as startup.ready (all)' })
      .option('runtimes', { type: 'string', array: true, nargs: 1, describe: 'only these (all)' })
      .option('all', { type: 'boolean', default: false, describe: 'every metric in the terminal, not only those that benchmarks are summed up by' })
      .option('fail-if', { type: 'string', array: true, nargs: 1, describe: 'exit with 1 if the ratio to the baseline is so: "METRIC RUNTIME >|>=|<|<= NUMBER [at 95%]"' })
      .option('out', { type: 'string', describe: 'directory for comparison.html and comparison.json' })
      .option('json', { type: 'boolean', default: false, describe: 'only the comparison document on standard output' })
      .option('markdown', { type: 'string', describe: 'only tables as Markdown into a file, or -' })
      .example('$0 compare before after --out change', 'two runs, and a report of what changed')
      .example('$0 compare main pr --fail-if "startup.ready container > 1.1"', 'for CI')
      .example('$0 compare a b --fail-if "memory.cgroup container > 1 at 95%"', 'only when it is sure')
      .epilogue(
        '--fail-if compares the ratio of the medians, result to baseline: 1.1 is a tenth more. With "at 95%" it fails only if the whole 95 % interval of that ratio lies beyond the limit. It may be given several times, and holds for every result but the baseline. No data, or figures that cannot be compared, fail too, and say so.\n\nExit status: 0 done, 1 a --fail-if was met or a file cannot be read, 2 wrong usage.',
      ),
  handler: async (argv) => {
    const conditions = (argv['fail-if'] ?? []).map(parseCondition);
    const directory = argv.out === undefined ? null : writableDirectory('out', argv.out);
    const sources = await Promise.all(argv.results.map(openResult));
    const document = compareResults(sources, { tare: tareHere(), baseline: argv.baseline, conditions: known(conditions, sources), ...chosen(argv, sources) });
    await tell(argv, document, directory);
    if (allHeld(document.conditions)) return;
    process.exitCode = EXIT.failed;
    for (const line of broken(document)) process.stderr.write(`${line}\n`);
  },
};

function names(sources: readonly Source[]): { metrics: string[]; runtimes: string[] } {
  const of = (all: (document: Source['document']) => readonly { readonly id: string }[]): string[] => [...new Set(sources.flatMap(({ document }) => all(document).map(({ id }) => id)))];
  return { metrics: of(({ metrics }) => metrics), runtimes: of(({ runtimes }) => runtimes) };
}

/** @throws {TareError} `usage` for a name that no result has */
function chosen(argv: Arguments, sources: readonly Source[]): { metrics?: string[]; runtimes?: string[] } {
  const all = names(sources);
  return {
    ...(argv.metrics === undefined ? {} : { metrics: chosenNames('metrics', argv.metrics, all.metrics) }),
    ...(argv.runtimes === undefined ? {} : { runtimes: chosenNames('runtimes', argv.runtimes, all.runtimes) }),
  };
}

/** @throws {TareError} `usage` for a condition on what no result has: it would never hold */
function known(conditions: readonly Condition[], sources: readonly Source[]): readonly Condition[] {
  const all = names(sources);
  for (const { text, metric, runtime } of conditions) {
    if (!all.metrics.includes(metric)) throw new TareError('usage', `--fail-if "${text}": no result has a metric "${metric}"`, suggestion(metric, all.metrics));
    if (!all.runtimes.includes(runtime)) throw new TareError('usage', `--fail-if "${text}": no result has a runtime "${runtime}"`, suggestion(runtime, all.runtimes));
  }
  return conditions;
}

async function tell(argv: Arguments, document: ComparisonDocument, directory: string | null): Promise<void> {
  const view = buildCompareView(document);
  if (argv.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  if (argv.markdown !== undefined) await printTo(argv.markdown, compareMarkdown(view));
  if (!argv.json && argv.markdown === undefined) {
    const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
    process.stdout.write(compareTerminal(view, { columns: Math.min(process.stdout.columns || 80, 110), colours, all: argv.all || argv.metrics !== undefined }));
  }
  if (directory !== null) process.stderr.write(`\nreport: ${relative(process.cwd(), await writeComparison(view, directory))}\n`);
}

/** What CI shows last: each condition that was met, or could not be decided. */
function broken({ conditions, results }: ComparisonDocument): string[] {
  return conditions.flatMap(({ text, outcomes }) =>
    outcomes.flatMap(({ result, state, reason }) => {
      const name = results.find(({ number }) => number === result)?.name ?? '';
      if (state === 'held') return [];
      return [state === 'broken' ? `tare: ${name} fails on "${text}": ${reason}` : `tare: no data for "${text}" in ${name}: ${reason}`];
    }),
  );
}
