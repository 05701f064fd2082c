/**
 * The frame of a page that works from a disk or a mail attachment: asks nothing of the network, and lets nothing
 * run but its own script (Content-Security-Policy by hash). Reports, comparisons and fleets are drawn in it.
 */
import { createHash } from 'node:crypto';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Chart } from '../charts/chart.ts';
import { STYLE } from '../html/style.ts';
import { pageScript } from '../page/bundle.ts';

function hashed(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON that can stand inside a script element: nothing in it can end the element or a line. */
export function embeddableJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export interface Page {
  /** Of the tab. No word of a document's. */
  readonly title: string;
  /** Beside the report's own style. */
  readonly style: string;
  readonly body: VNode;
  /** Drawn on the canvases `chart-ID`; without any, and without a result, the page has no script at all. */
  readonly charts: readonly Chart[];
  /** The result itself, packed, for the page's script to hand out. */
  readonly packed?: string;
}

/** @returns the whole file */
export async function framed({ title, style, body, charts, packed }: Page): Promise<string> {
  const whole = STYLE + style;
  const script = charts.length === 0 && packed === undefined ? null : await pageScript();
  const policy = `default-src 'none'; ${script === null ? '' : `script-src ${hashed(script)}; `}style-src ${hashed(whole)}; img-src data:; base-uri 'none'; form-action 'none'`;
  // Written by hand, and holds no word of a document's.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>tare: ${title}</title>
<link rel="icon" href="data:,">
<style>${whole}</style>
</head>
<body>
${renderToString(body)}
${script === null ? '' : `<script type="application/json" id="charts">${embeddableJson(charts)}</script>\n${packed === undefined ? '' : `<script type="application/octet-stream" id="result">${packed}</script>\n`}<script>${script}</script>\n`}</body>
</html>
`;
}
