/** The archive behind an image's layers that only a guest needs: kernel modules, and the order to insert them in. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GuestRecipe } from '../../fixtures/images/recipe.ts';
import { sha256, treeEntries } from './content.ts';
import { treeArchive } from './cpio.ts';
import { packageArchive } from './debian-package.ts';
import { modulesInOrder } from './kernel-modules.ts';
import type { Manifest } from './manifest.ts';
import { merged } from './package-tree.ts';
import { readTar } from './tar-reading.ts';

export interface BuiltSegment {
  readonly archive: Buffer;
  readonly guest: NonNullable<Manifest['guest']>;
}

/**
 * @param deb the kernel's package
 * @param root an empty directory, in which the tree is laid out
 */
export async function buildGuestSegment(recipe: GuestRecipe, deb: string, kernel: string, root: string, signal?: AbortSignal): Promise<BuiltSegment> {
  const entries = readTar(await packageArchive(deb, signal), deb);
  const put = async (path: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(join(root, dirname(path)), { recursive: true, mode: 0o755 });
    await writeFile(join(root, path), content, { mode: 0o644 });
  };
  const names = new Set<string>();
  for (const list of recipe.lists) {
    const modules = await modulesInOrder(list.modules.map(({ name }) => name), entries, kernel, signal);
    for (const { name, path, content } of modules) {
      await put(merged(path), content);
      names.add(name);
    }
    await put(list.path, modules.map(({ path }) => `/${merged(path)}\n`).join(''));
  }
  const archive = await treeArchive(root, await treeEntries(root), []);
  return { archive, guest: { digest: sha256(archive), lengthBytes: archive.length, modules: [...names] } };
}
