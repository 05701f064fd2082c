/** Marks that tell series apart by shape, and emulated ones by a hollow. */
import type { PointStyle } from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
import type { Series, Theme } from './chart.ts';
import { ink } from './drawing.ts';

const SHAPES: readonly PointStyle[] = ['circle', 'rect', 'triangle', 'rectRot', 'rectRounded'];

export function shapeOf(position: number): PointStyle {
  return SHAPES[position % SHAPES.length] ?? 'circle';
}

export function drawMark(context: CanvasRenderingContext2D, x: number, y: number, series: Series, position: number, theme: Theme): void {
  context.save();
  context.fillStyle = series.emulated ? theme.background : ink(series.ink, theme);
  context.strokeStyle = ink(series.ink, theme);
  context.lineWidth = Math.max(2, theme.size / 7);
  context.setLineDash([]);
  drawPoint(context, { pointStyle: shapeOf(position), radius: theme.size * 0.36, borderWidth: Math.max(2, theme.size / 7), rotation: 0 }, x, y);
  context.restore();
}

/**
 * A legend that shows the marks. It hides nothing: figures are not to be clicked away.
 * @param told what stands beside each name
 */
export function markLegend(series: readonly Series[], theme: Theme, told: readonly string[] = []) {
  return {
    display: true,
    position: 'bottom' as const,
    align: 'start' as const,
    onClick: () => undefined,
    labels: {
      color: theme.text,
      font: { family: theme.font, size: theme.size },
      usePointStyle: true,
      boxWidth: theme.size,
      boxHeight: theme.size * 0.7,
      generateLabels: () =>
        series.map((each, position) => ({
          text: `${each.label}${told[position] === undefined ? '' : `: ${told[position]}`}`,
          fontColor: theme.text,
          fillStyle: each.emulated ? theme.background : ink(each.ink, theme),
          strokeStyle: ink(each.ink, theme),
          lineWidth: 2,
          pointStyle: shapeOf(position),
          datasetIndex: position,
          hidden: false,
        })),
    },
  };
}
