/** What many machines measured, host by host and over all of them: from result documents alone. */
import type { Host, Metric, ResultDocument, RuntimeEntry, Statistic } from '../../benchmarks/result/schema.ts';
import { intervalText, quantityText, type Quantity } from '../view/numbers.ts';
import { inkOf, type Ink } from '../view/palette.ts';
import { EMULATED } from '../view/runtimes.ts';
import { hostLine } from '../view/host-line.ts';

/** A result that was asked for and could not be read: a fleet has such, and the others are shown all the same. */
export interface Unread {
  readonly place: string;
  /** Names the place. */
  readonly message: string;
}

export interface CellView {
  /** `2.07 ms`, or why there is none. */
  readonly text: string;
  readonly intervalText: string;
  readonly measured: boolean;
}

export interface BoxRow {
  readonly label: string;
  readonly ink: Ink;
  /** One a metric of the run, in their order. */
  readonly cells: readonly CellView[];
}

export interface RunView {
  /** Place in the whole, from 0: its report lies under it. */
  readonly position: number;
  readonly when: string;
  readonly place: string;
  readonly line: string;
  readonly metrics: readonly { readonly id: string; readonly title: string }[];
  readonly rows: readonly BoxRow[];
  /** Failures and warnings, in words; '' where there are none. */
  readonly trouble: string;
  readonly result: ResultDocument;
}

export interface HostView {
  /** Place on the page, from 0. */
  readonly position: number;
  readonly name: string;
  readonly line: string;
  /** The newest first. */
  readonly runs: readonly RunView[];
}

export interface Dot {
  readonly host: HostView;
  readonly value: number;
  readonly text: string;
}

/** A metric of one runtime over all hosts, by the newest run of each. Emulated and real machines are never one row. */
export interface SpreadRow {
  readonly label: string;
  readonly ink: Ink;
  /** Ascending by value. */
  readonly dots: readonly Dot[];
  readonly middle: string;
}

export interface SpreadView {
  readonly metric: string;
  readonly title: string;
  readonly definition: string;
  readonly quantity: Quantity;
  readonly rows: readonly SpreadRow[];
}

export interface FleetView {
  readonly title: string;
  readonly hosts: readonly HostView[];
  readonly runs: number;
  readonly spreads: readonly SpreadView[];
  readonly caution: string | null;
  readonly unread: readonly Unread[];
}

export interface FleetResult {
  readonly place: string;
  readonly document: ResultDocument;
}

export function buildFleetView(results: readonly FleetResult[], unread: readonly Unread[] = []): FleetView {
  const runs = results.map(({ place, document }, position) => runView(document, place, position));
  const groups = new Map<string, RunView[]>();
  for (const run of runs) groups.set(keyOf(run.result.host), [...(groups.get(keyOf(run.result.host)) ?? []), run]);
  const hosts = [...groups.values()]
    .map((group) => group.sort((a, b) => b.when.localeCompare(a.when)))
    .map((group) => ({ name: nameOf(group[0]?.result.host), line: group[0] === undefined ? '' : hostLine(group[0].result.host), runs: group }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map((host, position): HostView => ({ position, ...host }));
  const emulated = hosts.filter(({ runs: [newest] }) => newest?.result.runtimes.some((entry) => entry.emulated && entry.state.state === 'measured')).length;
  return {
    title: 'What a box weighs, machine by machine',
    hosts,
    runs: runs.length,
    spreads: spreadViews(hosts),
    caution: emulated === 0 ? null : `On ${emulated} of ${hosts.length} machines virtual machines are ${EMULATED}: those figures say nothing about hardware virtualisation, and are never put together with others.`,
    unread,
  };
}

/** A kernel or a disk may change and the host be the same; a name may be given to several machines of different make. */
function keyOf({ hostname, cpu, memory, os }: Host): string {
  return JSON.stringify(hostname === null ? [null, cpu.brand, cpu.logical, memory.totalBytes, os.kernel] : [hostname, cpu.brand, os.arch]);
}

function nameOf(host: Host | undefined): string {
  return host?.hostname ?? `without a name (${host?.cpu.brand ?? 'unknown'})`;
}

function boxesOf({ runtimes }: ResultDocument): RuntimeEntry[] {
  return runtimes.filter(({ rung, twinOf }) => rung === undefined && twinOf === undefined);
}

function labelOf({ id, emulated }: RuntimeEntry): string {
  return emulated ? `${id} (${EMULATED})` : id;
}

/** Those that sum a benchmark up, and that boxes have figures of. */
function metricsOf(document: ResultDocument): Metric[] {
  const boxes = new Set(boxesOf(document).map(({ id }) => id));
  return document.metrics.filter(({ id, primary }) => primary && document.statistics.some(({ metric, runtime, n, failed }) => metric === id && boxes.has(runtime) && n + failed > 0));
}

function statisticOf({ statistics }: ResultDocument, metric: string, runtime: string): Statistic | undefined {
  return statistics.find((each) => each.metric === metric && each.runtime === runtime);
}

function runView(document: ResultDocument, place: string, position: number): RunView {
  const metrics = metricsOf(document);
  const boxes = boxesOf(document);
  const failed = document.samples.filter(({ outcome }) => outcome === 'failed').length;
  const { run, tare, warnings } = document;
  const trouble = [run.state === 'interrupted' ? 'interrupted' : '', failed > 0 ? `${failed} failed sample${failed === 1 ? '' : 's'}` : '', warnings.length > 0 ? `${warnings.length} warning${warnings.length === 1 ? '' : 's'}` : ''];
  return {
    position, place,
    when: run.startedAt,
    line: `${run.startedAt.slice(0, 16).replace('T', ' ')}, profile ${run.options.profile}, tare ${tare.version}`,
    metrics: metrics.map(({ id, title, benchmark }) => ({ id, title: `${benchmark}: ${title}` })),
    rows: boxes.map((entry, at) => ({ label: labelOf(entry), ink: inkOf(entry.runtime, at), cells: metrics.map((metric) => cellView(document, metric, entry)) })),
    trouble: trouble.filter((each) => each !== '').join(', '),
    result: document,
  };
}

function cellView(document: ResultDocument, metric: Metric, entry: RuntimeEntry): CellView {
  const statistic = statisticOf(document, metric.id, entry.id);
  const summary = statistic?.summary ?? null;
  if (summary !== null) return { text: quantityText(metric.unit, summary.median), intervalText: intervalText(metric.unit, summary.low, summary.high) ?? '', measured: true };
  const why = entry.state.state === 'unavailable' ? 'not possible' : (statistic?.failed ?? 0) > 0 ? 'failed' : 'not measured';
  return { text: why, intervalText: '', measured: false };
}

/** One table a metric as it is defined: what another tare defined otherwise is a table of its own. */
function spreadViews(hosts: readonly HostView[]): SpreadView[] {
  const found = new Map<string, { metric: Metric; rows: Map<string, { entry: RuntimeEntry; at: number; dots: Dot[] }> }>();
  for (const host of hosts) {
    const document = host.runs[0]?.result;
    if (document === undefined) continue;
    for (const metric of metricsOf(document)) {
      const key = JSON.stringify([metric.id, metric.unit, metric.definition]);
      const spread = found.get(key) ?? { metric, rows: new Map<string, { entry: RuntimeEntry; at: number; dots: Dot[] }>() };
      found.set(key, spread);
      for (const [at, entry] of boxesOf(document).entries()) {
        const value = statisticOf(document, metric.id, entry.id)?.summary?.median;
        if (value === undefined) continue;
        const row = spread.rows.get(labelOf(entry)) ?? { entry, at, dots: [] };
        spread.rows.set(labelOf(entry), row);
        row.dots.push({ host, value, text: quantityText(metric.unit, value) });
      }
    }
  }
  return [...found.values()].map(({ metric, rows }) => ({
    metric: metric.id,
    title: `${metric.benchmark}: ${metric.title}`,
    definition: metric.definition,
    quantity: metric.unit,
    rows: [...rows.entries()].map(([label, { entry, at, dots }]) => {
      const sorted = [...dots].sort((a, b) => a.value - b.value);
      return { label, ink: inkOf(entry.runtime, at), dots: sorted, middle: quantityText(metric.unit, middleOf(sorted)) };
    }),
  }));
}

function middleOf(sorted: readonly Dot[]): number {
  return ((sorted[Math.floor((sorted.length - 1) / 2)]?.value ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)]?.value ?? 0)) / 2;
}
