import type { HostFacts } from '../host/facts.ts';

/** A host that is nobody's: quiet, with nothing to warn of. */
export function fakeHost(): HostFacts {
  return {
    hostname: 'scripted',
    os: { distribution: 'Scripted Linux', release: '1', kernel: '6.1.0', arch: 'x64', commandLine: 'quiet' },
    cpu: { brand: 'Scripted', vendor: 'Scripted', logical: 4, physical: 2, maxMhz: 3000, governor: 'performance', flagsVirtualisation: false },
    memory: { totalBytes: 8 * 2 ** 30, availableBytes: 6 * 2 ** 30, swapTotalBytes: 0, ksm: false },
    storage: { fileSystem: 'ext4', mount: '/', device: '/dev/vda1' },
    virtualisation: null,
    cgroup: 'v2',
    securityModules: [],
    selinux: 'not present',
    versions: { node: process.versions.node },
  };
}
