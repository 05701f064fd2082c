/** Lays a layer out and weighs it. */
import { join } from 'node:path';
import type { LayerRecipe } from '../../fixtures/images/recipe.ts';
import { treeDigest, treeEntries, type TreeEntry } from './content.ts';
import { fetchPackage, packageArchive, readMember, resolvePackage } from './debian-package.ts';
import { layOut } from './layer-tree.ts';
import type { Manifest } from './manifest.ts';
import type { PackageShelf } from './package-shelf.ts';
import { fixturesDirectory } from './store.ts';

export interface BuiltTree {
  readonly layer: Manifest['layers'][number];
  readonly entries: readonly TreeEntry[];
}

/** @param shelf has been filled for the layer */
export async function buildTree(layer: LayerRecipe, root: string, shelf: PackageShelf, signal: AbortSignal | undefined): Promise<BuiltTree> {
  const packages: Record<string, string> = {};
  await layOut(layer, root, {
    signal,
    source: (path) => join(fixturesDirectory, path),
    async packageFile(name, member) {
      const found = await resolvePackage(name, signal);
      packages[name] = found.version;
      return readMember(await fetchPackage(found, shelf.directory, signal), member, signal);
    },
    async *packages(names) {
      for (const { name, version, deb } of shelf.take(names)) {
        packages[name] = version;
        yield { name: `${name} ${version}`, archive: await packageArchive(deb, signal) };
      }
    },
  });
  const entries = await treeEntries(root);
  const sum = (of: 'lengthBytes' | 'allocatedBytes'): number => entries.reduce((total, entry) => total + entry[of], 0);
  return {
    entries,
    layer: { name: layer.name, storey: layer.storey, digest: await treeDigest(root, entries), lengthBytes: sum('lengthBytes'), allocatedBytes: sum('allocatedBytes'), files: entries.length, packages },
  };
}
