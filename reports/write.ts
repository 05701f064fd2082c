/** Writes a report's files, each under a temporary name first: nothing half-written is ever found. */
import { join } from 'node:path';
import type { ResultDocument } from '../benchmarks/result/schema.ts';
import { chartsOf } from './charts/from-view.ts';
import { samplesCsvChunks } from './csv/csv.ts';
import { reportHtml } from './html/document.ts';
import { markdownReport } from './markdown/markdown.ts';
import { buildView } from './view/view.ts';
import { writeWhole } from './whole.ts';

export interface WrittenReport {
  readonly html: string;
  readonly markdown: string;
  readonly csv: string;
  /** PNG and SVG of each chart. */
  readonly images: readonly string[];
  /** Why there are no images, or null. */
  readonly withoutImages: string | null;
}

/** Loaded only when wanted: the native canvas takes a while, and is not on every machine. */
async function writeImages(result: ResultDocument, directory: string): Promise<string[]> {
  const { chartPng, chartSvg } = await import('./images/images.ts');
  const paths: string[] = [];
  for (const chart of chartsOf(buildView(result))) {
    paths.push(await writeWhole(join(directory, 'charts', `${chart.id}.png`), await chartPng(chart)));
    paths.push(await writeWhole(join(directory, 'charts', `${chart.id}.svg`), chartSvg(chart)));
  }
  return paths;
}

/**
 * `report.html`, `summary.md`, `samples.csv`, and `charts/` in the directory, from the result document alone.
 * @throws when a file cannot be written; what was whole before stays whole
 */
export async function writeReport(result: ResultDocument, directory: string, options: { readonly images: boolean }): Promise<WrittenReport> {
  const view = buildView(result);
  const html = await writeWhole(join(directory, 'report.html'), await reportHtml(view));
  const markdown = await writeWhole(join(directory, 'summary.md'), markdownReport(view));
  const csv = await writeWhole(join(directory, 'samples.csv'), samplesCsvChunks(result));
  let images: string[] = [];
  let withoutImages: string | null = options.images ? null : 'not asked for';
  if (options.images) {
    try {
      images = await writeImages(result, directory);
    } catch (error) {
      // The report itself needs no canvas: a machine that cannot load it still gets one.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_DLOPEN_FAILED' && (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
      withoutImages = `the canvas cannot be loaded: ${(error as Error).message.split('\n')[0] ?? ''}`;
    }
  }
  return { html, markdown, csv, images, withoutImages };
}
