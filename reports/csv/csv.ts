/**
 * Every sample as a row, for whoever goes on with R, pandas or a spreadsheet. RFC 4180, lines end with CRLF
 * as it asks. A failed sample has a row for each metric it should have yielded, with an empty value.
 */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { field } from './field.ts';

const COLUMNS = ['benchmark', 'metric', 'runtime', 'kind', 'accelerator', 'round', 'order', 'value', 'unit', 'outcome'] as const;

export function samplesCsv(result: ResultDocument): string {
  return [...samplesCsvChunks(result)].join('');
}

/** Written or sent at once. */
const CHUNK = 2 ** 16;

/** The same in parts of some lines each: there may be a million of them. */
export function* samplesCsvChunks(result: ResultDocument): Generator<string> {
  const runtimes = new Map(result.runtimes.map((runtime) => [runtime.id, runtime]));
  let text = `${COLUMNS.join(',')}\r\n`;
  for (const sample of result.samples) {
    const runtime = runtimes.get(sample.runtime);
    for (const metric of result.metrics) {
      if (metric.benchmark !== sample.benchmark) continue;
      const value = sample.outcome === 'ok' ? sample.values[metric.name] : null;
      if (value === undefined) continue;
      const row = [sample.benchmark, metric.name, sample.runtime, runtime?.kind ?? '', runtime?.accelerator ?? '', sample.round, sample.order, value, metric.unit, sample.outcome];
      text += `${row.map(field).join(',')}\r\n`;
    }
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}
