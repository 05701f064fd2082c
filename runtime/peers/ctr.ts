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
import type { Remains } from './leftovers.ts';
import { findTool, toolOutput, versionOf } from './tool.ts';

const REMEDY = 'systemctl start containerd; where there is no systemd: fixtures/private-dockerd/dockerd.sh start DIR, and CONTAINERD_ADDRESS=DIR/containerd.sock';

/** As the ctr command finds it. */
function socket(): string {
  return process.env['CONTAINERD_ADDRESS'] ?? '/run/containerd/containerd.sock';
}

/** A namespace of containerd's, with the containers in it. */
class Drawer {
  readonly #ask: (...words: string[]) => Promise<string>;
  readonly #name: string;

  constructor(program: string, address: string, name: string) {
    this.#ask = (...words) => toolOutput(program, ['--address', address, '--namespace', name, ...words]);
    this.#name = name;
  }

  async remove(name: string): Promise<void> {
    if ((await this.#listed('tasks')).includes(name)) await this.#ask('tasks', 'delete', '--force', name);
    if ((await this.#listed('containers')).includes(name)) await this.#ask('containers', 'delete', name);
  }

  async close(): Promise<void> {
    if (!(await this.#listed('namespaces')).includes(this.#name)) return;
    for (const name of await this.#listed('containers')) await this.remove(name);
    await this.#ask('namespaces', 'remove', this.#name);
  }

  async #listed(what: string): Promise<string[]> {
    return (await this.#ask(what, 'list', '--quiet')).split('\n').filter(Boolean);
  }
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
    const drawer = new Drawer(program, address, boxName);
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
      remove: (name) => drawer.remove(name),
      daemons: async () => weighHelpers(listeners(address)),
      close: () => drawer.close(),
    };
  },
};

/** Drawers of boxes; none where there is no ctr or containerd does not answer. */
export async function ctrLeftovers(): Promise<Remains[]> {
  const program = findTool(ctr.program);
  if (program === null || process.getuid?.() !== 0 || (await ctr.lacks?.()) !== null) return [];
  const names = (await toolOutput(program, ['--address', socket(), 'namespaces', 'list', '--quiet'])).split('\n').filter((name) => /^tare-\d+$/.test(name));
  return names.map((name) => ({ what: `namespace ${name} of containerd`, boxName: name, remove: () => new Drawer(program, socket(), name).close() }));
}
