/**
 * Every sample as a row, for whoever goes on with R, pandas or a spreadsheet. RFC 4180, lines end with CRLF
 * as it asks. A failed sample has a row for each metric it should have yielded, with an empty value.
 */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { field } from './field.ts';

const COLUMNS = ['benchmark', 'metric', 'runtime', 'kind', 'accelerator', 'round', 'order', 'value', 'unit', 'outcome'] as const;

export function samplesCsv(result: ResultDocument): string {
  const runtimes = new Map(result.runtimes.map((runtime) => [runtime.id, runtime]));
  const lines = [COLUMNS.join(',')];
  for (const sample of result.samples) {
    const runtime = runtimes.get(sample.runtime);
    for (const metric of result.metrics) {
      if (metric.benchmark !== sample.benchmark) continue;
      const value = sample.outcome === 'ok' ? sample.values[metric.name] : null;
      if (value === undefined) continue;
      const row = [sample.benchmark, metric.name, sample.runtime, runtime?.kind ?? '', runtime?.accelerator ?? '', sample.round, sample.order, value, metric.unit, sample.outcome];
      lines.push(row.map(field).join(','));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
