/**
 * systemd-nspawn: what systemd boots containers with; here it runs one program. It limits nothing by itself when it
 * is not registered with systemd, so the launcher makes it the cgroup that our container gets.
 *
 * It moves itself and its payload into cgroups `supervisor` and `payload` below the one that it is started in, in
 * the v2 tree and in systemd's own, and leaves them there: both lie below the instance's, and are removed with it.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { hierarchy } from '../instance.ts';
import type { Step } from '../plan.ts';
import { cgroupCreate, existing, mkdir, ownCgroup, write } from '../steps.ts';
import { namedHierarchy } from './cgroups.ts';
import { CAPABILITIES_KEPT, equalCgroup, HOSTNAME, memoryDirectory } from './equal.ts';
import { option, type Peer } from './peer.ts';
import { versionOf } from './tool.ts';

const PROPAGATE = '/run/systemd/nspawn/propagate';

/** What nspawn keeps by itself and our container does not. Source: systemd-nspawn(1), --capability. */
const DROPPED = 'AUDIT_CONTROL DAC_READ_SEARCH IPC_OWNER LEASE LINUX_IMMUTABLE NET_ADMIN NET_BROADCAST SYS_ADMIN SYS_BOOT SYS_NICE SYS_PTRACE SYS_RESOURCE SYS_TTY_CONFIG'
  .split(' ')
  .map((name) => `CAP_${name}`)
  .join();

function below(cgroup: string): Step[] {
  return ['supervisor', 'payload'].map((part) => ownCgroup(`${cgroup}/${part}`, 'made and left by nspawn'));
}

export const nspawn: Peer = {
  name: 'nspawn',
  summary: 'systemd-nspawn, in a cgroup of the launcher’s; not registered with systemd, which need not run',
  program: 'systemd-nspawn',
  remedy: 'apt install systemd-container',
  mark: 1,
  readyBy: 'the workload’s standard output, which nspawn hands on as it is: the same pipe, by another number; a shell of 0.5 ms connects it',
  versions: async (program) => ({ nspawn: await versionOf(program) }),
  async stand(ground) {
    return {
      options: (name, { argv, environment }) => [
        option('--quiet', 'nothing but the workload’s own words'),
        option('--register=no', 'systemd is not told: it need not run'),
        option('--keep-unit', 'stays in the cgroup that it is started in'),
        option(`--machine=${name}`, 'the container’s name'),
        option(`--hostname=${HOSTNAME}`, 'the name that it has for itself'),
        option(['--directory', ground.root], 'the root file system, writable'),
        option('--private-network', 'a network namespace with loopback alone; the others it always makes'),
        option(`--capability=${CAPABILITIES_KEPT.join(',')}`, 'the capabilities that Docker keeps'),
        option(`--drop-capability=${DROPPED}`, 'and none of the others that nspawn leaves to what it boots'),
        option('--no-new-privileges=yes', 'as in our container'),
        option('--link-journal=no', 'there is no journal'),
        option('--resolv-conf=off --timezone=off', 'the root file system stays as it is'),
        option('--pipe', 'its streams are handed on as they are'),
        ...environment.map((each) => option(['--setenv', each], 'the environment inside')),
        option(['--', ...argv], 'what runs inside, as process 1'),
      ],
      // The launcher makes one in it for each instance, as nspawn would, and removes it, as nspawn does only in memory.
      lay: () => void mkdirSync(PROPAGATE, { recursive: true }),
      // Several containers run on one root here, which nspawn would refuse to each but the first.
      environment: (_inside, usual) => [...usual, 'SYSTEMD_NSPAWN_LOCK=0'],
      surroundings: (slot, name) => {
        const cgroup = equalCgroup(slot, ground);
        const { unified } = hierarchy();
        const systemd = namedHierarchy('systemd');
        const v2 = unified === null ? null : `${unified}/${name}`;
        return {
          before: [
            existing(mkdir(`${PROPAGATE}/${name}`, 0o755, 'nspawn’s own, which it leaves where /run is on a disk')),
            ...cgroup.before,
            ...(v2 === null ? [] : [...(cgroup.cloneInto === '' ? [cgroupCreate(v2, 'v2', 'so that what nspawn makes lies below it')] : []), ...below(v2)]),
            ...(systemd === null ? [] : [cgroupCreate(`${systemd}/${name}`, 'name=systemd', 'so that what nspawn makes lies below it'), ...below(`${systemd}/${name}`)]),
          ],
          cloneInto: cgroup.cloneInto || (v2 ?? ''),
          inside: [...cgroup.inside, ...(systemd === null ? [] : [write(`${systemd}/${name}/tasks`, '0', 'join name=systemd', 'from here on it is in the instance’s group there too')])],
        };
      },
      // In v2 the payload has one of its own; a v1 memory controller knows only the cgroup that both are in.
      cgroup: async (name) => {
        const directory = memoryDirectory(name);
        return directory !== null && existsSync(`${directory}/payload`) ? `${directory}/payload` : directory;
      },
    };
  },
};

/** Removes nspawn's own directories of a box's instances, which it leaves where /run is on a disk. */
export function nspawnForget(boxName: string): void {
  if (!existsSync(PROPAGATE)) return;
  for (const name of readdirSync(PROPAGATE)) if (name.startsWith(`${boxName}-`)) rmSync(`${PROPAGATE}/${name}`, { recursive: true, force: true });
}
