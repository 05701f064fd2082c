import test from 'ava';
import { vmText } from './vm-text.ts';
import type { VmExplanation } from './vm.ts';

const explanation: VmExplanation = {
  name: 'vm-micro',
  image: 'tiny',
  summary: 'A machine.',
  emulated: true,
  acceleratorReason: 'no KVM',
  failure: null,
  readyMs: 1402,
  starts: 5,
  phases: [
    { name: 'qemu', milliseconds: 104.38, what: 'QEMU starts and builds the machine, which takes a while because there is so much of it to be built' },
    { name: 'kernel', milliseconds: 1340, what: 'Linux' },
    { name: 'service', milliseconds: 2.4, what: 'the program' },
  ],
  arguments: [{ words: '-smp 1', why: 'one processor' }],
  parameters: [{ word: 'quiet', why: 'less is said' }],
  devices: [{ type: 'isa-pit', count: 1 }, { type: 'virtio-mmio', count: 24 }],
  container: { readyMs: 1.94, steps: 71 },
};

test('time, phases, devices, machine and kernel are told, the container beside it', (t) => {
  const text = vmText(explanation, { columns: 80, colours: false });
  for (const part of [/ready 1\.40 s after.*median of 5 starts/s, /container: 1\.94 ms, in 71 steps/, /qemu +104 ms/, /25 devices.*virtio-mmio \(24\)/s, /-smp 1\n +one processor/, /quiet\n +less is said/, /Emulated: .*no KVM/s]) t.regex(text, part);
});

test('no line is wider than the terminal', (t) => {
  for (const line of vmText(explanation, { columns: 60, colours: false }).split('\n')) t.true(line.length <= 60, line);
});

test('a boot that failed is said', (t) => t.regex(vmText({ ...explanation, readyMs: null, failure: 'it hung' }, { columns: 80, colours: false }), /not measured to the end: it hung\./));

test('what was not measured is not told', (t) => {
  const text = vmText({ ...explanation, readyMs: null, starts: 0, phases: null, devices: null, container: null, emulated: false }, { columns: 80, colours: false });
  t.false(/ready|devices|How it boots|Emulated/.test(text.replace(/make|already/g, '')));
});
