/** What differs between the boxes is said, with its likely effect. */
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';

test('rows of equal things say no effect; unequal ones say one', (t) => {
  const rows = buildView(sampleResult()).fairness?.rows ?? [];
  t.true(rows.length >= 10);
  for (const { what, container, machine, equal, effect } of rows) {
    t.is(equal, container === machine, what);
    t.is(effect === '', equal, what);
  }
});

test('emulation is named among what was unequal; hardware is not called emulated', (t) => {
  const processor = (emulated: boolean) => buildView(sampleResult({ emulated })).fairness?.rows.find(({ what }) => what === 'Processor');
  t.regex(processor(true)?.machine ?? '', /emulated in software/);
  t.notRegex(processor(false)?.machine ?? '', /emulated/);
});

test('half a processor is not equal: a guest gets a whole one', (t) => {
  const result = sampleResult();
  result.run.options.cpus = 0.5;
  t.like(buildView(result).fairness?.rows.find(({ what }) => what === 'Processors'), { container: '0.5', machine: '1', equal: false });
});

test('a machine’s root and console are read off its command line', (t) => {
  const result = sampleResult();
  const machine = result.runtimes.find(({ id }) => id === 'vm-micro');
  const row = (what: string) => buildView(result).fairness?.rows.find((each) => each.what === what)?.machine;
  Object.assign(machine ?? {}, { command: ['qemu', '-initrd', 'x.cpio', '-append', 'console=ttyS0 loglevel=1'] });
  t.deepEqual([row('Root file system'), row('Console'), row('Network')], ['unpacked into the guest’s memory', 'serial, its kernel told to be quiet', 'none']);
  Object.assign(machine ?? {}, { command: ['qemu', '-drive', 'file=x,format=qcow2', '-netdev', 'user'] });
  t.regex(row('Root file system') ?? '', /disk image/);
  t.regex(row('Network') ?? '', /user networking/);
});

test('without a pair there is nothing to be fair to', (t) => {
  t.is(buildView(sampleResult({ runtimes: ['process', 'container'] })).fairness, null);
});
