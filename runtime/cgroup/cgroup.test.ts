import test from 'ava';
import type { Step } from '../plan.ts';
import { stepText } from '../steps.ts';
import { parseHierarchy, type CgroupHierarchy } from './hierarchy.ts';
import { readCgroupMemory } from './memory.ts';
import type { Limits } from './limits.ts';
import { cgroupDirectories, cgroupPath, cgroupSteps } from './steps.ts';

const slot = { launcherPid: 42, number: 7 };
const limits = { memoryBytes: 268435456, cpus: 0.5, pids: 100 };

// Recorded: Debian 12 with systemd, everything v2.
const V2_MOUNTINFO = `22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
25 22 0:24 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot`;
const V2_FILES: Record<string, string> = {
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n',
  '/sys/fs/cgroup/cgroup.subtree_control': 'cpu memory pids\n',
};

// Recorded: v1 controllers each on a mount of its own, cpu and cpuacct apart, an empty v2 tree beside them.
const HYBRID_MOUNTINFO = `30 25 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 30 0:28 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
34 30 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
38 30 0:34 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
40 30 0:36 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`;
const HYBRID_FILES: Record<string, string> = {
  '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb\n',
  '/sys/fs/cgroup/unified/cgroup.subtree_control': '\n',
};

// As systemd mounts v1: cpu and cpuacct together.
const V1_MOUNTINFO = `31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
38 30 0:34 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids`;

function hierarchyOf(mountinfo: string, files: Record<string, string> = {}): CgroupHierarchy {
  return parseHierarchy(mountinfo, (path) => files[path] ?? null);
}

const texts = (steps: readonly Step[]): string[] => steps.map(stepText);

test('v2: born in one cgroup, limited by its files', (t) => {
  const hierarchy = hierarchyOf(V2_MOUNTINFO, V2_FILES);
  t.is(hierarchy.mode, 'v2');
  const { before, cloneInto, inside } = cgroupSteps(hierarchy, slot, limits);
  const at = '/sys/fs/cgroup/tare-42-0000007';
  t.deepEqual(texts(before), [`cgroup-create ${at}`, `write ${at}/memory.max 268435456`, `collect ${at}/memory.events`, `write ${at}/pids.max 100`, `write ${at}/cpu.max 50000 100000`]);
  t.is(cloneInto, at);
  t.deepEqual(inside, []);
  t.is(cgroupPath(hierarchy, slot, 'memory'), at);
});

test('v2: controllers that the root keeps to itself are handed down first', (t) => {
  const hierarchy = hierarchyOf(V2_MOUNTINFO, { ...V2_FILES, '/sys/fs/cgroup/cgroup.subtree_control': 'pids\n' });
  t.is(texts(cgroupSteps(hierarchy, slot, limits).before)[0], 'write /sys/fs/cgroup/cgroup.subtree_control +memory +cpu');
});

test('hybrid: a directory a controller, joined through tasks', (t) => {
  const hierarchy = hierarchyOf(HYBRID_MOUNTINFO, HYBRID_FILES);
  t.is(hierarchy.mode, 'hybrid');
  const { before, cloneInto, inside } = cgroupSteps(hierarchy, slot, limits);
  t.is(cloneInto, '');
  t.deepEqual(texts(before), [
    'cgroup-create /sys/fs/cgroup/cpu/tare-42-0000007',
    'write /sys/fs/cgroup/cpu/tare-42-0000007/cpu.cfs_quota_us 50000',
    'cgroup-create /sys/fs/cgroup/memory/tare-42-0000007',
    'write /sys/fs/cgroup/memory/tare-42-0000007/memory.limit_in_bytes 268435456',
    'collect /sys/fs/cgroup/memory/tare-42-0000007/memory.oom_control',
    'cgroup-create /sys/fs/cgroup/pids/tare-42-0000007',
    'write /sys/fs/cgroup/pids/tare-42-0000007/pids.max 100',
  ]);
  t.deepEqual(texts(inside), ['cpu', 'memory', 'pids'].map((name) => `write /sys/fs/cgroup/${name}/tare-42-0000007/tasks 0`));
});

test('v1: controllers on one mount share one directory', (t) => {
  const hierarchy = hierarchyOf(V1_MOUNTINFO);
  t.is(hierarchy.mode, 'v1');
  const { before, inside } = cgroupSteps(hierarchy, slot, limits);
  t.is(before.filter(({ op }) => op === 'cgroup-create').length, 3);
  t.is(inside.length, 3);
});

test('every limit has its file in both versions', (t) => {
  const all: Limits = { memoryBytes: 1000, swapBytes: 24, cpus: 2, cpuWeight: 50, cpuset: '0-1', memoryNodes: '0', pids: 5, io: [{ major: 8, minor: 16, readBytesPerSecond: 7, writesPerSecond: 9 }], freezable: true, cpuTime: true };
  const writes = (hierarchy: CgroupHierarchy): string[] => texts(cgroupSteps(hierarchy, slot, all).before).filter((text) => text.startsWith('write')).map((text) => text.replace(/^.*tare-42-0000007\//, ''));
  t.deepEqual(writes(hierarchyOf(V2_MOUNTINFO, { ...V2_FILES, '/sys/fs/cgroup/cgroup.subtree_control': 'cpuset cpu io memory pids\n' })), [
    'memory.max 1000', 'memory.swap.max 24', 'pids.max 5', 'cpu.max 200000 100000', 'cpu.weight 50', 'cpuset.cpus 0-1', 'cpuset.mems 0', 'io.max 8:16 rbps=7 wiops=9',
  ]);
  const v1 = hierarchyOf(`${V1_MOUNTINFO}
35 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
36 30 0:32 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
37 30 0:33 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer`);
  t.deepEqual(writes(v1).sort(), [
    'blkio.throttle.read_bps_device 8:16 7', 'blkio.throttle.write_iops_device 8:16 9', 'cpu.cfs_quota_us 200000', 'cpu.shares 512', 'cpuset.cpus 0-1', 'cpuset.mems 0',
    'memory.limit_in_bytes 1000', 'memory.memsw.limit_in_bytes 1024', 'pids.max 5',
  ]);
  t.is(cgroupSteps(v1, slot, all).inside.length, 6);
  t.is(cgroupSteps(v1, slot, limits).inside.length, 3, 'what is not asked for is not joined');
  t.deepEqual(cgroupDirectories(v1, slot, all).length, 6);
});

test('a limit that no controller of the host can hold is refused', (t) => {
  t.throws(() => cgroupSteps(hierarchyOf(V1_MOUNTINFO), slot, { ...limits, cpuset: '0' }), { message: /no cgroup controller cpuset on this host \(mode v1\)/ });
  t.throws(() => cgroupSteps(hierarchyOf(V1_MOUNTINFO), slot, { ...limits, io: [{ major: 8, minor: 0, readsPerSecond: 1 }] }), { message: /controller io/ });
});

test('no cgroups at all', (t) => {
  const hierarchy = hierarchyOf('22 28 0:21 / / rw - ext4 /dev/vda rw');
  t.is(hierarchy.mode, 'none');
  t.deepEqual(cgroupSteps(hierarchy, slot, limits), { before: [], cloneInto: '', inside: [] });
});

test('a mount point with a space in it', (t) => {
  const hierarchy = hierarchyOf('25 22 0:24 / /my\\040cgroups rw - cgroup2 cgroup2 rw', { '/my cgroups/cgroup.controllers': 'memory\n' });
  t.is(hierarchy.controllers.get('memory')?.mount, '/my cgroups');
});

test('memory: shared memory is anonymous in both versions, and the parts add up', (t) => {
  const v2 = readCgroupMemory(2, (file) => ({ 'memory.stat': 'anon 1000\nfile 700\nkernel 300\nshmem 200\nsock 50\n', 'memory.current': '524288\n' })[file] ?? '');
  t.deepEqual(v2, { counterBytes: 524288, anonymousBytes: 1200, fileBytes: 500, kernelBytes: 350 });
  const before518 = readCgroupMemory(2, (file) => ({ 'memory.stat': 'anon 1000\nfile 700\nkernel_stack 10\npagetables 20\npercpu 30\nslab 40\nshmem 200\nsock 0\n', 'memory.current': '9\n' })[file] ?? '');
  t.is(before518.kernelBytes, 100);
  const v1 = readCgroupMemory(1, (file) => ({ 'memory.stat': 'cache 700\nrss 1000\nrss_huge 0\nshmem 200\n', 'memory.usage_in_bytes': '4096\n', 'memory.kmem.usage_in_bytes': '300\n' })[file] ?? '');
  t.deepEqual(v1, { counterBytes: 4096, anonymousBytes: 1200, fileBytes: 500, kernelBytes: 300 });
});
