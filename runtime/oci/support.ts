/**
 * What of config.json tare takes, what it accepts because nothing hangs on it, and what it refuses, each with its
 * reason. Read by the reader of bundles and by the help of `tare run --bundle`.
 *
 * Properties of the specification's versions 1.0 to 1.2, in its order. What is not here is unknown and refused too.
 */

export interface Property {
  /** As in config.json; `[]` is every entry of a list. Those below a refused one go with it. */
  readonly path: string;
  /** `accepted`: allowed to be there, and does not change the container. */
  readonly support: 'taken' | 'accepted' | 'refused';
  readonly reason: string;
}

const taken = (path: string, reason: string): Property => ({ path, support: 'taken', reason });
const accepted = (path: string, reason: string): Property => ({ path, support: 'accepted', reason });
const refused = (path: string, reason: string): Property => ({ path, support: 'refused', reason });

const GENERAL: readonly Property[] = [
  taken('ociVersion', 'any 1.x: later ones only add properties, and unknown ones are refused'),
  taken('root.path', 'relative to the bundle and inside it, or absolute; not "/"'),
  taken('root.readonly', 'the root is mounted read-only'),
  taken('hostname', 'needs a uts namespace'),
  refused('domainname', 'the name of an NIS domain is not set'),
  refused('hooks', 'programs of the host are not run on behalf of a bundle'),
  accepted('annotations', 'notes of whoever wrote it'),
  refused('solaris', 'another system’s'),
  refused('windows', 'another system’s'),
  refused('vm', 'another kind of box'),
  refused('zos', 'another system’s'),
  refused('freebsd', 'another system’s'),
];

const MOUNTS: readonly Property[] = [
  taken('mounts[].destination', 'absolute, without ..'),
  taken('mounts[].type', 'bind, proc, sysfs, tmpfs, devpts, mqueue, cgroup, cgroup2'),
  taken('mounts[].source', 'of a bind: absolute, or relative to the bundle and inside it'),
  taken('mounts[].options', 'flags, private or rprivate, bind or rbind, and options of tmpfs, devpts and proc'),
  refused('mounts[].uidMappings', 'owners are shown as the container’s id maps have them'),
  refused('mounts[].gidMappings', 'owners are shown as the container’s id maps have them'),
];

const PROCESS: readonly Property[] = [
  taken('process.terminal', 'the terminal of whoever runs tare'),
  accepted('process.consoleSize.height', 'the terminal is that of whoever runs tare, and keeps its size'),
  accepted('process.consoleSize.width', 'the terminal is that of whoever runs tare, and keeps its size'),
  taken('process.user.uid', 'with a user namespace it must be in the map'),
  taken('process.user.gid', 'with a user namespace it must be in the map'),
  taken('process.user.umask', 'only 18 (022 in octal), which every container gets'),
  taken('process.user.additionalGids', 'with a user namespace they must be in the map'),
  refused('process.user.username', 'another system’s'),
  taken('process.args', 'at least the program'),
  refused('process.commandLine', 'another system’s'),
  taken('process.env', 'NAME=value'),
  taken('process.cwd', 'absolute'),
  taken('process.capabilities.bounding', 'unknown names are refused; a set that is missing is empty'),
  taken('process.capabilities.effective', 'must be permitted'),
  taken('process.capabilities.permitted', ''),
  taken('process.capabilities.inheritable', ''),
  taken('process.capabilities.ambient', 'those that are not inheritable and permitted too are left out, as the kernel has it and crun and runc do, with a note'),
  taken('process.rlimits[].type', 'once each'),
  taken('process.rlimits[].soft', 'at most the hard one'),
  taken('process.rlimits[].hard', '18446744073709551615 for no limit'),
  taken('process.noNewPrivileges', ''),
  taken('process.apparmorProfile', 'needs a host with AppArmor'),
  taken('process.selinuxLabel', 'needs a host with SELinux'),
  taken('process.oomScoreAdj', '-1000 to 1000'),
  refused('process.scheduler', 'the scheduling policy is the host’s'),
  refused('process.ioPriority', 'the priority of input and output is the host’s'),
  refused('process.execCPUAffinity', 'the process starts in its cgroup and on its processors'),
];

const LINUX: readonly Property[] = [
  taken('linux.namespaces[].type', 'mount (needed), pid, network, ipc, uts, user, cgroup; time is refused: nothing here sets its clocks'),
  refused('linux.namespaces[].path', 'a namespace of another container’s or of the host’s is not joined'),
  taken('linux.uidMappings', 'needed with a user namespace, refused without'),
  taken('linux.gidMappings', 'needed with a user namespace, refused without'),
  refused('linux.timeOffsets', 'nothing here makes time namespaces'),
  accepted('linux.devices', 'only those that every container has: /dev/null, zero, full, random, urandom, tty; others are refused by name'),
  refused('linux.netDevices', 'interfaces of the host are not moved into a container'),
  accepted('linux.cgroupsPath', 'tare makes a cgroup of its own name, so that it can be found and removed; with a note'),
  taken('linux.sysctl', 'those of the container’s own namespaces: others would change the host'),
  taken('linux.seccomp', 'compiled by tare itself'),
  taken('linux.rootfsPropagation', 'private or rprivate, as every container’s is'),
  taken('linux.maskedPaths', 'absolute'),
  taken('linux.readonlyPaths', 'absolute'),
  taken('linux.mountLabel', 'needs a host with SELinux'),
  refused('linux.intelRdt', 'caches and memory bandwidth are not divided up'),
  refused('linux.memoryPolicy', 'memory nodes are chosen by resources.cpu.mems alone'),
  refused('linux.personality', 'programs run as the kernel runs them'),
];

const RESOURCES: readonly Property[] = [
  accepted('linux.resources.devices', 'denials, and permission for the devices that every container has; permission for others is refused: a container has no nodes of the host’s devices'),
  taken('linux.resources.memory.limit', 'bytes; -1 for no limit'),
  refused('linux.resources.memory.reservation', 'only the hard limit is set'),
  taken('linux.resources.memory.swap', 'memory and swap together; -1 for no limit'),
  refused('linux.resources.memory.kernel', 'gone from the kernel since 5.4'),
  refused('linux.resources.memory.kernelTCP', 'not there on cgroup v2'),
  refused('linux.resources.memory.swappiness', 'not there on cgroup v2'),
  accepted('linux.resources.memory.disableOOMKiller', 'only false: the limit is kept by killing'),
  accepted('linux.resources.memory.useHierarchy', 'only true, as the kernel has had it since 5.11'),
  accepted('linux.resources.memory.checkBeforeUpdate', 'only false: limits are set once'),
  taken('linux.resources.cpu.shares', 'as a weight: 1024 shares are 100; 0 says nothing'),
  taken('linux.resources.cpu.quota', 'µs of each period; 0 or less for no limit'),
  taken('linux.resources.cpu.period', 'only 100000 µs, the kernel’s default'),
  refused('linux.resources.cpu.burst', 'unused time is not saved up'),
  refused('linux.resources.cpu.realtimeRuntime', 'not there on cgroup v2'),
  refused('linux.resources.cpu.realtimePeriod', 'not there on cgroup v2'),
  taken('linux.resources.cpu.cpus', 'a list like 0-3,6'),
  taken('linux.resources.cpu.mems', 'a list like 0-3,6'),
  refused('linux.resources.cpu.idle', 'the scheduling policy is the host’s'),
  taken('linux.resources.pids.limit', 'above 0; -1 for no limit'),
  refused('linux.resources.blockIO.weight', 'needs a scheduler of the disk’s that most hosts do not use'),
  refused('linux.resources.blockIO.leafWeight', 'gone from the kernel since 5.0'),
  refused('linux.resources.blockIO.weightDevice', 'needs a scheduler of the disk’s that most hosts do not use'),
  taken('linux.resources.blockIO.throttleReadBpsDevice', ''),
  taken('linux.resources.blockIO.throttleWriteBpsDevice', ''),
  taken('linux.resources.blockIO.throttleReadIOPSDevice', ''),
  taken('linux.resources.blockIO.throttleWriteIOPSDevice', ''),
  refused('linux.resources.hugepageLimits', 'huge pages are not limited'),
  refused('linux.resources.network', 'packets are not marked'),
  refused('linux.resources.rdma', 'RDMA devices are not limited'),
  refused('linux.resources.unified', 'files of cgroup v2 by name: the limits above work on v1 and v2 alike'),
];

export const PROPERTIES: readonly Property[] = [...GENERAL, ...MOUNTS, ...PROCESS, ...LINUX, ...RESOURCES];
