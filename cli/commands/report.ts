/** `tare report RESULT`: from a result file to what people look at. Needs no root and no Linux. */
import { dirname, relative, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { readResult } from '../../benchmarks/result/read.ts';
import { samplesCsv } from '../../reports/csv/csv.ts';
import { markdownReport } from '../../reports/markdown/markdown.ts';
import { buildView } from '../../reports/view/view.ts';
import { writeReport } from '../../reports/write.ts';
import { writableDirectory } from '../output-directory.ts';
import { printReport, printTo } from '../print.ts';

interface Arguments {
  result: string;
  out: string | undefined;
  csv: string | undefined;
  markdown: string | undefined;
  json: boolean;
  images: boolean;
}

export const report: CommandModule<object, Arguments> = {
  command: 'report <result>',
  describe: 'draw a report again from a result.json, on any machine',
  builder: (yargs) =>
    yargs
      .positional('result', { type: 'string', demandOption: true, describe: 'a result.json, or the journal.jsonl of a run that broke off' })
      .option('out', { type: 'string', describe: 'directory for report.html and its companions (that of the result)' })
      .option('csv', { type: 'string', describe: 'only samples as CSV into a file, or - for standard output' })
      .option('markdown', { type: 'string', describe: 'only tables as Markdown into a file, or -' })
      .option('json', { type: 'boolean', default: false, describe: 'only the result document on standard output' })
      .option('images', { type: 'boolean', default: true, describe: 'charts as PNG and SVG too (--no-images: none)' }),
  handler: async (argv) => {
    const result = await readResult(argv.result);
    if (argv.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (argv.csv !== undefined) await printTo(argv.csv, samplesCsv(result));
    if (argv.markdown !== undefined) await printTo(argv.markdown, markdownReport(buildView(result)));
    if (argv.json || argv.csv !== undefined || argv.markdown !== undefined) return;
    const written = await writeReport(result, writableDirectory('out', argv.out ?? dirname(resolve(argv.result))), { images: argv.images });
    printReport(result);
    process.stderr.write(`\nreport: ${relative(process.cwd(), written.html)}\n`);
    if (written.withoutImages !== null && argv.images) process.stderr.write(`charts as images were left out: ${written.withoutImages}\n`);
  },
};
