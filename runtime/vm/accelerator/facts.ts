/** What this host says about hardware virtualisation, without starting anything; and what to do about it. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';

export interface KvmFacts {
  /** Whether /dev/kvm is there, and can be opened for reading and writing. */
  readonly device: 'absent' | 'denied' | 'openable';
  /** The processor's extension: Intel's vmx, AMD's svm. `null` when it shows neither. */
  readonly extension: 'vmx' | 'svm' | null;
  /** This host is itself a guest: the processor says so. */
  readonly nested: boolean;
  /** Kernel modules of KVM that are loaded: `kvm_intel`, `kvm_amd`, … */
  readonly modules: readonly string[];
}

/** @param text of /proc/cpuinfo */
export function cpuFlags(text: string): ReadonlySet<string> {
  return new Set(/^flags\s*:\s*(.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? []);
}

/** @param text of /proc/modules */
export function kvmModules(text: string): string[] {
  return text.split('\n').map((line) => line.split(' ')[0] ?? '').filter((name) => /^kvm([_-]|$)/.test(name));
}

export function factsOf(device: KvmFacts['device'], cpuinfo: string, modules: string): KvmFacts {
  const flags = cpuFlags(cpuinfo);
  const extension = flags.has('vmx') ? 'vmx' : flags.has('svm') ? 'svm' : null;
  return { device, extension, nested: flags.has('hypervisor'), modules: kvmModules(modules) };
}

function deviceState(path: string): KvmFacts['device'] {
  try {
    statSync(path);
  } catch {
    return 'absent';
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return 'openable';
  } catch {
    return 'denied';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function kvmFacts(device = '/dev/kvm'): KvmFacts {
  return factsOf(deviceState(device), readOrEmpty('/proc/cpuinfo'), readOrEmpty('/proc/modules'));
}

/** Why the device cannot be used, or null when it can be opened. */
export function deviceLack({ device }: KvmFacts): string | null {
  switch (device) {
    case 'absent':
      return '/dev/kvm does not exist';
    case 'denied':
      return '/dev/kvm cannot be opened: permission denied';
    case 'openable':
      return null;
  }
}

/** What to do to get KVM, in the imperative. For when it is not there, and for when it is there and fails its probe. */
export function kvmRemedy(facts: KvmFacts): string {
  if (facts.device === 'denied') return 'join the group that owns it: usermod -aG kvm "$USER", then log in again; or run as root';
  if (facts.device === 'openable') {
    return facts.nested && facts.extension === null
      ? 'this host is a guest whose hypervisor hands down no vmx or svm: switch on nested virtualisation for it there (kvm_intel or kvm_amd with nested=1, processor "host"), or use a host on bare metal'
      : 'see the host kernel’s log (dmesg | grep -i kvm); on a guest, nested virtualisation may be incomplete: use a host on bare metal';
  }
  if (facts.extension !== null) return `load the module: modprobe ${facts.extension === 'vmx' ? 'kvm_intel' : 'kvm_amd'}`;
  return facts.nested
    ? 'this host is a guest: switch on nested virtualisation in its hypervisor (kvm_intel or kvm_amd with nested=1, processor "host"), or choose a machine type that offers it'
    : 'switch on virtualisation in the BIOS set-up (Intel VT-x, AMD-V or SVM), then: modprobe kvm_intel, or kvm_amd';
}
