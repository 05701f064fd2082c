/** Empirical distributions on one logarithmic axis: every sample is a step; what is emulated is dashed. */
import { quantityText } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { Theme } from './chart.ts';
import { axisTitle, background, common, ink, type Config } from './drawing.ts';
import type { EcdfChart } from './start-forms.ts';

/** Fewer are seen each as a dot; more run into a line. */
const DOTS = 120;

export function ecdfConfig(chart: EcdfChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const dash = [theme.size * 0.55, theme.size * 0.35];
  const range = logRange(chart.rows.flatMap(({ points }) => points.map(([value]) => value)), 0.03);
  return {
    type: 'line',
    data: {
      datasets: chart.rows.map((row) => {
        const [first] = row.points;
        const colour = ink(row.ink, theme);
        return {
          label: row.label,
          // A step rises where its sample lies, the first from zero.
          data: [...(first === undefined ? [] : [{ x: first[0], y: 0 }]), ...row.points.map(([x, y]) => ({ x, y }))],
          stepped: 'before' as const,
          borderColor: colour,
          backgroundColor: colour,
          borderWidth: Math.max(2, theme.size / 6),
          ...(row.emulated ? { borderDash: dash } : {}),
          // A steep line shows no dashes: its dots are hollow as well.
          pointBackgroundColor: row.emulated ? theme.background : colour,
          pointBorderWidth: row.points.length > DOTS ? 0 : Math.max(1, theme.size / 12),
          pointRadius: ({ dataIndex }: { dataIndex: number }) => (dataIndex === 0 ? 0 : row.points.length > DOTS ? 0.8 : Math.max(2, theme.size / 7)),
          pointHitRadius: 6,
        };
      }),
    },
    options: {
      ...base,
      indexAxis: 'x' as const,
      interaction: { mode: 'nearest' as const, intersect: true },
      scales: {
        x: logScale(range, chart.quantity, chart.axis, theme),
        y: {
          min: 0,
          max: 1,
          title: axisTitle('share of the starts that were ready', theme),
          grid: { color: theme.grid },
          border: { display: false },
          ticks: { color: theme.muted, stepSize: 0.25, font: { family: theme.font, size: theme.size * 0.85 }, callback: (value: number | string) => `${Math.round(Number(value) * 100)} %` },
        },
      },
      plugins: {
        ...base.plugins,
        legend: { display: true, position: 'bottom' as const, onClick: () => undefined, labels: { font: { family: theme.font, size: theme.size }, usePointStyle: true, pointStyleWidth: theme.size * 2.6, generateLabels: () => chart.rows.map((row, index) => ({ text: row.label, fontColor: theme.text, strokeStyle: ink(row.ink, theme), lineWidth: Math.max(2, theme.size / 6), lineDash: row.emulated ? dash : [], pointStyle: 'line' as const, datasetIndex: index, hidden: false })) } },
        tooltip: { callbacks: { title: () => '', label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${Math.round(Number(parsed.y) * 100)} % within ${quantityText(chart.quantity, Number(parsed.x))}` } },
      },
    },
    plugins: [background(theme)],
  };
}
