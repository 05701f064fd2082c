import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { hostFiles, recordedFiles } from '../../runtime/host/files.ts';
import type { ConditionsPoint } from '../result/conditions.ts';
import { readCounters } from './counters.ts';
import { ownCpuMs } from './own.ts';
import { seriesOfConditions } from './series.ts';
import { ConditionsWatch, pointBetween } from './watch.ts';

// A laptop with two processors, of which one has been too hot; and a run of three processes.
const BEFORE = {
  '/proc/stat': 'cpu  100 10 50 1000 20 5 15 40 0 0\ncpu0 50 5 25 500 10 2 8 20 0 0\n',
  '/proc/vmstat': 'nr_free_pages 1\npswpin 10\npswpout 20\n',
  '/proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=5000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  '/proc/pressure/io': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=300000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=100\n',
  '/proc/pressure/memory': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  '/proc/loadavg': '1.50 1 1 1/100 1\n',
  '/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '3\n',
  '/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': '4\n',
  '/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '3000000\n',
  '/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '2000000\n',
  '/sys/devices/system/cpu/cpufreq/boost': '1\n',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  '/proc/self/stat': '10 (node) S 1 1 1 0 -1 0 0 0 0 0 7 3 4 1 20 0\n',
  '/proc/self/task/10/children': '20 \n',
  '/proc/10/task/10/children': '20 \n',
  '/proc/10/task/11/children': '30 \n',
  '/proc/20/stat': '20 (a b) c) S 10 1 1 0 -1 0 0 0 0 0 1 2 30 40 20 0\n',
  '/proc/20/task/20/children': '40 ',
  '/proc/40/stat': '40 (box) S 20 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0\n',
  '/proc/30/stat': '30 (esbuild) S 10 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0\n',
};

test('counters are read as proc(5) has them', (t) => {
  t.deepEqual(readCounters(recordedFiles(BEFORE)), {
    busyMs: 1800,
    ownMs: 150 + 730 + 10 + 100,
    stealMs: 400,
    swapInBytes: 10 * 4096,
    swapOutBytes: 20 * 4096,
    stalledMs: { cpu: 5000, io: 300, memory: 0 },
    throttles: 7,
    mhz: 2500,
    load: 1.5,
    clockSource: 'tsc',
  });
});

test('what this kernel does not tell is null, and without /proc/stat nobody looked', async (t) => {
  const bare = readCounters(recordedFiles({ '/proc/stat': 'cpu  1 0 0 1 0 0 0 0 0 0\n' }));
  t.like(bare, { ownMs: null, stalledMs: null, throttles: null, mhz: null, load: null, clockSource: null });
  t.is(readCounters(recordedFiles({})), null);
  const kept: unknown[] = [];
  const watch = new ConditionsWatch(recordedFiles({}), async (point) => void kept.push(point));
  await watch.lookNow();
  await watch.lookNow();
  t.deepEqual(kept, []);
});

test('a point is the change since the look before; a counter that fell claims nothing', (t) => {
  const [before, after] = [BEFORE, { ...BEFORE, '/proc/stat': 'cpu  150 10 50 1000 20 5 15 30 0 0\n', '/proc/vmstat': 'pswpin 11\npswpout 20\n', '/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': '6\n' }].map((files) => readCounters(recordedFiles(files)));
  if (before == null || after == null) throw new Error('both can be read');
  t.like(pointBetween(before, after, 1000), { overMs: 1000, busyMs: 500, ownMs: 0, stealMs: 0, swapInBytes: 4096, swapOutBytes: 0, throttles: 2, mhz: 2500, clockSource: 'tsc' });
});

test('looks are a second apart, whoever asks how often', async (t) => {
  const kept: unknown[] = [];
  const watch = new ConditionsWatch(recordedFiles(BEFORE), async (point) => void kept.push(point));
  for (let asked = 0; asked < 20; asked++) await watch.look();
  t.is(kept.length, 0);
  await watch.lookNow();
  t.is(kept.length, 1);
});

function point(at: number, more: Partial<ConditionsPoint> = {}): ConditionsPoint {
  return { at, overMs: 1000, busyMs: 100, ownMs: 50, stealMs: 1, swapInBytes: 0, swapOutBytes: 0, stalledCpuMs: 1, stalledIoMs: 1, stalledMemoryMs: 0, throttles: null, mhz: 3000, load: 1, clockSource: 'tsc', ...more };
}

test('a long run’s looks are summed up, and none is lost', (t) => {
  const series = seriesOfConditions(Array.from({ length: 1500 }, (_, index) => point(index * 1000, { mhz: index, clockSource: index < 700 ? 'tsc' : 'hpet' })));
  t.is(series?.at.length, 500);
  t.is(series?.busyMs.reduce((sum, each) => sum + each, 0), 150_000);
  t.deepEqual(series?.throttles.slice(0, 2), [null, null]);
  t.deepEqual(series?.mhz.slice(0, 2), [2, 5]);
  t.deepEqual(series?.clockSources, ['tsc', 'hpet']);
  t.is(seriesOfConditions([]), undefined);
});

test('on this host: what a child burns is ours', async (t) => {
  const files = hostFiles();
  const before = ownCpuMs(files);
  if (before === null) return void t.pass('this kernel does not tell children');
  await promisify(execFile)(process.execPath, ['-e', 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);']);
  const rise = (ownCpuMs(files) ?? 0) - before;
  t.true(rise >= 250, `${rise}`);
  t.true((readCounters(files)?.busyMs ?? 0) > rise);
});
