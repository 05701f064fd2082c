/** The guests without an operating system, built by fixtures/guest/Makefile. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../errors.ts';
import { fixturesDirectory } from '../image/store.ts';

export const FLOOR_ROM = join(fixturesDirectory, '.built/guest/floor.rom');
export const PROBE_ROM = join(fixturesDirectory, '.built/guest/probe.rom');

/** @throws {TareError} `missing-file` when it is not built */
export function builtRom(path: string): string {
  if (!existsSync(path)) throw new TareError('missing-file', `the guest ROM ${path} is not built`, 'run: make -C fixtures/guest, or make setup');
  return path;
}
