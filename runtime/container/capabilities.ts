/**
 * The capabilities that a container keeps: Docker's default fourteen, each with what it is for.
 * Numbers: linux/capability.h; capabilities(7).
 */
export interface Capability {
  readonly name: string;
  readonly number: number;
  readonly allows: string;
}

export const KEPT: readonly Capability[] = [
  { name: 'CAP_CHOWN', number: 0, allows: 'change the owner of its files' },
  { name: 'CAP_DAC_OVERRIDE', number: 1, allows: 'its root reads and writes its files whatever their modes' },
  { name: 'CAP_FOWNER', number: 3, allows: 'act as the owner of its files' },
  { name: 'CAP_FSETID', number: 4, allows: 'keep setuid bits when a file changes' },
  { name: 'CAP_KILL', number: 5, allows: 'signal its processes of any user' },
  { name: 'CAP_SETGID', number: 6, allows: 'start services as other groups' },
  { name: 'CAP_SETUID', number: 7, allows: 'start services as other users' },
  { name: 'CAP_SETPCAP', number: 8, allows: 'give up capabilities for its children' },
  { name: 'CAP_NET_BIND_SERVICE', number: 10, allows: 'listen on ports below 1024' },
  { name: 'CAP_NET_RAW', number: 13, allows: 'ping' },
  { name: 'CAP_SYS_CHROOT', number: 18, allows: 'chroot' },
  { name: 'CAP_MKNOD', number: 27, allows: 'make device nodes, which no device policy lets it open' },
  { name: 'CAP_AUDIT_WRITE', number: 29, allows: 'write to the audit log, as sshd and login do' },
  { name: 'CAP_SETFCAP', number: 31, allows: 'install packages whose files carry capabilities' },
];
