import test from 'ava';
import { mappingOf, presentRuns } from './guest-ram.ts';
import { FIRST_RECORD, kernelLog } from './kernel-log.ts';
import { phaseHeard, phaseReached } from './phase.ts';

/** Records as Linux lays them out: number, text with what the level left behind, zeros up to a multiple of eight. */
function ring(lines: readonly string[], first = 0xfffff000n): Buffer {
  const records = lines.map((line, index) => {
    const text = Buffer.from(`${line}${line.slice(-2)}\n\0`);
    const record = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8);
    record.writeBigUInt64LE(first + BigInt(index));
    text.copy(record, 8);
    return record;
  });
  return Buffer.concat([...records, Buffer.alloc(64)]);
}

test('a kernel’s log is followed from record to record, over the place where numbers need more bytes', (t) => {
  const lines = ['Linux version 6.1.0', 'Command line: quiet', 'up', 'BIOS-e820: usable', 'Run /init as init process'];
  t.deepEqual(kernelLog(ring(lines, 0xfffffffen)), lines);
  t.true(ring(lines).includes(FIRST_RECORD));
});

test('what is no record ends it: a ring that was cut, or was written over', (t) => {
  const whole = ring(['Linux version 6.1.0', 'second', 'third']);
  t.deepEqual(kernelLog(whole.subarray(0, 36)), ['Linux version 6.1.0']);
  const torn = Buffer.concat([ring(['Linux version 6.1.0']), ring(['not the next'], 7n)]);
  t.deepEqual(kernelLog(torn), ['Linux version 6.1.0']);
  t.deepEqual(kernelLog(Buffer.alloc(0)), []);
});

test('guest memory is the mapping of its very length', (t) => {
  const maps = '55d000-55e000 r--p 0 fe:01 1 /usr/bin/qemu\n7f32a3fff000-7f32b3fff000 rw-s 0 00:01 6 /memfd:memory-backend-memfd (deleted)\n7f32c0000000-7f32c8021000 rw-p 0 00:00 0\n';
  t.is(mappingOf(maps, 256 * 2 ** 20), 0x7f32a3fff000);
  t.is(mappingOf(maps, 128 * 2 ** 20), null);
});

test('only pages that are there are read', (t) => {
  const entries = Buffer.alloc(8 * 6);
  for (const page of [1, 2, 5]) entries[page * 8 + 7] = 0x81;
  t.deepEqual(presentRuns(entries), [{ from: 1, pages: 2 }, { from: 5, pages: 1 }]);
});

test('the last sign of a boot tells its phase', (t) => {
  const said = ['Linux version 6.1.0', 'Run /init as init process', 'systemd[1]: systemd 252 running in system mode', 'tare login: '];
  t.deepEqual(said.map((_, index) => phaseReached(said.slice(0, index + 1).join('\n')).name), ['kernel', 'initramfs', 'init', 'service']);
  t.deepEqual(phaseReached('Linux version 6.1.0\nRun /usr/bin/ready as init process'), { name: 'init', text: 'its first program, /usr/bin/ready' });
  t.is(phaseReached('').name, 'firmware');
  t.is(phaseHeard(''), null);
});
