/** The page of a fleet: what boxes weigh over all machines, and a card for each. It has no script at all. */
import type { VNode } from 'preact';
import { framed } from '../frame/frame.ts';
import { html } from '../html/markup.ts';
import type { BoxRow, FleetView, HostView, RunView, SpreadRow, SpreadView } from './view.ts';

/** Where a run's own report lies, seen from the page. */
export type ReportPlace = (run: RunView) => string;

/** The strip that a row's dots stand on. */
const STRIP = { width: 300, height: 28, edge: 8, radius: 4 } as const;

/** A strip spans a fifth at least: machines that are alike must look alike. */
const LEAST_SPAN = Math.log(1.2);

/** Places on a row's strip, from its lowest value to its highest, by their logarithms. */
function scaleOf({ dots }: SpreadRow): (value: number) => number {
  const values = dots.map(({ value }) => value).filter((value) => value > 0);
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const span = Math.max(LEAST_SPAN, most - least);
  const from = (least + most - span) / 2;
  const inner = STRIP.width - 2 * STRIP.edge;
  return (value) => (value <= 0 ? STRIP.edge : STRIP.edge + (inner * (Math.log(value) - from)) / span);
}

/** Dots of equal value must all be seen and reached: they lie above and below the line, by rank. */
function heightOf(rank: number, of: number): number {
  return STRIP.height / 2 + (of < 3 ? 0 : (((rank * 0.618034) % 1) - 0.5) * (STRIP.height - 2 * STRIP.radius));
}

function strip(row: SpreadRow, ink: number): VNode {
  const { label, dots } = row;
  const position = scaleOf(row);
  const middle = STRIP.height / 2;
  return html`<svg class="strip" viewBox=${`0 0 ${STRIP.width} ${STRIP.height}`} role="img" aria-label=${`${label}: ${dots.length} machines`}>
    <line x1="0" y1=${middle} x2=${STRIP.width} y2=${middle} />
    ${dots.map(({ host, value, text }, rank) => html`<a href=${`#host-${host.position}`}><circle class=${`ink-${ink}`} cx=${position(value).toFixed(1)} cy=${heightOf(rank, dots.length).toFixed(1)} r=${STRIP.radius}><title>${host.name}: ${text}</title></circle></a>`)}
  </svg>`;
}

function spreadSection(spread: SpreadView, inks: Inks): VNode {
  const end = (dot: SpreadRow['dots'][number] | undefined): VNode | string => (dot === undefined ? '' : html`${dot.text} <a class="small" href=${`#host-${dot.host.position}`}>${dot.host.name}</a>`);
  return html`<section><h2>${spread.title}</h2><p class="muted">${spread.definition}</p>
    <div class="scroll"><table><thead><tr><th>runtime</th><th>each machine, lowest to highest</th><th class="figure">middle</th><th>lowest</th><th>highest</th><th class="figure">machines</th></tr></thead>
    <tbody>${spread.rows.map((row) => html`<tr><td>${row.label}</td><td>${strip(row, inks.of(row))}</td><td class="figure">${row.middle}</td><td>${end(row.dots[0])}</td><td>${end(row.dots.at(-1))}</td><td class="figure">${row.dots.length}</td></tr>`)}</tbody></table></div>
  </section>`;
}

function boxRow({ label, cells }: BoxRow): VNode {
  return html`<tr><td>${label}</td>${cells.map(({ text, intervalText, measured }) => html`<td class=${measured ? 'figure' : 'figure muted'} title=${intervalText}>${text}</td>`)}</tr>`;
}

function runTable({ metrics, rows }: RunView): VNode {
  return html`<div class="scroll"><table><thead><tr><th></th>${metrics.map(({ title }) => html`<th class="figure">${title}</th>`)}</tr></thead><tbody>${rows.map(boxRow)}</tbody></table></div>`;
}

function runLink(run: RunView, place: ReportPlace): VNode {
  return html`<a href=${place(run)}>${run.line}</a>${run.trouble === '' ? '' : html` <span class="muted">(${run.trouble})</span>`}`;
}

function card({ position, name, line, runs }: HostView, place: ReportPlace): VNode {
  const [newest, ...older] = runs;
  return html`<article id=${`host-${position}`}>
    <h3>${name}</h3><p class="muted small">${line}</p>
    ${newest === undefined ? '' : html`${runTable(newest)}<p class="small">Full report: ${runLink(newest, place)}</p>`}
    ${older.length === 0 ? '' : html`<details><summary>${older.length} earlier run${older.length === 1 ? '' : 's'}</summary><ul>${older.map((run) => html`<li>${runLink(run, place)}</li>`)}</ul></details>`}
  </article>`;
}

/** Colours by number: what is called may hold anything, so style sheets go by this. */
interface Inks {
  of(row: SpreadRow): number;
  readonly style: string;
}

function inksOf(view: FleetView): Inks {
  const all = new Map(view.spreads.flatMap(({ rows }) => rows.map(({ ink }) => [`${ink.light} ${ink.dark}`, ink] as const)));
  const keys = [...all.keys()];
  const shades = (shade: 'light' | 'dark'): string => [...all.values()].map((ink, index) => `.ink-${index}{fill:${ink[shade]}}`).join('');
  return { of: ({ ink }) => keys.indexOf(`${ink.light} ${ink.dark}`), style: `${shades('light')}@media (prefers-color-scheme:dark){${shades('dark')}}` };
}

const STYLE = `
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:1.2rem;margin:1.2rem 0}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;min-width:0;scroll-margin-top:1rem}
article h3{margin:0;overflow-wrap:anywhere}article:target{border-color:var(--accent);box-shadow:0 0 0 2px var(--accent)}
.small{font-size:.86rem}.strip{width:19rem;height:1.8rem;display:block}.strip line{stroke:var(--line)}.strip circle{fill-opacity:.75;stroke:var(--card)}
.hosts{columns:14rem;list-style:none;padding:0;margin:.5rem 0}.hosts li{break-inside:avoid}
`;

export async function fleetHtml(view: FleetView, place: ReportPlace): Promise<string> {
  const { hosts, runs, spreads, caution, unread } = view;
  const inks = inksOf(view);
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const body = html`<div>
    <header>
      <p class="brand">tare</p>
      <h1>${view.title}</h1>
      ${caution === null ? '' : html`<p class="caution"><b>Emulated.</b> ${caution}</p>`}
      ${unread.length === 0 ? '' : html`<div class="caution" id="unread"><b>Not read.</b> ${count(unread.length, 'result')} could not be read, and ${unread.length === 1 ? 'is' : 'are'} in no figure:<ul>${unread.map(({ message }) => html`<li>${message}</li>`)}</ul></div>`}
      <p class="muted">${count(hosts.length, 'machine')}, ${count(runs, 'run')}. Of a machine with several runs the newest counts; medians of different machines are shown side by side and never mixed into one.</p>
      <details open=${hosts.length <= 12}><summary>The machines</summary><ul class="hosts">${hosts.map(({ position, name }) => html`<li><a href=${`#host-${position}`}>${name}</a></li>`)}</ul></details>
    </header>
    <main>
      ${spreads.map((spread) => spreadSection(spread, inks))}
      <h2>Machine by machine</h2>
      <div class="cards">${hosts.map((host) => card(host, place))}</div>
    </main>
    <footer><p>Made by tare.</p></footer>
  </div>`;
  return framed({ title: 'machine by machine', style: STYLE + inks.style, body, charts: [] });
}

