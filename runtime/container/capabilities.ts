/**
 * Capabilities: root's power in pieces. Numbers: linux/capability.h; capabilities(7).
 *
 * `kept` are Docker's default fourteen. What the others would allow is what a container's root must not do.
 */
export interface Capability {
  readonly name: string;
  readonly number: number;
  readonly allows: string;
}

const ALL: readonly (readonly [name: string, kept: boolean, allows: string])[] = [
  ['CAP_CHOWN', true, 'change the owner of its files'],
  ['CAP_DAC_OVERRIDE', true, 'its root reads and writes its files whatever their modes'],
  ['CAP_DAC_READ_SEARCH', false, 'read any file, and open files of the host by handle'],
  ['CAP_FOWNER', true, 'act as the owner of its files'],
  ['CAP_FSETID', true, 'keep setuid bits when a file changes'],
  ['CAP_KILL', true, 'signal its processes of any user'],
  ['CAP_SETGID', true, 'start services as other groups'],
  ['CAP_SETUID', true, 'start services as other users'],
  ['CAP_SETPCAP', true, 'give up capabilities for its children'],
  ['CAP_LINUX_IMMUTABLE', false, 'make files that not even root can change'],
  ['CAP_NET_BIND_SERVICE', true, 'listen on ports below 1024'],
  ['CAP_NET_BROADCAST', false, 'broadcast'],
  ['CAP_NET_ADMIN', false, 'configure interfaces, routes and firewalls'],
  ['CAP_NET_RAW', true, 'ping'],
  ['CAP_IPC_LOCK', false, 'lock memory of the host without limit'],
  ['CAP_IPC_OWNER', false, 'use System V objects of others'],
  ['CAP_SYS_MODULE', false, 'load code into the host’s kernel'],
  ['CAP_SYS_RAWIO', false, 'reach ports and memory of the hardware'],
  ['CAP_SYS_CHROOT', true, 'chroot'],
  ['CAP_SYS_PTRACE', false, 'read and change other processes'],
  ['CAP_SYS_PACCT', false, 'switch process accounting'],
  ['CAP_SYS_ADMIN', false, 'mount, make namespaces, and a hundred other things'],
  ['CAP_SYS_BOOT', false, 'reboot the host'],
  ['CAP_SYS_NICE', false, 'take precedence over the host’s processes'],
  ['CAP_SYS_RESOURCE', false, 'go beyond limits and quotas'],
  ['CAP_SYS_TIME', false, 'set the host’s clock'],
  ['CAP_SYS_TTY_CONFIG', false, 'take over the host’s terminals'],
  ['CAP_MKNOD', true, 'make device nodes, which no mount lets it open'],
  ['CAP_LEASE', false, 'hold up others who open a file'],
  ['CAP_AUDIT_WRITE', true, 'write to the audit log, as sshd and login do'],
  ['CAP_AUDIT_CONTROL', false, 'switch auditing off'],
  ['CAP_SETFCAP', true, 'install packages whose files carry capabilities'],
  ['CAP_MAC_OVERRIDE', false, 'ignore mandatory access control'],
  ['CAP_MAC_ADMIN', false, 'change mandatory access control'],
  ['CAP_SYSLOG', false, 'read the kernel’s log and addresses'],
  ['CAP_WAKE_ALARM', false, 'wake the host from sleep'],
  ['CAP_BLOCK_SUSPEND', false, 'keep the host from sleeping'],
  ['CAP_AUDIT_READ', false, 'read the audit log'],
  ['CAP_PERFMON', false, 'observe the host with performance counters'],
  ['CAP_BPF', false, 'load programs into the host’s kernel'],
  ['CAP_CHECKPOINT_RESTORE', false, 'choose process numbers and read others’ memory maps'],
];

export const CAPABILITIES: readonly Capability[] = ALL.map(([name, , allows], number) => ({ name, number, allows }));

/** The capabilities that a container keeps: Docker's default fourteen. */
export const KEPT: readonly Capability[] = CAPABILITIES.filter(({ number }) => ALL[number]?.[1] === true);

/**
 * Numbers of those that this process may hand on: the host's own root may lack some, inside a container or a cloud
 * machine for example.
 * @param status content of /proc/self/status; injected for other hosts
 */
export function heldCapabilities(status: string): readonly number[] {
  const held = BigInt(`0x${/^CapBnd:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return CAPABILITIES.map(({ number }) => number).filter((number) => ((held >> BigInt(number)) & 1n) === 1n);
}

/** By name, with or without `CAP_`, in either case: `net_admin`. `undefined` for none of this name. */
export function findCapability(name: string): Capability | undefined {
  const full = name.toUpperCase().replace(/^(CAP_)?/, 'CAP_');
  return CAPABILITIES.find((each) => each.name === full);
}
