/** How start-up times are spread: what share of the starts was ready by when. */
import type { MetricView } from '../metrics.ts';
import { quantityText, type Quantity } from '../numbers.ts';

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function told(quantity: Quantity, label: string, values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => quantityText(quantity, quantile(sorted, share));
  // Nine of ten mean nothing among fewer than ten.
  return `${label}: half within ${at(0.5)}, ${sorted.length < 10 ? '' : `nine of ten within ${at(0.9)}, `}the slowest of ${sorted.length} after ${at(1)}`;
}

export function distributionSummary(metric: MetricView): string {
  const rows = metric.rows.filter(({ values }) => values.length > 0);
  return `What share of the starts was ready by when; every start is in it. ${rows.map(({ runtime, values }) => told(metric.quantity, runtime.label, values)).join('; ')}.`;
}
