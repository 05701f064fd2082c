/** A fleet's medians as CSV, a row for each run, runtime and metric: for whoever goes on with R or a spreadsheet. RFC 4180. */
import { field } from '../csv/field.ts';
import type { FleetView } from './view.ts';

const COLUMNS = ['host', 'run', 'started', 'tare', 'metric', 'runtime', 'kind', 'accelerator', 'n', 'failed', 'median', 'low', 'high', 'unit'] as const;

export function fleetCsv({ hosts }: FleetView): string {
  const lines = [COLUMNS.join(',')];
  for (const { name, runs } of hosts) {
    for (const { result } of runs) {
      const runtimes = new Map(result.runtimes.map((entry) => [entry.id, entry]));
      const units = new Map(result.metrics.map(({ id, unit }) => [id, unit]));
      for (const { metric, runtime, n, failed, summary } of result.statistics) {
        if (n + failed === 0) continue;
        const entry = runtimes.get(runtime);
        lines.push([name, result.run.id, result.run.startedAt, result.tare.version, metric, runtime, entry?.kind ?? '', entry?.accelerator ?? '', n, failed, summary?.median ?? null, summary?.low ?? null, summary?.high ?? null, units.get(metric) ?? ''].map(field).join(','));
      }
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
