/**
 * Kernel modules out of a kernel's package: found by name, with what they need, in the order in which they have to
 * be inserted. The package has no modules.dep (its installation makes one), so each module's own word is taken.
 *
 * Source: Linux, include/linux/module.h: a module's section .modinfo holds `depends=a,b` between zero bytes.
 */
import { basename } from 'node:path';
import { TareError } from '../errors.ts';
import { runHostProgram } from './host-program.ts';
import type { TarEntry } from './tar-reading.ts';

export interface KernelModule {
  readonly name: string;
  /** In the package: `usr/lib/modules/6.1.0-…/kernel/drivers/net/virtio_net.ko`. Uncompressed, whatever the package has. */
  readonly path: string;
  readonly content: Buffer;
}

const UNPACK: Readonly<Record<string, string>> = { '.xz': 'xz', '.zst': 'zstd' };

/** `virtio-net.ko.xz` as `virtio_net`: in names of modules both characters are one. */
function moduleName(path: string): string {
  return basename(path).replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
}

/** Names in `depends=`; none when there is no such word. */
export function dependsOf(module: Buffer): string[] {
  const start = module.indexOf('\0depends=');
  if (start < 0) return [];
  const words = module.toString('latin1', start + 9, module.indexOf(0, start + 9));
  return words.split(',').filter((word) => word !== '').map((word) => word.replaceAll('-', '_'));
}

/**
 * @param entries of the kernel's package
 * @throws {TareError} 'host' when a module is neither in the package nor built in
 */
export async function modulesInOrder(names: readonly string[], entries: readonly TarEntry[], kernel: string, signal?: AbortSignal): Promise<KernelModule[]> {
  const files = new Map(entries.filter(({ path, type }) => type === 'file' && /\.ko(\.\w+)?$/.test(path)).map((entry) => [moduleName(entry.path), entry]));
  const list = entries.find(({ path }) => path.endsWith('/modules.builtin'))?.content.toString() ?? '';
  const builtIn = new Set(list.split('\n').filter((line) => line !== '').map(moduleName));
  const found = new Map<string, KernelModule>();
  const visit = async (name: string): Promise<void> => {
    if (found.has(name) || builtIn.has(name)) return;
    const entry = files.get(name);
    if (entry === undefined) throw new TareError('host', `the kernel of ${kernel} has no module ${name}`, 'choose another kernel package, or report this one');
    const packed = /\.ko(\.\w+)$/.exec(entry.path)?.[1];
    const content = packed === undefined ? entry.content : await runHostProgram(UNPACK[packed] ?? packed.slice(1), ['-dc'], { input: entry.content, signal });
    for (const needed of dependsOf(content)) await visit(needed);
    found.set(name, { name, path: entry.path.replace(/(\.ko)\.\w+$/, '$1'), content });
  };
  for (const name of names) await visit(name);
  return [...found.values()];
}
