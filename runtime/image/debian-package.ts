/**
 * Debian packages as a source of files: resolved and fetched by the host's own apt, which checks signatures
 * and knows the mirrors, and read without installing anything.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../errors.ts';
import { withLock } from './build-lock.ts';
import { HostProgramFailure, pipeHostPrograms, runHostProgram } from './host-program.ts';
import { PARTIAL } from './store.ts';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Names of the packages in Depends, alternatives included, in order. */
  readonly dependencies: readonly string[];
  /** As the package lists have it; `null` where they do not say. */
  readonly sha256: string | null;
}

/** Reads one record of `apt-cache show`. */
export function parsePackageRecord(record: string): DebianPackage | null {
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(.*)$`, 'm').exec(record)?.[1];
  const name = field('Package');
  const version = field('Version');
  const architecture = field('Architecture');
  if (name === undefined || version === undefined || architecture === undefined) return null;
  const dependencies = (field('Depends') ?? '').split(/[,|]/).map((one) => one.trim().split(/[ :(]/)[0] ?? '').filter((one) => one !== '');
  return { name, version, architecture, dependencies, sha256: field('SHA256') ?? null };
}

/** What apt would install under that name, or `null` when its lists have no such package. */
export async function findPackage(name: string, signal?: AbortSignal): Promise<DebianPackage | null> {
  try {
    return parsePackageRecord((await runHostProgram('apt-cache', ['show', '--no-all-versions', name], { signal })).toString());
  } catch (error) {
    if (error instanceof HostProgramFailure && /No packages found/.test(error.output)) return null;
    throw error;
  }
}

/** @throws {TareError} 'host' when the package lists have no such package */
export async function resolvePackage(name: string, signal?: AbortSignal): Promise<DebianPackage> {
  const found = await findPackage(name, signal);
  if (found !== null) return found;
  throw new TareError('host', `the package lists of this host have no package ${name}`, 'run: apt-get update (and check /etc/apt/sources.list)');
}

/**
 * The path of the package's .deb, downloaded unless the cache holds it whole.
 * @throws {TareError} 'host' when it cannot be downloaded
 */
export async function fetchPackage(wanted: DebianPackage, cache: string, signal?: AbortSignal): Promise<string> {
  await mkdir(cache, { recursive: true });
  // apt writes the colon of an epoch as %3a.
  const path = join(cache, `${wanted.name}_${wanted.version.replaceAll(':', '%3a')}_${wanted.architecture}.deb`);
  if (await isWhole(path, wanted)) return path;
  await withLock(join(cache, '.lock'), signal, async () => {
    if (await isWhole(path, wanted)) return;
    await removePartials(cache);
    const partial = await mkdtemp(join(cache, PARTIAL));
    try {
      await download(wanted, partial, signal);
      await rename(join(partial, (await readdir(partial)).find((file) => file.endsWith('.deb')) ?? ''), path);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
  return path;
}

/** The bytes of one file of a package. `member` is a pattern for tar: `./boot/vmlinuz-*`. */
export async function readMember(deb: string, member: string, signal?: AbortSignal): Promise<Buffer> {
  return pipeHostPrograms(['dpkg-deb', ['--fsys-tarfile', deb]], ['tar', ['--extract', '--to-stdout', '--wildcards', member]], { signal });
}

/** Removes what earlier, interrupted work left. To be called while holding the directory's lock. */
export async function removePartials(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(PARTIAL)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function isWhole(path: string, wanted: DebianPackage): Promise<boolean> {
  try {
    if (wanted.sha256 === null) return (await stat(path)).size > 0;
    return createHash('sha256').update(await readFile(path)).digest('hex') === wanted.sha256;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function download(wanted: DebianPackage, into: string, signal?: AbortSignal): Promise<void> {
  // As root, apt would fetch as the user _apt, who may not reach this folder, and warn about it.
  const args = ['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3', 'download', `${wanted.name}=${wanted.version}`];
  try {
    await runHostProgram('apt-get', args, { cwd: into, signal });
  } catch (error) {
    if (!(error instanceof HostProgramFailure) || /no space left/i.test(error.output)) throw error;
    const outdated = /Unable to locate|was not found|404/.test(error.output);
    throw new TareError(
      'host',
      `the package ${wanted.name} ${wanted.version} cannot be downloaded: ${error.output.trim().split('\n').at(-1) ?? ''}`,
      outdated ? 'run: apt-get update' : "check this host's network and its apt proxy settings",
      { cause: error },
    );
  }
}
