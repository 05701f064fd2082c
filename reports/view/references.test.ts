/** Published figures stand beside measured ones only where both mean the same. */
import test from 'ava';
import { references } from '../reference/values.ts';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';

test('every published figure has its source, and stands beside a metric or says why not', (t) => {
  const all = references();
  t.true(all.length >= 20);
  t.is(new Set(all.map(({ id }) => id)).size, all.length);
  for (const { id, source, year, beside, apart } of all) t.true(source !== '' && year > 2000 && (beside === null) === (apart !== undefined), id);
});

test('a figure stands in the group of its metric, with those boxes it may be held against', (t) => {
  const { beside, apart } = buildView(sampleResult()).references;
  const ready = beside.find(({ metric }) => metric === 'startup.ready');
  t.deepEqual(ready?.measured.map(({ runtime }) => runtime.id).sort(), ['vm-floor', 'vm-micro']);
  t.deepEqual(ready?.published.map(({ system, text }) => `${system}: ${text}`), ['QEMU q35: mean 245 ms', 'Unikraft on QEMU: median 37.9 ms', 'Unikraft on QEMU microvm: median 9.04 ms', 'Kata Containers on QEMU: CI baseline 640 ms']);
  t.is(beside.reduce((sum, { published }) => sum + published.length, 0) + apart.length, references().length);
  t.regex(apart.find(({ id }) => id === 'nsdi20-qemu-rss')?.why ?? '', /RSS counts every shared page in full/);
});

test('what this run did not measure has nothing to stand beside', (t) => {
  const { beside, apart } = buildView(sampleResult({ runtimes: ['process'] })).references;
  t.deepEqual(beside, []);
  t.is(apart.length, references().length);
  t.regex(apart.find(({ id }) => id === 'kata-ci-qemu-pss')?.why ?? '', /memory\.pss of vm-micro was not measured in this run/);
});
