/** What a person gets when a run has come to its end. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { shellLine } from '../../reports/view/shell.ts';
import { writeReport } from '../../reports/write.ts';
import { EXIT } from '../exit.ts';
import { printReport, printTo } from '../print.ts';
import { flagOf, textOf } from './given.ts';
import type { BenchArguments } from './options.ts';

export interface Ending {
  readonly argv: BenchArguments;
  readonly result: ResultDocument;
  /** Where it lies. */
  readonly directory: string;
  readonly images: boolean;
  /** Whether somebody asked for what could not be measured: then it is a failure. */
  readonly asked: boolean;
}

/** Writes the report, prints what was asked for, and sets the exit status. */
export async function tell({ argv, result, directory, images, asked }: Ending): Promise<void> {
  const report = await writeReport(result, directory, { images });
  const [json, csv, markdown] = [flagOf(argv, 'json') === true, textOf(argv, 'csv'), textOf(argv, 'markdown')];
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (csv !== undefined) await printTo(csv, readFileSync(report.csv, 'utf8'));
  if (markdown !== undefined) await printTo(markdown, readFileSync(report.markdown, 'utf8'));
  if (!json && csv !== '-' && markdown !== '-') printReport(result);
  process.stderr.write(`\nreport: ${fromHere(report.html)}\ndata:   ${fromHere(join(directory, 'result.json'))}\n`);
  if (report.withoutImages !== null && images) process.stderr.write(`charts as images were left out: ${report.withoutImages}\n`);
  const { harness } = result.run;
  if (harness !== undefined) process.stderr.write(`between two visits tare itself took ${harness.betweenMs.toFixed(1)} ms (median of ${harness.visits}), the idle gap apart\n`);
  const missing = result.runtimes.filter(({ state, rung, twinOf }) => state.state === 'unavailable' && rung === undefined && twinOf === undefined).map(({ id }) => id);
  if (result.run.state === 'interrupted') {
    process.stderr.write(`interrupted: the report holds what was measured until then\nnext: ${shellLine(['tare', 'bench', '--resume', fromHere(directory)])}\n`);
    process.exitCode = EXIT.interrupted;
  } else if (result.samples.some(({ outcome }) => outcome === 'failed')) {
    process.stderr.write('some samples failed: the report tells which, with their logs\n');
    process.exitCode = EXIT.failed;
  } else if (missing.length > 0 && asked) {
    process.stderr.write(`asked for, and not measured: ${missing.join(', ')}\n`);
    process.exitCode = EXIT.failed;
  }
}

/** Short where that is short. */
function fromHere(path: string): string {
  const place = relative(process.cwd(), path);
  return place.startsWith('../..') ? path : place;
}
