/**
 * A crowd: many idle containers at once, with and without a network namespace and a cgroup. What each takes of the host by
 * MemAvailable, and whether the last starts as quickly as the first. Run by `make crowd`.
 *
 *   crowd.ts [--count N] [--gap MS] [--json]
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { warm } from '../../runtime/container/box.ts';
import { hostSpec, openContainer } from '../../runtime/container/container.ts';
import { type PartName, without } from '../../runtime/container/parts.ts';
import type { ContainerSpec } from '../../runtime/container/spec.ts';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import type { Image } from '../../runtime/image/image.ts';
import type { Instance } from '../../runtime/runtime.ts';
import { runScript } from '../script.ts';
import { quantile } from '../statistics/quantile.ts';

interface Crowd {
  readonly what: string;
  readonly count: number;
  /** Fall of MemAvailable, divided by the count. */
  readonly bytesEach: number;
  /** Median milliseconds to ready of the first and the last of them: 25, or a tenth where there are fewer. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly left: number;
}

const SETTLE_MS = 3000;
const DEADLINE_MS = 30_000;

/** What the kernel would hand out without swapping: its own estimate. Source: proc(5), meminfo. */
function availableBytes(): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
}

function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

async function gather(what: string, image: Image, spec: ContainerSpec, count: number, gapMs: number): Promise<Crowd> {
  const box = await openContainer(spec, warm(image));
  const crowd: Instance[] = [];
  const times: number[] = [];
  try {
    // What is made once, the launcher's tables and the kernel's caches, is no container's.
    const first = await box.start({ what: 'workload', then: 'idle', account: false });
    await first.ready(DEADLINE_MS);
    await sleep(SETTLE_MS);
    const before = availableBytes();
    while (crowd.length < count) {
      await sleep(gapMs);
      const instance = await box.start({ what: 'workload', then: 'idle', account: false });
      const ready = await instance.ready(DEADLINE_MS);
      times.push(Number(ready - instance.timeline.requested) / 1e6);
      crowd.push(instance);
      if (process.stderr.isTTY && crowd.length % 10 === 0) process.stderr.write(`\r${what}: ${crowd.length} of ${count} `);
    }
    await sleep(SETTLE_MS);
    const taken = before - availableBytes();
    crowd.push(first);
    const ends = await Promise.all(crowd.map((instance) => instance.stop()));
    const few = Math.max(1, Math.min(25, Math.floor(count / 10)));
    return { what, count, bytesEach: taken / count, firstMs: median(times.slice(0, few)), lastMs: median(times.slice(-few)), left: ends.reduce((sum, { leftovers }) => sum + leftovers.length, 0) };
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
    await box.close();
  }
}

function line({ what, bytesEach, firstMs, lastMs, left }: Crowd): string {
  return `  ${what.padEnd(26)} ${(bytesEach / 1000).toFixed(0).padStart(5)} kB each; start ${firstMs.toFixed(2)} ms at first, ${lastMs.toFixed(2)} ms at last: ${(lastMs / firstMs).toFixed(2)} times; ${left} left`;
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { count: { type: 'string', default: '1000' }, gap: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } } });
  const [count, gapMs] = [Number(given.count), Number(given.gap)];
  if (!Number.isInteger(count) || count < 10 || !(gapMs >= 0)) throw new TareError('usage', `--count ${given.count} --gap ${given.gap}: the count is a whole number of at least 10, the gap is milliseconds`, 'for example: --count 1000 --gap 20');
  const image = await loadImage('tiny');
  const whole = hostSpec(image, { memoryBytes: 64 * 2 ** 20, cpus: 1 });
  // Idle ones need no quota of processor time, and Docker gives none by itself; setting one walks over all that there are.
  const spec = { ...whole, limits: whole.limits === null ? null : { ...whole.limits, cpus: null } };
  const variants: readonly (readonly [string, readonly PartName[]])[] = [
    ['with a network namespace', []],
    ['without one', ['net']],
    ['with one, without a cgroup', ['cgroup']],
    ['without either', ['net', 'cgroup']],
  ];
  const crowds: Crowd[] = [];
  for (const [what, parts] of variants) crowds.push(await gather(what, image, without(spec, parts), count, gapMs));
  console.log(given.json ? JSON.stringify(crowds, null, 2) : `${count} idle containers at once, ${gapMs} ms between starts; memory by MemAvailable\n${crowds.map(line).join('\n')}`);
  if (crowds.some(({ left }) => left > 0)) process.exitCode = 1;
}

await runScript(main);
