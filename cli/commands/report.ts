/** `tare report RESULT…`: from result files to what people look at. Needs no root and no Linux. */
import { dirname, relative, resolve, sep } from 'node:path';
import type { CommandModule } from 'yargs';
import { openResult, type Source } from '../../benchmarks/compare/open.ts';
import { samplesCsv } from '../../reports/csv/csv.ts';
import { fleetCsv } from '../../reports/fleet/csv.ts';
import { fleetMarkdown, fleetTerminal } from '../../reports/fleet/text.ts';
import { buildFleetView, type Unread } from '../../reports/fleet/view.ts';
import { writeFleet } from '../../reports/fleet/write.ts';
import { markdownReport } from '../../reports/markdown/markdown.ts';
import { buildView } from '../../reports/view/view.ts';
import { writeReport } from '../../reports/write.ts';
import { TareError } from '../../runtime/errors.ts';
import { EXIT } from '../exit.ts';
import { writableDirectory } from '../output-directory.ts';
import { printReport, printTo } from '../print.ts';

interface Arguments {
  results: string[];
  out: string | undefined;
  csv: string | undefined;
  markdown: string | undefined;
  json: boolean;
  images: boolean;
}

export const report: CommandModule<object, Arguments> = {
  command: 'report <results..>',
  describe: 'draw a report again from a result.json, or one of many machines, anywhere',
  builder: (yargs) =>
    yargs
      .positional('results', { type: 'string', array: true, demandOption: true, describe: 'a result.json, the journal.jsonl of a run that broke off, or the directory of a run; several become one page, grouped by machine' })
      .option('out', { type: 'string', describe: 'directory for report.html or fleet.html and companions (that of the result, or that which holds them all)' })
      .option('csv', { type: 'string', describe: 'only samples (of several results: medians) as CSV into a file, or - for standard output' })
      .option('markdown', { type: 'string', describe: 'only tables as Markdown into a file, or -' })
      .option('json', { type: 'boolean', default: false, describe: 'only the result document on standard output' })
      .option('images', { type: 'boolean', default: true, describe: 'charts as PNG and SVG too (--no-images, and of several results: none)' })
      .example('$0 report results/*/result.json', 'a fleet: fleet.html, and each machine’s own report beneath')
      .epilogue('Of several results those that cannot be read are named, on the page too, the others are shown, and the exit status is 1. To see what changed between results: tare compare.'),
  handler: async (argv) => {
    const [first, ...more] = argv.results;
    if (first === undefined) throw new TareError('usage', 'no result given', 'name a result.json');
    await (more.length === 0 ? reportOne(argv, first) : reportFleet(argv));
  },
};

async function reportOne(argv: Arguments, path: string): Promise<void> {
  const { document: result, place } = await openResult(path);
  if (argv.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (argv.csv !== undefined) await printTo(argv.csv, samplesCsv(result));
  if (argv.markdown !== undefined) await printTo(argv.markdown, markdownReport(buildView(result)));
  if (argv.json || argv.csv !== undefined || argv.markdown !== undefined) return;
  const written = await writeReport(result, writableDirectory('out', argv.out ?? dirname(resolve(place))), { images: argv.images });
  printReport(result);
  process.stderr.write(`\nreport: ${relative(process.cwd(), written.html)}\n`);
  if (written.withoutImages !== null && argv.images) process.stderr.write(`charts as images were left out: ${written.withoutImages}\n`);
}

async function reportFleet(argv: Arguments): Promise<void> {
  if (argv.json) throw new TareError('usage', '--json is for one result, and several were given', 'give one, or take tare compare --json');
  const { sources, unread } = await openAll(argv.results);
  const view = buildFleetView(sources, unread);
  if (argv.csv !== undefined) await printTo(argv.csv, fleetCsv(view));
  if (argv.markdown !== undefined) await printTo(argv.markdown, fleetMarkdown(view));
  if (argv.csv === undefined && argv.markdown === undefined) {
    const page = await writeFleet(view, writableDirectory('out', argv.out ?? around(sources.map(({ place }) => place))));
    process.stdout.write(fleetTerminal(view, { columns: Math.min(process.stdout.columns || 80, 110), colours: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined }));
    process.stderr.write(`\nreport: ${relative(process.cwd(), page)}\n`);
  }
  if (unread.length === 0) return;
  for (const { message } of unread) process.stderr.write(`not read: ${message}\n`);
  process.exitCode = EXIT.failed;
}

/**
 * All that can be read, and why the others cannot.
 * @throws {TareError} what is wrong with the first, when none can be; `usage` when a run is there twice
 */
async function openAll(paths: readonly string[]): Promise<{ sources: Source[]; unread: Unread[] }> {
  const sources: Source[] = [];
  const unread: Unread[] = [];
  let why: TareError | null = null;
  const runs = new Map<string, string>();
  for (const path of paths) {
    try {
      const source = await openResult(path);
      sources.push(source);
      const { id } = source.document.run;
      const before = runs.get(id);
      if (before !== undefined) throw new TareError('usage', `${before} and ${source.place} are the same run, ${id}`, 'give each run once');
      runs.set(id, source.place);
    } catch (error) {
      if (!(error instanceof TareError) || error.code === 'usage') throw error;
      why ??= error;
      unread.push({ place: path, message: error.message });
    }
  }
  if (sources.length === 0 && why !== null) throw why;
  return { sources, unread };
}

/** The nearest directory that holds them all. @throws {TareError} `usage` when that is the root of the file system */
function around(places: readonly string[]): string {
  const paths = places.map((place) => dirname(resolve(place)).split(sep));
  const [first = []] = paths;
  const common = first.filter((_, index) => paths.every((path) => path.slice(0, index + 1).join(sep) === first.slice(0, index + 1).join(sep)));
  if (common.length < 2) throw new TareError('usage', 'the results lie in no directory together', 'say with --out where the report is to go');
  return common.join(sep);
}
