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
 * What apt would install on a system that has nothing yet, in the order in which it would: the packages, and all
 * that they depend on. Asked of apt itself, so that versions, alternatives and conflicts are settled as on any
 * Debian.
 * @param names package names, or apt-patterns(7) such as `?essential`
 * @throws {TareError} 'host' when they cannot be had together
 */
export async function resolveSet(names: readonly string[], signal?: AbortSignal): Promise<DebianPackage[]> {
  // Its caches are of the system that is installed: kept out of this.
  const nothing = ['-o', 'Dir::State::status=/dev/null', '-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache='];
  let words: string;
  try {
    words = (await runHostProgram('apt-get', [...nothing, '-o', 'APT::Install-Recommends=false', '-o', 'Debug::NoLocking=true', '--simulate', 'install', ...names], { signal })).toString();
  } catch (error) {
    if (!(error instanceof HostProgramFailure)) throw error;
    throw new TareError('host', `apt cannot put together ${names.join(' ')}: ${error.output.trim().split('\n').at(-1) ?? ''}`, 'run: apt-get update (and check /etc/apt/sources.list)', { cause: error });
  }
  const chosen = [...words.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = '', version = '']) => `${name}=${version}`);
  const records = (await runHostProgram('apt-cache', ['show', ...chosen], { signal })).toString().split('\n\n').map(parsePackageRecord);
  const byName = new Map<string, DebianPackage>(records.flatMap((each) => (each === null ? [] : [[`${each.name}=${each.version}`, each] as const])));
  return chosen.map((each) => {
    const found = byName.get(each);
    if (found === undefined) throw new TareError('host', `apt chose ${each}, and its lists have no record of it`, 'run: apt-get update');
    return found;
  });
}

/** As {@link fetchPackages}, for one. */
export async function fetchPackage(wanted: DebianPackage, cache: string, signal?: AbortSignal): Promise<string> {
  return (await fetchPackages([wanted], cache, signal))[0] ?? '';
}

/**
 * The paths of the packages' .deb files, in order, downloaded unless the cache holds them whole.
 * @throws {TareError} 'host' when one cannot be downloaded
 */
export async function fetchPackages(wanted: readonly DebianPackage[], cache: string, signal?: AbortSignal): Promise<string[]> {
  await mkdir(cache, { recursive: true });
  if ((await missing(wanted, cache)).length > 0) {
    await withLock(join(cache, '.lock'), signal, async () => {
      const still = await missing(wanted, cache);
      if (still.length === 0) return;
      await removePartials(cache);
      const partial = await mkdtemp(join(cache, PARTIAL));
      try {
        await download(still, partial, signal);
        for (const each of still) await rename(join(partial, fileName(each)), join(cache, fileName(each)));
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    });
  }
  return wanted.map((each) => join(cache, fileName(each)));
}

/** As apt calls it: the colon of an epoch is %3a. */
function fileName({ name, version, architecture }: DebianPackage): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

async function missing(wanted: readonly DebianPackage[], cache: string): Promise<DebianPackage[]> {
  const found: DebianPackage[] = [];
  for (const each of wanted) if (!(await isWhole(join(cache, fileName(each)), each))) found.push(each);
  return found;
}

/** All of a package's files, as a tar archive. */
export async function packageArchive(deb: string, signal?: AbortSignal): Promise<Buffer> {
  return runHostProgram('dpkg-deb', ['--fsys-tarfile', deb], { signal });
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

async function download(wanted: readonly DebianPackage[], into: string, signal?: AbortSignal): Promise<void> {
  // As root, apt would fetch as the user _apt, who may not reach this folder, and warn about it.
  const args = ['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3', 'download', ...wanted.map(({ name, version }) => `${name}=${version}`)];
  try {
    await runHostProgram('apt-get', args, { cwd: into, signal });
  } catch (error) {
    if (!(error instanceof HostProgramFailure) || /no space left/i.test(error.output)) throw error;
    const outdated = /Unable to locate|was not found|404/.test(error.output);
    const [first] = wanted;
    throw new TareError(
      'host',
      `${wanted.length > 1 ? `${wanted.length} packages` : `the package ${first?.name ?? ''} ${first?.version ?? ''}`} cannot be downloaded: ${error.output.trim().split('\n').at(-1) ?? ''}`,
      outdated ? 'run: apt-get update' : "check this host's network and its apt proxy settings",
      { cause: error },
    );
  }
}
