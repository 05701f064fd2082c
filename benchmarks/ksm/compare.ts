/**
 * What merging of equal pages (KSM) saves: idle guests of one kind, weighed while it is off and again when it has come to
 * its end. Run by `make ksm`.
 *
 *   compare.ts [--count N] [--pages N] [--deadline S] [--json]
 *
 * KSM merges only a process's own, anonymous pages. vm-micro's RAM is a memfd, so that it has a name and can be told from
 * the rest; these guests' has none (memory-backend-ram) and is offered to KSM. Whatever else on the host is offered is
 * merged meanwhile, too. Everything under /sys/kernel/mm/ksm is put back as it was found, however this ends.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TareError } from '../../runtime/errors.ts';
import { KsmHold, RUN } from '../../runtime/host/ksm.ts';
import { loadImage } from '../../runtime/image/load.ts';
import type { Instance } from '../../runtime/runtime.ts';
import { hostAvailableBytes } from '../../runtime/vm/memory.ts';
import { prepareMicro } from '../../runtime/vm/micro.ts';
import { runScript } from '../script.ts';
import { quantile } from '../statistics/quantile.ts';
import { settled } from './settled.ts';

const MEBIBYTE = 2 ** 20;
const PAGE = 4096;
const READY_MS = 60_000;
const SETTLE_MS = 3000;
const LOOK_EVERY_MS = 1000;
const TICKS_PER_SECOND = 100;

interface Weight {
  /** Median over the guests. */
  readonly pssBytes: number;
  readonly ramBytes: number;
  /** What MemAvailable has fallen by, divided by the count. */
  readonly availableBytes: number;
}

interface Comparison {
  readonly count: number;
  readonly memoryBytes: number;
  readonly accelerator: string | null;
  readonly pagesToScan: number;
  readonly off: Weight;
  readonly on: Weight;
  readonly savedBytes: number;
  readonly seconds: number;
  /** False: the deadline came first, so more would have been merged. */
  readonly settled: boolean;
  /** Processor time of the kernel's merging thread; null where it is not in sight. */
  readonly ksmdSeconds: number | null;
}

function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

/** Source: proc_pid_stat(5), utime and stime. */
function ksmdSeconds(): number | null {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (!stat.includes(' (ksmd) ')) continue;
      const [, , , , , , , , , , , user, system] = stat.slice(stat.indexOf(')') + 2).split(' ');
      return (Number(user) + Number(system)) / TICKS_PER_SECOND;
    } catch {
      continue; // it has ended meanwhile
    }
  }
  return null;
}

async function weigh(guests: readonly Instance[], availableBefore: number): Promise<Weight> {
  const readings = await Promise.all(guests.map((guest) => guest.memory()));
  return {
    pssBytes: median(readings.map(({ pssBytes }) => pssBytes)),
    ramBytes: median(readings.map(({ machine }) => machine?.ramBytes ?? Number.NaN)),
    availableBytes: (availableBefore - hostAvailableBytes()) / guests.length,
  };
}

interface Wishes {
  readonly count: number;
  readonly pagesToScan: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

async function compare(ksm: KsmHold, { count, pagesToScan, deadlineMs, signal }: Wishes): Promise<Comparison> {
  const memoryBytes = 256 * MEBIBYTE;
  ksm.set({ run: RUN.stop });
  const box = await prepareMicro(await loadImage('tiny'), { memoryBytes, cpus: 1, accelerator: 'auto' }, { mergeable: true });
  try {
    const before = hostAvailableBytes();
    const guests: Instance[] = [];
    while (guests.length < count) {
      signal.throwIfAborted();
      const guest = await box.start({ what: 'workload', then: 'idle', account: true });
      guests.push(guest);
      await guest.ready(READY_MS);
    }
    await sleep(SETTLE_MS, undefined, { signal });
    const off = await weigh(guests, before);
    const cpuBefore = ksmdSeconds();
    const sharingBefore = ksm.counters().pagesSharing;
    const began = performance.now();
    ksm.set({ pages_to_scan: String(pagesToScan), run: RUN.merge });
    const seen = [ksm.counters()];
    while (!settled(seen) && performance.now() - began < deadlineMs) {
      await sleep(LOOK_EVERY_MS, undefined, { signal });
      seen.push(ksm.counters());
      if (process.stderr.isTTY) process.stderr.write(`\r${seen.at(-1)?.pagesSharing} pages merged, ${(seen.at(-1)?.fullScans ?? 0) - (seen[0]?.fullScans ?? 0)} times through `);
    }
    const seconds = (performance.now() - began) / 1000;
    const cpuAfter = ksmdSeconds();
    const on = await weigh(guests, before);
    const savedBytes = (ksm.counters().pagesSharing - sharingBefore) * PAGE;
    return { count, memoryBytes, accelerator: box.accelerator, pagesToScan, off, on, savedBytes, seconds, settled: settled(seen), ksmdSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore };
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
    await box.close();
  }
}

function text({ count, memoryBytes, accelerator, pagesToScan, off, on, savedBytes, seconds, settled: done, ksmdSeconds: cpu }: Comparison): string {
  const mib = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(1).padStart(7)} MiB`;
  const line = (what: string, from: number, to: number): string => `  ${what.padEnd(28)} ${mib(from)}  ${mib(to)}  ${(to / from).toFixed(2).padStart(6)}`;
  return [
    `${count} idle guests of ${memoryBytes / MEBIBYTE} MiB (vm-micro${accelerator === 'tcg' ? ', emulated' : ''}), RAM without a name and offered to KSM (memory-backend-ram, merge=on: a memfd cannot be merged)`,
    `  ${'per guest'.padEnd(28)} ${'KSM off'.padStart(11)}  ${'KSM on'.padStart(11)}  ${'on/off'.padStart(6)}`,
    line('PSS (median)', off.pssBytes, on.pssBytes),
    line('of it guest RAM (median)', off.ramBytes, on.ramBytes),
    line('fall of MemAvailable', off.availableBytes, on.availableBytes),
    `  saved (pages_sharing): ${mib(savedBytes).trim()} in all, on the whole host; ${done ? `settled after ${seconds.toFixed(0)} s` : `not settled after ${seconds.toFixed(0)} s: more would have been merged`} at ${pagesToScan} pages a turn${cpu === null ? '' : `; ${cpu.toFixed(1)} s of processor time for merging`}`,
    '  KSM is as it was found. Merged pages tell guests of each other: a write to one takes longer (CVE-2015-2877).',
  ].join('\n');
}

/** The first interrupt ends it in good order; KSM is put back by a process of its own, whatever becomes of this one. */
function interrupts(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort(new TareError('interrupted', `interrupted by ${name}`, 'KSM is put back as it was found')));
  return controller.signal;
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { count: { type: 'string', default: '4' }, pages: { type: 'string', default: '2000' }, deadline: { type: 'string', default: '300' }, json: { type: 'boolean', default: false } } });
  const [count, pagesToScan, deadline] = [given.count, given.pages, given.deadline].map(Number) as [number, number, number];
  if (!Number.isInteger(count) || count < 2 || count > 64) throw new TareError('usage', `--count ${given.count}: a whole number from 2 to 64`, 'for example: --count 4');
  if (!Number.isInteger(pagesToScan) || pagesToScan < 1) throw new TareError('usage', `--pages ${given.pages}: pages that are looked at each turn, a whole number`, 'for example: --pages 2000');
  if (!(deadline > 0)) throw new TareError('usage', `--deadline ${given.deadline}: seconds until merging has to be at its end`, 'for example: --deadline 300');
  const signal = interrupts();
  const ksm = await KsmHold.take();
  let comparison: Comparison;
  try {
    comparison = await compare(ksm, { count, pagesToScan, deadlineMs: deadline * 1000, signal });
  } catch (error) {
    throw signal.aborted ? (signal.reason as Error) : error;
  } finally {
    await ksm.release();
  }
  console.log(given.json ? JSON.stringify(comparison, null, 2) : text(comparison));
}

await runScript(main);
