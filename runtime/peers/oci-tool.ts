/** What crun and runc share: a bundle, `run`, and the same options. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { slotName } from '../launcher/prepared.ts';
import { ownEverywhere } from './cgroups.ts';
import { bundleConfig, memoryDirectory } from './equal.ts';
import { type Ground, type Inside, type Option, option, type Stand, type Surroundings } from './peer.ts';

/** Writes bundles, one an instance, since a config.json names its cgroup. */
export class Bundles {
  readonly #ground: Ground;
  readonly #template: string;
  /** The config for each command line, with the first slot's name where an instance's goes. */
  readonly #texts = new Map<string, string>();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#template = slotName(ground.slot);
  }

  directory(name: string): string {
    return join(this.#ground.state, 'bundles', name);
  }

  lay(name: string, { argv }: Inside): void {
    const key = argv.join('\0');
    const text = this.#texts.get(key) ?? bundleConfig(this.#ground, this.#template, argv);
    this.#texts.set(key, text);
    mkdirSync(this.directory(name), { recursive: true });
    writeFileSync(join(this.directory(name), 'config.json'), text.replaceAll(this.#template, name));
  }

  unlay(name: string): void {
    rmSync(this.directory(name), { recursive: true, force: true });
  }
}

export function ociStand(ground: Ground, tool: string, surroundings: () => Surroundings): Stand {
  const bundles = new Bundles(ground);
  const state = join(ground.state, tool);
  return {
    options: (name, { marks }): Option[] => [
      option(`--root ${state}`, 'what it remembers of its containers, where it can be found and removed'),
      option('run', 'create, start, wait and delete in one command'),
      ...(marks ? [option('--preserve-fds 1', 'hands on descriptor 3, the mark channel')] : []),
      option(`--bundle ${bundles.directory(name)}`, 'config.json: the namespaces, limits, capabilities, masks and seccomp rules of our own container'),
      option(name, 'the container’s name'),
    ],
    surroundings: (_slot, name) => {
      const own = surroundings();
      return { ...own, before: [...ownEverywhere(name, tool), ...(own.before ?? [])] };
    },
    lay: (name, inside) => bundles.lay(name, inside),
    unlay: (name) => bundles.unlay(name),
    cgroup: async (name) => memoryDirectory(name),
    // The launcher has killed what was in its cgroups: only what the tool remembers is left.
    remove: async (name) => rmSync(join(state, name), { recursive: true, force: true }),
  };
}
