import test from 'ava';
import type { Explanation } from './explanation.ts';
import { sideText, type Side } from './side-text.ts';
import { QUESTIONS, TOLD_BOXES } from './story.ts';
import type { VmExplanation } from './vm.ts';

const machine = (name: VmExplanation['name'], readyMs: number | null): VmExplanation => ({
  name,
  image: name === 'vm-full' ? 'web' : 'tiny',
  summary: '',
  emulated: true,
  acceleratorReason: 'no KVM',
  failure: null,
  readyMs,
  starts: 5,
  phases: readyMs === null || name !== 'vm-micro' ? null : [{ name: 'qemu', milliseconds: 100, what: '' }, { name: 'kernel', milliseconds: 1300, what: '' }],
  arguments: [],
  parameters: [],
  devices: readyMs === null ? null : [{ type: 'isa-pit', count: 1 }, { type: 'virtio-mmio', count: 24 }],
  container: null,
});

const container: Explanation = {
  steps: [{ number: 1, label: 'clone3', part: null, call: '', why: '', risk: null, microseconds: 500 }],
  parts: [{ name: 'net', title: 'network namespace', why: '', risk: '', microseconds: 900 }, { name: 'pid', title: 'PID namespace', why: '', risk: '', microseconds: null }],
  measured: { starts: 50, hopMicroseconds: 1, firstByteMicroseconds: 1, readyMicroseconds: 2000, cleanupMicroseconds: 1 },
  without: null,
};

const side = (readyMs: number | null): Side => ({ questions: QUESTIONS, container: readyMs === null ? { ...container, measured: null } : container, machines: [machine('vm-micro', readyMs), machine('vm-full', readyMs)] });

test('every question is answered for every box, then the times stand side by side with what was measured', (t) => {
  const text = sideText(side(1400), { columns: 80, colours: false });
  for (const { asked, answers } of QUESTIONS) {
    t.true(text.includes(asked));
    for (const box of TOLD_BOXES) t.true(text.replace(/\s+/g, ' ').includes(`${box} ${answers[box]}`), `${asked} ${box}`);
  }
  for (const part of [/container +ready after 2\.00 ms \(median of 50 starts\), in 1 steps/, /clone, with its namespaces +500 µs/, /network namespace +900 µs/, /vm-micro +ready after 1\.40 s .*emulated\), 700\s+times the\s+container’s/s, /25\s+devices/, /kernel +1\.30 s +█{30}/, /vm-full .*image\s+web/s, /Emulated: .*no KVM/s, /virtio-mmio \(24\)/]) t.regex(text, part);
  t.false(/PID namespace +\d/.test(text));
});

test('a machine that failed is said, and the others stand', (t) => {
  const text = sideText({ ...side(1400), machines: [machine('vm-micro', 1400), { ...machine('vm-full', null), failure: 'it hung' }] }, { columns: 80, colours: false });
  t.regex(text, /vm-full +not measured to the end: it hung/);
  t.regex(text, /vm-micro +ready after 1\.40 s/);
});

test('what was not measured is not told, and no line is wider than the terminal', (t) => {
  t.notRegex(sideText(side(null), { columns: 80, colours: false }), /How long|pretends|Emulated/);
  for (const columns of [60, 80]) for (const line of sideText(side(1400), { columns, colours: false }).split('\n')) t.true(line.length <= columns, `${columns}: ${line}`);
});
