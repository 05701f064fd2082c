/**
 * The host's security modules. The article names SELinux as one of three pillars of a container's isolation,
 * so whether it is there is always said.
 */
import type { HostFiles } from './files.ts';

/** Names from /sys/kernel/security/lsm; empty where securityfs is not mounted. */
export function securityModules(files: HostFiles): string[] {
  return (files.read('/sys/kernel/security/lsm') ?? '').trim().split(',').filter(Boolean);
}

/** `enforcing`, `permissive`, or why there is none. Source: selinux(8), /sys/fs/selinux/enforce. */
export function selinuxState(files: HostFiles): string {
  const enforce = files.read('/sys/fs/selinux/enforce')?.trim();
  if (enforce === '1') return 'enforcing';
  if (enforce === '0') return 'permissive';
  return (files.read('/proc/filesystems') ?? '').includes('selinuxfs') ? 'in the kernel, not active' : 'not in this kernel';
}

export function apparmorState(files: HostFiles): string {
  return files.read('/sys/module/apparmor/parameters/enabled')?.trim() === 'Y' ? 'enabled' : 'not active';
}
