import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { diskViews } from './disk.ts';
import { runtimeViews } from './runtimes.ts';

test('every thing on the disk with sizes of four kinds; what a box cannot have is a dash and no zero', (t) => {
  const result = sampleResult({ runtimes: ['container'], rounds: 1 });
  const [entry] = result.runtimes;
  const disk = [
    { name: 'disk', storey: 'metadata' as const, capacityBytes: 2 ** 31, lengthBytes: 3 * 2 ** 20, allocatedBytes: 2 ** 20, shared: true },
    { name: 'overlay', storey: 'boot-loader' as const, capacityBytes: null, lengthBytes: 4096, allocatedBytes: 0, shared: false },
  ];
  const views = diskViews({ ...result, runtimes: entry === undefined ? [] : [{ ...entry, disk }] }, runtimeViews(result));
  t.is(views.length, 1);
  t.deepEqual(views[0]?.items, [
    { name: 'disk', storey: 'metadata', capacity: '2.00 GiB', length: '3.00 MiB', allocated: '1.00 MiB', use: 'shared' },
    { name: 'overlay', storey: 'boot loader', capacity: '–', length: '4.00 KiB', allocated: '0 B', use: 'each its own' },
  ]);
  t.deepEqual(diskViews({ ...result, runtimes: [] }, runtimeViews(result)), []);
});
