/**
 * bubblewrap: the sandbox of Flatpak. It makes no cgroup, so the launcher makes it the one that our container gets.
 * It mounts a /dev of its own and covers parts of /proc by itself; it knows no /sys of a container's own.
 */
import { existsSync } from 'node:fs';
import { MASKED_DIRECTORIES, MASKED_FILES } from '../container/paths.ts';
import { memoryFile } from '../steps.ts';
import { CAPABILITIES_KEPT, equalCgroup, equalSpec, HOSTNAME, memoryDirectory } from './equal.ts';
import { type Option, option, type Peer } from './peer.ts';
import { versionOf } from './tool.ts';

/** Those that this kernel has: bwrap does not pass over a missing one. It has no /sys that would need masking. */
function masks(): Option[] {
  const here = (path: string): boolean => path.startsWith('/proc/') && existsSync(path);
  return [
    ...MASKED_FILES.filter(here).map((path) => option(['--ro-bind', '/dev/null', path], 'says too much of the host')),
    ...MASKED_DIRECTORIES.filter(here).map((path) => option(['--tmpfs', path], 'reaches the host’s hardware')),
  ];
}

export const bwrap: Peer = {
  name: 'bwrap',
  summary: 'bubblewrap, the sandbox of Flatpak, in a cgroup of the launcher’s since it makes none',
  program: 'bwrap',
  remedy: 'apt install bubblewrap',
  mark: 3,
  versions: async (program) => ({ bwrap: await versionOf(program) }),
  async stand(ground) {
    const { seccomp } = equalSpec(ground);
    return {
      options: (_name, { argv }) => [
        option('--unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup', 'the namespaces of our container; the mount namespace is always one of its own'),
        option(`--hostname ${HOSTNAME}`, 'its own name'),
        option(['--bind', ground.root, '/'], 'the root file system, writable'),
        option('--proc /proc', 'its own processes, as files'),
        option('--dev /dev', 'a /dev of its own'),
        option('--mqueue /dev/mqueue', 'POSIX message queues of its own'),
        ...masks(),
        option(['--cap-drop', 'ALL', ...CAPABILITIES_KEPT.flatMap((name) => ['--cap-add', name])], 'the capabilities that Docker keeps'),
        ...(seccomp === null ? [] : [option('--seccomp 4', 'the very filter of our container, which the launcher hands it in descriptor 4')]),
        option('--die-with-parent', 'when it is killed, so is what it started'),
        option('--as-pid-1', 'the workload is process 1, as in every other box'),
        option('--chdir /', 'a working directory that is inside'),
        option(['--', ...argv], 'what runs inside'),
      ],
      surroundings: (slot) => {
        const cgroup = equalCgroup(slot, ground);
        return { ...cgroup, before: [...cgroup.before, ...(seccomp === null ? [] : [memoryFile(seccomp, 'the seccomp filter')])] };
      },
      environment: ({ environment }) => environment, // handed on as it is
      cgroup: async (name) => memoryDirectory(name),
    };
  },
};
