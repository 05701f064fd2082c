import test from 'ava';
import { deviceLack, factsOf, kvmFacts, kvmRemedy } from './facts.ts';

const INTEL = 'processor\t: 0\nflags\t\t: fpu vme vmx est\n\nprocessor\t: 1\nflags\t\t: fpu vme vmx est\n';
const GUEST = 'processor\t: 0\nflags\t\t: fpu vme hypervisor\n';
const BARE = 'processor\t: 0\nflags\t\t: fpu vme\n';
const MODULES = 'kvm_intel 413696 0 - Live 0x0000000000000000\nkvm 1396736 1 kvm_intel, Live 0x0\nirqbypass 12288 1 kvm, Live 0x0\n';

test('facts from recorded files', (t) => {
  t.deepEqual(factsOf('openable', INTEL, MODULES), { device: 'openable', extension: 'vmx', nested: false, modules: ['kvm_intel', 'kvm'] });
  t.deepEqual(factsOf('absent', GUEST, ''), { device: 'absent', extension: null, nested: true, modules: [] });
  t.is(factsOf('absent', BARE.replace('vme', 'svm'), '').extension, 'svm');
  t.deepEqual(factsOf('absent', '', ''), { device: 'absent', extension: null, nested: false, modules: [] });
});

test('what to do, by what is lacking', (t) => {
  t.regex(kvmRemedy(factsOf('denied', INTEL, MODULES)), /usermod -aG kvm/);
  t.regex(kvmRemedy(factsOf('absent', INTEL, '')), /modprobe kvm_intel/);
  t.regex(kvmRemedy(factsOf('absent', BARE, '')), /BIOS/);
  t.regex(kvmRemedy(factsOf('absent', GUEST, '')), /nested virtualisation/);
  t.regex(kvmRemedy(factsOf('openable', GUEST, 'kvm_pvm 1 0 - Live 0x0\n')), /hands down no vmx or svm/);
  t.regex(kvmRemedy(factsOf('openable', INTEL, MODULES)), /dmesg/);
});

test('a device that is not there, or no device at all', (t) => {
  t.is(kvmFacts('/nonexistent/kvm').device, 'absent');
  t.is(deviceLack(kvmFacts('/nonexistent/kvm')), '/dev/kvm does not exist');
  t.is(deviceLack(factsOf('openable', INTEL, MODULES)), null);
});
