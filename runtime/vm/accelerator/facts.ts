/** What this host says about hardware virtualisation, without starting anything. */
import { accessSync, constants, statSync } from 'node:fs';
import { UNNAMED, virtualisation } from '../../host/facts.ts';
import { hostFiles, type HostFiles } from '../../host/files.ts';

export interface KvmFacts {
  /** Whether /dev/kvm is there, and can be opened for reading and writing. */
  readonly device: 'absent' | 'denied' | 'openable';
  /** The processor's extension: Intel's vmx, AMD's svm. `null` when it shows neither. */
  readonly extension: 'vmx' | 'svm' | null;
  /** Who made the processor, of the two whose extensions KVM uses. */
  readonly vendor: 'intel' | 'amd' | null;
  /** This host is itself a guest: the processor says so. */
  readonly nested: boolean;
  /** The hypervisor beneath, as it names itself; `null` on bare metal, and for one that does not. */
  readonly beneath: string | null;
  /** Windows Subsystem for Linux. */
  readonly wsl: boolean;
  /** The kind of container that this process is in, or `null`. */
  readonly container: string | null;
  /** Kernel modules of KVM, loaded or built in: `kvm_intel`, `kvm_amd`, … */
  readonly modules: readonly string[];
}

/** @param text of /proc/cpuinfo */
export function cpuFlags(text: string): ReadonlySet<string> {
  return new Set(/^flags\s*:\s*(.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? []);
}

function vendorOf(cpuinfo: string): KvmFacts['vendor'] {
  const name = /^vendor_id\s*:\s*(\S+)$/m.exec(cpuinfo)?.[1];
  return name === 'GenuineIntel' ? 'intel' : name === 'AuthenticAMD' || name === 'HygonGenuine' ? 'amd' : null;
}

/** Loaded ones are in /proc/modules; those that are built in and have parameters, in /sys/module alone. */
function kvmModules(files: HostFiles): string[] {
  const loaded = (files.read('/proc/modules') ?? '').split('\n').map((line) => line.split(' ')[0] ?? '');
  return [...new Set([...loaded, ...files.list('/sys/module')])].filter((name) => /^kvm([_-]|$)/.test(name)).sort();
}

/** Source: systemd, src/basic/virt.c: the files that container tools leave, and what they tell process 1. */
function containerOf(files: HostFiles): string | null {
  if (files.read('/.dockerenv') !== null) return 'docker';
  if (files.read('/run/.containerenv') !== null) return 'podman';
  return files.read('/run/systemd/container')?.trim() ?? null;
}

function namedBeneath(files: HostFiles): string | null {
  const found = virtualisation(files);
  return found === UNNAMED ? null : found;
}

export function factsOf(device: KvmFacts['device'], files: HostFiles): KvmFacts {
  const cpuinfo = files.read('/proc/cpuinfo') ?? '';
  const flags = cpuFlags(cpuinfo);
  return {
    device,
    extension: flags.has('vmx') ? 'vmx' : flags.has('svm') ? 'svm' : null,
    vendor: vendorOf(cpuinfo),
    nested: flags.has('hypervisor'),
    beneath: namedBeneath(files),
    wsl: /microsoft/i.test(files.read('/proc/version') ?? ''),
    container: containerOf(files),
    modules: kvmModules(files),
  };
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

export function kvmFacts(device = '/dev/kvm'): KvmFacts {
  return factsOf(deviceState(device), hostFiles());
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
