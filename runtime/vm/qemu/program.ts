/** The QEMU of this host: where it lies, its version, the files that it consists of. */
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { TareError } from '../../errors.ts';
import { findInPath } from '../../image/lookup.ts';

export const QEMU = 'qemu-system-x86_64';

export interface QemuProgram {
  readonly path: string;
  /** `7.2.22`. */
  readonly version: string;
}

/** @returns null when it is not installed */
export function findQemu(path = process.env['PATH'] ?? '/usr/bin:/bin'): string | null {
  return findInPath(QEMU, path);
}

/**
 * @throws {TareError} `missing-program` when it is not installed; `host` when it cannot say its version
 */
export async function openQemu(path = process.env['PATH'] ?? '/usr/bin:/bin'): Promise<QemuProgram> {
  const program = findQemu(path);
  if (program === null) throw new TareError('missing-program', `no ${QEMU} on this host (looked in ${path})`, 'run: apt-get install qemu-system-x86');
  let words: string;
  try {
    words = (await execa(program, ['--version'], { stdin: 'ignore' })).stdout;
  } catch (error) {
    throw new TareError('host', `${program} does not run: ${(error as Error).message}`, 'run: apt-get install --reinstall qemu-system-x86', { cause: error });
  }
  return { path: program, version: versionOf(words) };
}

/** @param words of `qemu-system-x86_64 --version` */
export function versionOf(words: string): string {
  return /version (\d+(?:\.\d+)+)/.exec(words)?.[1] ?? 'unknown';
}

/** @param words of `qemu-system-x86_64 -L help`: one directory a line */
export function firmwareDirectories(words: string): string[] {
  return words.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('/'));
}

/** @param words of ldd(1); the kernel's own vdso has no file */
export function sharedLibraries(words: string): string[] {
  return [...words.matchAll(/(?:=> )?(\/\S+) \(0x[0-9a-f]+\)/g)].map((match) => match[1] ?? '');
}

/** Lengths of files, each counted once however it is named. */
export interface Weighed {
  readonly files: number;
  readonly lengthBytes: number;
  readonly allocatedBytes: number;
}

export async function weighFiles(paths: readonly string[]): Promise<Weighed> {
  const real = new Set(await Promise.all(paths.map((path) => realpath(path))));
  const sizes = await Promise.all([...real].map((path) => stat(path)));
  return {
    files: real.size,
    lengthBytes: sizes.reduce((sum, { size }) => sum + size, 0),
    allocatedBytes: sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0),
  };
}

/** @throws {TareError} `missing-file` when QEMU has a firmware file in none of its directories */
export async function firmwareFiles(program: string, names: readonly string[]): Promise<string[]> {
  const directories = firmwareDirectories((await execa(program, ['-L', 'help'], { stdin: 'ignore' })).stdout);
  return Promise.all(names.map(async (name) => {
    for (const directory of directories) {
      try {
        return await realpath(join(directory, name));
      } catch {
        // not in this one
      }
    }
    throw new TareError('missing-file', `QEMU’s firmware ${name} is in none of ${directories.join(', ')}`, 'run: apt-get install --reinstall qemu-system-data seabios');
  }));
}

/** The shared libraries that the program is linked to; none where ldd(1) cannot tell. */
export async function librariesOf(program: string): Promise<string[]> {
  const { stdout, failed } = await execa('ldd', [program], { stdin: 'ignore', reject: false });
  return failed ? [] : sharedLibraries(stdout);
}
