/** unshare(1) of util-linux: namespaces and a changed root, and nothing else. The least that may be called a container. */
import { equalCgroup, memoryDirectory } from './equal.ts';
import { option, type Peer } from './peer.ts';
import { versionOf } from './tool.ts';

export const unshare: Peer = {
  name: 'unshare',
  summary: 'util-linux: namespaces and chroot alone (all capabilities, no seccomp), in a cgroup of the launcher’s',
  program: 'unshare',
  remedy: 'apt install util-linux',
  mark: 3,
  versions: async (program) => ({ unshare: await versionOf(program) }),
  stand: async (ground) => ({
    options: (_name, { argv }) => [
      option('--mount --uts --ipc --net --pid --cgroup', 'the namespaces of our container'),
      option('--fork', 'a PID namespace begins with a child'),
      option('--kill-child=SIGKILL', 'when it is killed, so is what it started'),
      option(`--root=${ground.root}`, 'the root file system, by chroot'),
      option('--wd=/', 'a working directory that is inside'),
      option('--mount-proc=/proc', 'its own processes, as files'),
      option(['--', ...argv], 'what runs inside'),
    ],
    surroundings: (slot) => equalCgroup(slot, ground),
    environment: ({ environment }) => environment, // handed on as it is
    cgroup: async (name) => memoryDirectory(name),
  }),
};
