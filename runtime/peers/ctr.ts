/**
 * ctr: containerd's own test client. A container without dockerd above it: containerd, a shim, runc; by the same
 * bundle as ours. Containers of a box live in a namespace (containerd's word for a drawer) of the box's name.
 */
import { join } from 'node:path';
import { slotName } from '../launcher/prepared.ts';
import { ownEverywhere } from './cgroups.ts';
import { socketLack } from './daemon.ts';
import { memoryDirectory } from './equal.ts';
import { Bundles } from './oci-tool.ts';
import { option, type Peer } from './peer.ts';
import { listeners, weighHelpers } from './processes.ts';
import { toolOutput, versionOf } from './tool.ts';

const REMEDY = 'systemctl start containerd; where there is no systemd: fixtures/private-dockerd/dockerd.sh start DIR, and CONTAINERD_ADDRESS=DIR/containerd.sock';

/** As the ctr command finds it. */
function socket(): string {
  return process.env['CONTAINERD_ADDRESS'] ?? '/run/containerd/containerd.sock';
}

export const ctr: Peer = {
  name: 'ctr',
  summary: 'containerd by its own client: a shim for each container, runc; by the same bundle as ours',
  program: 'ctr',
  remedy: 'apt install containerd',
  mark: 1,
  readyBy: 'the workload’s standard output, through the shim’s pipe and the client: later than the byte itself by these two hand-overs; a shell of 0.5 ms connects it',
  async versions(program) {
    const server = /Server:\s+Version:\s+v?(\d+\.\d+\.\d+)/.exec(await toolOutput(program, ['--address', socket(), 'version'], { timeoutMs: 900 }))?.[1] ?? 'unknown';
    return { ctr: await versionOf(program), containerd: server };
  },
  lacks: () => socketLack(socket(), 'containerd', REMEDY),
  async stand(ground) {
    const { program, boxName, state } = ground;
    const bundles = new Bundles(ground);
    const address = socket();
    const global = ['--address', address, '--namespace', boxName];
    const ask = (...words: string[]): Promise<string> => toolOutput(program, [...global, ...words]);
    const listed = async (...words: string[]): Promise<string[]> => (await ask(...words, 'list', '--quiet')).split('\n').filter(Boolean);
    return {
      options: (name) => [
        option(['--address', address], 'the containerd that was found'),
        option(`--namespace ${boxName}`, 'where its containers can be found and removed'),
        option('run', 'create, attach, start, wait'),
        option('--rm', 'and remove'),
        option(`--fifo-dir ${join(state, 'fifo')}`, 'its pipes, where they can be found and removed'),
        option(`--runc-root ${join(state, 'runc')}`, 'what runc remembers, where it can be found and removed'),
        option(['--config', join(bundles.directory(name), 'config.json')], 'the namespaces, limits, capabilities, masks and seccomp rules of our own container'),
        option(name, 'the container’s name'),
      ],
      surroundings: (slot) => ({ before: ownEverywhere(slotName(slot), 'runc') }),
      lay: (name, inside) => bundles.lay(name, inside),
      unlay: (name) => bundles.unlay(name),
      cgroup: async (name) => memoryDirectory(name),
      async remove(name) {
        if ((await listed('tasks')).includes(name)) await ask('tasks', 'delete', '--force', name);
        if ((await listed('containers')).includes(name)) await ask('containers', 'delete', name);
      },
      daemons: async () => weighHelpers(listeners(address)),
      close: async () => {
        const known = (await toolOutput(program, ['--address', address, 'namespaces', 'list', '--quiet'])).split('\n');
        if (known.includes(boxName)) await toolOutput(program, ['--address', address, 'namespaces', 'remove', boxName]);
      },
    };
  },
};
