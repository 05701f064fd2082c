import test from 'ava';
import { fakeHost } from '../runtime/fake/host.ts';
import { fakeImage } from '../runtime/fake/image.ts';
import { differences, type Circumstances } from './circumstances.ts';
import { imageEntry } from './result/image.ts';
import type { Host } from './result/schema.ts';
import { hostEntry } from './run.ts';

const TUNING: NonNullable<Host['tuning']> = {
  microcode: '0x1', smt: 'on', mitigations: { spectre_v2: 'Mitigation: IBRS' }, clockSource: 'tsc', frequencyDriver: null, idleDriver: null, boost: true, isolatedCpus: '',
  transparentHugePages: 'always', hugePageDefrag: 'madvise', swappiness: 60, overcommit: 0, ksm: { run: 0, pagesToScan: 100, sleepMs: 20 }, container: null,
};
const HOST: Host = { ...hostEntry(fakeHost()), tuning: TUNING };
const HERE: Circumstances = { tare: { version: '1', commit: 'a' }, host: HOST, image: imageEntry(fakeImage()) };

function told(there: Circumstances, here: Circumstances, within: 'host' | 'hosts'): string[] {
  return differences(there, here, within).map((each) => `${each.what}: ${each.there} → ${each.here}`);
}

test('what is the same is not told, and neither is what changes by the minute', (t) => {
  t.deepEqual(told(HERE, { ...HERE, host: { ...HOST, memory: { ...HOST.memory, availableBytes: 1 } } }, 'hosts'), []);
});

test('of two hosts everything is told, in words', (t) => {
  const host = {
    ...HOST,
    os: { ...HOST.os, kernel: '5.10.0', commandLine: 'mitigations=off' },
    cgroup: 'v1' as const,
    securityModules: ['apparmor', 'selinux'],
    versions: { qemu: '9.2' },
    tuning: { ...TUNING, microcode: '0x2', mitigations: { spectre_v2: 'Vulnerable' }, transparentHugePages: 'never' },
  };
  const node = HOST.versions['node'] ?? '';
  t.deepEqual(told(HERE, { tare: { version: '2', commit: null }, host, image: { ...HERE.image, digest: 'e'.repeat(64) } }, 'hosts'), [
    'version of tare: 1 → 2',
    'commit of tare: a → none',
    'kernel: 6.1.0 → 5.10.0',
    'kernel command line: quiet → mitigations=off',
    'cgroup mode: v2 → v1',
    'security modules: none → apparmor, selinux',
    `version of node: ${node} → none`,
    'microcode: 0x1 → 0x2',
    'mitigations: spectre_v2: Mitigation: IBRS → Vulnerable',
    'transparent huge pages: always → never',
    `image digest: ${HERE.image.digest} → ${'e'.repeat(64)}`,
    'version of qemu: none → 9.2',
  ]);
});

test('on one host that goes on, what may be set anew is not held against it', (t) => {
  const host = { ...HOST, cpu: { ...HOST.cpu, governor: 'powersave' }, tuning: { ...TUNING, swappiness: 1, microcode: '0x9' } };
  t.deepEqual(told(HERE, { ...HERE, host }, 'host'), ['microcode: 0x1 → 0x9']);
});

test('what an older tare did not look for is no difference, nor is a name left out on a wish', (t) => {
  t.deepEqual(told({ ...HERE, host: hostEntry(fakeHost()) }, { ...HERE, host: { ...HOST, hostname: null } }, 'hosts'), []);
});
