import test from 'ava';
import { MEBIBYTE, memAvailableBytes, memoryRefusal, wholeMebibytes } from './memory.ts';

const request = { runtime: 'vm-micro', memoryBytes: 256 * MEBIBYTE, leastMebibytes: 72, availableBytes: 1024 * MEBIBYTE };

test('whole MiB, and never more than was asked for', (t) => {
  t.is(wholeMebibytes(256 * MEBIBYTE), 256);
  t.is(wholeMebibytes(256 * MEBIBYTE - 1), 255);
});

test('MemAvailable', (t) => {
  t.is(memAvailableBytes('MemTotal:       24683000 kB\nMemFree:  24000 kB\nMemAvailable:   1048576 kB\n'), 1024 * MEBIBYTE);
});

test('what can be had is not refused, down to the least', (t) => {
  t.is(memoryRefusal(request), null);
  t.is(memoryRefusal({ ...request, memoryBytes: 72 * MEBIBYTE }), null);
});

test('below what boots: the message says the least that does', (t) => {
  const refusal = memoryRefusal({ ...request, memoryBytes: 16 * MEBIBYTE });
  t.is(refusal?.code, 'usage');
  t.regex(refusal?.message ?? '', /16 MiB.*72 MiB/);
  t.regex(refusal?.remedy ?? '', /--memory 72M/);
});

test('no free memory: the message says how much there is', (t) => {
  const refusal = memoryRefusal({ ...request, availableBytes: 100 * MEBIBYTE });
  t.is(refusal?.code, 'no-memory');
  t.regex(refusal?.message ?? '', /256 MiB.*100 MiB/);
});
