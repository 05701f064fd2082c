import test from 'ava';
import { parseHierarchy } from '../cgroup/hierarchy.ts';
import { examine, type Check, type Situation } from './doctor.ts';
import { hostFacts, meminfoBytes, storageOf, virtualisation } from './facts.ts';
import { recordedFiles } from './files.ts';
import { selinuxState } from './security.ts';

const MEMINFO = 'MemTotal:       24684084 kB\nMemAvailable:   23881692 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n';
const NAMESPACES = Object.fromEntries(['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'user'].map((name) => [`/proc/self/ns/${name}`, '']));

// A Fedora host: SELinux enforcing, bare metal, everything v2.
const FEDORA = {
  ...NAMESPACES,
  '/proc/meminfo': MEMINFO,
  '/proc/filesystems': 'nodev\tselinuxfs\nnodev\toverlay\n\text4\n',
  '/proc/loadavg': '0.10 0.10 0.10 1/200 1\n',
  '/proc/cpuinfo': 'flags\t\t: fpu vmx\n',
  '/sys/fs/selinux/enforce': '1',
  '/sys/kernel/security/lsm': 'lockdown,capability,yama,selinux,bpf',
  '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'performance\n',
};
const V2 = parseHierarchy('25 22 0:24 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw', (path) => (path.endsWith('controllers') ? 'cpu memory pids' : path.endsWith('subtree_control') ? 'cpu memory pids' : null));

function checks(files: Record<string, string>, given: Partial<Situation> = {}): Map<string, Check> {
  const situation: Situation = { files: recordedFiles(files), uid: 0, hierarchy: V2, cpus: 8, freeBytes: 10e9, ...given };
  return new Map(examine(situation).map((check) => [check.id, check]));
}

test('a host that has everything lacks nothing', (t) => {
  for (const check of checks(FEDORA).values()) {
    t.is(check.state, 'ok', check.id);
    t.is(check.remedy, null);
  }
});

test('every lack names its remedy and what it would make possible', (t) => {
  const found = checks({ '/proc/meminfo': 'MemTotal: 500000 kB\nMemAvailable: 100000 kB\n', '/proc/loadavg': '7.5 1 1 1/1 1' }, { uid: 1000, hierarchy: parseHierarchy('', () => null), freeBytes: 1e6 });
  for (const id of ['root', 'namespaces', 'cgroup', 'overlay']) t.is(found.get(id)?.state, 'lack', id);
  for (const id of ['security-modules', 'memory', 'disk', 'noise']) t.is(found.get(id)?.state, 'warn', id);
  for (const check of found.values()) {
    t.truthy(check.remedy, check.id);
    t.truthy(check.unlocks, check.id);
  }
  t.regex(found.get('root')?.finding ?? '', /uid 1000/);
  t.regex(found.get('cgroup')?.finding ?? '', /mode none; missing controllers: memory, pids, cpu/);
});

test('root without the capabilities of root, as in a container, is told from root', (t) => {
  const status = (mask: string): Record<string, string> => ({ ...FEDORA, '/proc/self/status': `Name:\tnode\nCapEff:\t${mask}\n` });
  t.is(checks(status('000001ffffffffff')).get('root')?.state, 'ok');
  const docker = checks(status('00000000a80425fb')).get('root');
  t.is(docker?.state, 'lack');
  t.regex(docker?.finding ?? '', /without CAP_SYS_ADMIN$/);
});

test('noise: processors that went to other machines, and huge pages for whoever did not ask', (t) => {
  const noise = (files: Record<string, string>): Check | undefined => checks({ ...FEDORA, ...files }).get('noise');
  t.is(noise({ '/proc/stat': 'cpu  100 0 100 9000 0 0 0 50 0 0\n' })?.state, 'ok', 'half a hundredth is nothing');
  t.regex(noise({ '/proc/stat': 'cpu  100 0 100 9000 0 0 0 500 0 0\n' })?.finding ?? '', /5\.2 % of the processors’ time .*steal/);
  const huge = noise({ '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never\n' });
  t.regex(huge?.finding ?? '', /transparent huge pages always/);
  t.regex(huge?.remedy ?? '', /echo madvise/);
  t.is(noise({ '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n' })?.state, 'ok');
});

test('SELinux: enforcing, permissive, present, absent', (t) => {
  t.is(selinuxState(recordedFiles(FEDORA)), 'enforcing');
  t.is(selinuxState(recordedFiles({ '/sys/fs/selinux/enforce': '0' })), 'permissive');
  t.is(selinuxState(recordedFiles({ '/proc/filesystems': 'nodev\tselinuxfs\n' })), 'in the kernel, not active');
  t.is(selinuxState(recordedFiles({ '/proc/filesystems': '\text4\n' })), 'not in this kernel');
});

test('meminfo, and what is missing in it, is not invented', (t) => {
  t.is(meminfoBytes(recordedFiles(FEDORA), 'MemTotal'), 24684084 * 1024);
  t.is(meminfoBytes(recordedFiles({}), 'MemTotal'), 0);
});

test('the mount that holds a directory is the nearest', (t) => {
  const mountinfo = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /home rw - xfs /dev/sda2 rw\n3 1 0:5 / /homework rw - tmpfs tmpfs rw\n4 1 8:3 / /media/my\\040disk rw - btrfs /dev/sdb1 rw';
  t.is(storageOf(mountinfo, '/media/my disk/results').fileSystem, 'btrfs');
  t.is(storageOf(mountinfo, '/home/x').fileSystem, 'xfs');
  t.is(storageOf(mountinfo, '/homework').fileSystem, 'tmpfs');
  t.is(storageOf(mountinfo, '/srv').device, '/dev/sda1');
  t.is(storageOf(mountinfo, '/srv').options, 'rw');
});

test('bare metal and guests are told apart by the processor', (t) => {
  t.is(virtualisation(recordedFiles(FEDORA)), null);
  t.is(virtualisation(recordedFiles({ '/proc/cpuinfo': 'flags : fpu hypervisor\n', '/sys/class/dmi/id/sys_vendor': 'QEMU\n', '/sys/class/dmi/id/product_name': 'Standard PC\n' })), 'QEMU Standard PC');
  t.regex(virtualisation(recordedFiles({ '/proc/cpuinfo': 'flags : hypervisor fpu\n' })) ?? '', /does not name itself/);
});

test('this host has facts', async (t) => {
  const facts = await hostFacts('/');
  t.true(facts.memory.totalBytes > 0 && facts.cpu.logical > 0);
  t.is(facts.versions['node'], process.versions.node);
  t.not(facts.tuning?.clockSource, undefined);
  t.is((await hostFacts('/', false)).hostname, null);
});
