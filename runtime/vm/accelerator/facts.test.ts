import test from 'ava';
import { recordedFiles } from '../../host/files.ts';
import { deviceLack, factsOf, kvmFacts } from './facts.ts';

test('facts from recorded files: bare metal with an Intel processor', (t) => {
  const files = recordedFiles({
    '/proc/cpuinfo': 'processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme vmx est\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme vmx est\n',
    '/proc/modules': 'kvm_intel 413696 0 - Live 0x0000000000000000\nkvm 1396736 1 kvm_intel, Live 0x0\nirqbypass 12288 1 kvm, Live 0x0\n',
  });
  t.deepEqual(factsOf('openable', files), { device: 'openable', extension: 'vmx', vendor: 'intel', nested: false, beneath: null, wsl: false, container: null, modules: ['kvm', 'kvm_intel'] });
});

test('a guest, a container, WSL, and modules that are built in', (t) => {
  const guest = { '/proc/cpuinfo': 'vendor_id : AuthenticAMD\nflags : fpu hypervisor svm\n', '/sys/class/dmi/id/sys_vendor': 'QEMU\n' };
  t.like(factsOf('absent', recordedFiles(guest)), { extension: 'svm', vendor: 'amd', nested: true, beneath: 'QEMU' });
  t.is(factsOf('absent', recordedFiles({ '/.dockerenv': '' })).container, 'docker');
  t.is(factsOf('absent', recordedFiles({ '/run/.containerenv': 'engine="podman"' })).container, 'podman');
  t.is(factsOf('absent', recordedFiles({ '/run/systemd/container': 'lxc\n' })).container, 'lxc');
  t.true(factsOf('absent', recordedFiles({ '/proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@x)' })).wsl);
  t.deepEqual(factsOf('absent', recordedFiles({ '/sys/module/kvm_amd/parameters/nested': '1' })).modules, ['kvm_amd']);
});

test('nothing recorded is nothing known', (t) => {
  t.deepEqual(factsOf('absent', recordedFiles({})), { device: 'absent', extension: null, vendor: null, nested: false, beneath: null, wsl: false, container: null, modules: [] });
});

test('a device that is not there, or no device at all', (t) => {
  t.is(kvmFacts('/nonexistent/kvm').device, 'absent');
  t.is(deviceLack(kvmFacts('/nonexistent/kvm')), '/dev/kvm does not exist');
  t.is(deviceLack(factsOf('openable', recordedFiles({}))), null);
});
