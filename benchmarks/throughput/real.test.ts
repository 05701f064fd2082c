/** The benchmarks that put boxes to work, of real boxes: that each figure comes, and that nothing stays. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { containerRuntime } from '../../runtime/container/container.ts';
import { processRuntime } from '../../runtime/process/process.ts';
import type { Box, Runtime } from '../../runtime/runtime.ts';
import { vmFloor } from '../../runtime/vm/floor.ts';
import { vmMicro } from '../../runtime/vm/micro.ts';
import { DEADLINE_MS, lack, OPTIONS, suffix, withBox } from '../../runtime/vm/real-machines.ts';
import type { Benchmark } from '../benchmark.ts';
import { cold } from '../cold/cold.ts';
import { dropPageCache } from '../cold/page-cache.ts';
import { density } from '../density/density.ts';
import { idle } from '../idle/idle.ts';
import { interference } from '../interference/interference.ts';
import type { Outcome } from '../result/schema.ts';
import { Stopwatch } from '../rounds/stopwatch.ts';
import { visit } from '../rounds/visit.ts';
import { throughput } from './throughput.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test.serial : test.skip;
const rootSuffix = root ? '' : ' (skipped: needs root, for cgroups)';
const vmTest = lack === null ? test.serial : test.skip;
const droppable = root && existsSync('/proc/sys/vm/drop_caches') && !readFileSync('/proc/mounts', 'utf8').split('\n').some((line) => / \/proc\/sys \S+ ro[, ]/.test(line));
const dropTest = droppable ? test.serial : test.skip;
const dropSuffix = droppable ? '' : ' (skipped: the page cache cannot be dropped here)';

async function visited(benchmark: Benchmark, box: Box, signal = new AbortController().signal): Promise<Outcome> {
  const limits = { deadlineMs: DEADLINE_MS, settleMs: 0, gapMs: 20, memoryBytes: OPTIONS.memoryBytes, budgetBytes: 2 ** 20, signal };
  const outcome = await visit(benchmark, 'box', box, new Stopwatch(benchmark.name), limits);
  if (outcome === 'interrupted') throw new Error('interrupted');
  return outcome;
}

/** Every metric, above zero where it must be, and nothing left. */
function whole(benchmark: Benchmark, outcome: Outcome, least = Number.MIN_VALUE): string | null {
  if (outcome.outcome !== 'ok') return JSON.stringify(outcome.failure);
  if (outcome.leftovers !== undefined) return outcome.leftovers.join('; ');
  const wrong = benchmark.metrics.filter(({ name }) => !((outcome.values[name] ?? Number.NaN) >= least));
  return wrong.length === 0 ? null : `${wrong.map(({ id }) => id).join(', ')} of ${JSON.stringify(outcome.values)}`;
}

/** Command lines of neighbours that run on this host. */
function neighbours(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return /^\/usr\/bin\/work fd:3 \S+ hog /.test(line) ? [line] : [];
    } catch {
      return []; // no process, or gone by now
    }
  });
}

for (const runtime of [processRuntime, containerRuntime] as readonly Runtime[]) {
  rootTest(`${runtime.name}: throughput of every kind${rootSuffix}`, (t) =>
    withBox(runtime, async (box) => {
      t.is(whole(throughput, await visited(throughput, box)), null);
    }));

  rootTest(`${runtime.name}: beside each neighbour, which is gone afterwards${rootSuffix}`, (t) =>
    withBox(runtime, async (box) => {
      t.is(whole(interference, await visited(interference, box)), null);
      t.deepEqual(neighbours(), []);
    }));

  // On a host that does other things as well, so little may be lost in the noise: that is then said.
  rootTest(`${runtime.name}: a crowd, all of which is gone afterwards${rootSuffix}`, (t) =>
    withBox(runtime, async (box) => {
      const outcome = await visited(density, box);
      if (outcome.outcome === 'failed') t.regex(outcome.failure.message, /could be told from the noise/);
      else t.is(whole(density, outcome, 0), null);
      t.is(outcome.leftovers, undefined);
    }));

  dropTest(`${runtime.name}: a cold start${dropSuffix}`, (t) =>
    withBox(runtime, async (box) => {
      t.is(whole(cold, await visited(cold, box)), null);
    }));
}

rootTest(`idle, process and container take next to nothing, and one that computes takes a processor${rootSuffix}`, (t) =>
  withBox(processRuntime, (plain) =>
    withBox(containerRuntime, async (box) => {
      for (const outcome of await Promise.all([visited(idle, plain), visited(idle, box)])) {
        t.is(whole(idle, outcome, 0), null);
        t.true(outcome.outcome === 'ok' && (outcome.values['used'] ?? Number.NaN) < 50);
      }
      const busy = await box.start({ what: 'workload', then: 'exit', account: true, cpuTime: true, work: ['/tmp', 'hog', 'c', '1'] });
      await busy.ready(DEADLINE_MS);
      const before = busy.cgroup?.cpuMicroseconds() ?? Number.NaN;
      await new Promise((resolve) => setTimeout(resolve, 300));
      t.true((busy.cgroup?.cpuMicroseconds() ?? Number.NaN) - before > 10_000);
      t.deepEqual((await busy.stop()).leftovers, []);
    })));

vmTest(`vm-micro at work: every kind, inside the guest${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    t.is(whole(throughput, await visited(throughput, box)), null);
  }));

vmTest(`what has no operating system is not put to work, and says why${suffix}`, (t) =>
  withBox(vmFloor, async (box) => {
    t.regex(box.unmeasurable?.['throughput'] ?? '', /no operating system/);
    await t.throwsAsync(async () => box.start({ what: 'workload', then: 'exit', account: false, work: ['/tmp', 'measure', 'i', '1'] }), { code: 'usage', message: /vm-floor cannot be put to work/ });
  }));

dropTest(`dropping the page cache drops it${dropSuffix}`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-cold-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const cached = (): number => Number(/^Cached:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024;
  writeFileSync(join(folder, 'file'), Buffer.alloc(96 * 2 ** 20, 1));
  const before = cached();
  await dropPageCache();
  t.true(before - cached() > 48, `${before} MiB were cached, and ${cached()} MiB are now`);
});
