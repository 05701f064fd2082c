/**
 * Builds what is built a second time, elsewhere, and holds the digests of the content of both against each other: equal
 * packages have to give an equal image. What was built stays as it is; the second one is removed.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage, type BuildOptions } from './image/build.ts';
import { loadImage } from './image/load.ts';
import { openStore } from './image/store.ts';
import { buildFullDisk } from './vm/full/build-disk.ts';
import { diskNames, findDiskRecipe, loadFullDisk } from './vm/full/disk-store.ts';

/** Begins the name of the folder of a second build; the number of its process follows. */
export const AGAIN = 'again-';

/** What the digest of the content covers, and what went in. */
interface Content {
  readonly digest: string;
  /** By part. */
  readonly digests: Readonly<Record<string, string>>;
  /** Name → version. */
  readonly packages: Readonly<Record<string, string>>;
}

export interface Again {
  readonly name: string;
  readonly digest: string;
  readonly again: string;
  readonly equal: boolean;
  /** Parts whose digests differ. */
  readonly different: readonly string[];
  /** Packages of which the mirror has another version by now: then two builds need not be equal. */
  readonly packages: readonly { readonly name: string; readonly before: string | null; readonly now: string | null }[];
}

async function contentOf(name: string, options: BuildOptions, build: boolean): Promise<Content> {
  if (diskNames().includes(name)) {
    const { manifest } = build ? await buildFullDisk(findDiskRecipe(name), options) : await loadFullDisk(findDiskRecipe(name), options);
    return { digest: manifest.digest, digests: { content: manifest.digest }, packages: Object.assign({}, ...manifest.parts.map(({ packages }) => packages)) as Record<string, string> };
  }
  const { digest, layers, kernel, guest } = build ? await buildImage(name, options) : await loadImage(name, options);
  return {
    digest,
    digests: { ...Object.fromEntries(layers.map((layer) => [`layer ${layer.name}`, layer.digest])), 'guest kernel': kernel.digest, ...(guest === undefined ? {} : { 'kernel modules': guest.digest }) },
    packages: Object.assign({ kernel: kernel.from }, ...layers.map(({ packages = {} }) => packages)) as Record<string, string>,
  };
}

/** @throws {TareError} when it is not built, is damaged, or cannot be built again */
export async function buildAgain(name: string, options: BuildOptions = {}): Promise<Again> {
  const store = openStore(options);
  const before = await contentOf(name, options, false);
  const directory = join(store.directory, `${AGAIN}${process.pid}`);
  await mkdir(directory);
  try {
    const now = await contentOf(name, { ...options, directory, cacheDirectory: store.packages }, true);
    const packages = differing(before.packages, now.packages).map((each) => ({ name: each, before: before.packages[each] ?? null, now: now.packages[each] ?? null }));
    const different = differing(before.digests, now.digests);
    return { name, digest: before.digest, again: now.digest, equal: different.length === 0, different, packages };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function differing(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]).sort();
}
