/**
 * A saved machine on disk: a folder with what it consists of, and a list of it that is written last.
 *
 *   ram            the guest's memory, as long as that is; what the guest never touched takes no room
 *   state          the state of its devices and processors, as QEMU's migration writes it
 *   resume.in      the monitor's commands by which QEMU reads the state
 *   resume.out     where QEMU's answers to them go: nowhere
 *   manifest.json  the digest of each, and what the machine was
 */
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TareError } from '../../errors.ts';
import { openStore, type StoreOptions } from '../../image/store.ts';
import { STATE_DESCRIPTOR } from '../qemu/arguments.ts';
import { fileDigest } from './file-digest.ts';
import type { SnapshotKey } from './key.ts';

const FILES = ['ram', 'state', 'resume.in'] as const;

const manifest = z.strictObject({
  version: z.literal(1),
  key: z.strictObject({ qemu: z.string(), program: z.string(), processor: z.string(), line: z.string() }),
  files: z.strictObject({
    ram: z.strictObject({ bytes: z.int(), digest: z.string() }),
    state: z.strictObject({ bytes: z.int(), digest: z.string() }),
    'resume.in': z.strictObject({ bytes: z.int(), digest: z.string() }),
  }),
  savedAt: z.iso.datetime(),
  /** From starting the machine to its state on disk. */
  milliseconds: z.number(),
});

type Manifest = z.infer<typeof manifest>;

export interface Snapshot {
  readonly directory: string;
  /** Guest memory, to be mapped. */
  readonly ram: string;
  readonly state: Uint8Array;
  /** Path of `resume.in`, less its ending. */
  readonly commands: string;
  readonly savedAt: string;
  readonly milliseconds: number;
}

/**
 * The guest's memory is in its file already, so QEMU has to be told that the stream is without it: the capability
 * goes before the command. Source: QEMU, `x-ignore-shared` in qapi/migration.json.
 */
const COMMANDS = `migrate_set_capability x-ignore-shared on\nmigrate_incoming fd:${STATE_DESCRIPTOR}\n`;

/** Holds all snapshots. */
export function snapshotsDirectory(options: StoreOptions = {}): string {
  return join(openStore(options).directory, 'snapshots');
}

/** Path of guest memory in a snapshot's folder. */
export function ramFile(directory: string): string {
  return join(directory, 'ram');
}

/** Adds to a folder that has its `ram` what else a snapshot is; the list of it last. */
export async function completeSnapshot(directory: string, key: SnapshotKey, state: Uint8Array, milliseconds: number): Promise<void> {
  await writeFile(join(directory, 'state'), state);
  await writeFile(join(directory, 'resume.in'), COMMANDS);
  await symlink('/dev/null', join(directory, 'resume.out'));
  const [ram, saved, commands] = await Promise.all(FILES.map(async (name) => ({ bytes: (await stat(join(directory, name))).size, digest: await fileDigest(join(directory, name)) })));
  if (ram === undefined || saved === undefined || commands === undefined) throw new Error('three files have three digests');
  const listed: Manifest = { version: 1, key, files: { ram, state: saved, 'resume.in': commands }, savedAt: new Date().toISOString(), milliseconds };
  await writeFile(join(directory, 'manifest.json'), `${JSON.stringify(listed, null, 2)}\n`);
}

/**
 * Reads every byte of it.
 * @returns null when there is none
 * @throws {TareError} `bad-file` naming what is damaged
 */
export async function readSnapshot(directory: string): Promise<Snapshot | null> {
  let text: string;
  try {
    text = await readFile(join(directory, 'manifest.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return (await exists(directory)) ? damaged(join(directory, 'manifest.json'), 'it is missing') : null;
    throw error;
  }
  const listed = manifest.safeParse(safeJson(text));
  if (!listed.success) return damaged(join(directory, 'manifest.json'), 'it cannot be read');
  for (const name of FILES) {
    const path = join(directory, name);
    const { bytes, digest } = listed.data.files[name];
    const found = (await exists(path)) ? (await stat(path)).size : null;
    if (found === null) return damaged(path, 'it is missing');
    if (found !== bytes) return damaged(path, `it has ${found} bytes in place of ${bytes}`);
    if ((await fileDigest(path)) !== digest) return damaged(path, 'its content is not what was saved');
  }
  if (!(await exists(join(directory, 'resume.out')))) return damaged(join(directory, 'resume.out'), 'it is missing');
  return {
    directory,
    ram: ramFile(directory),
    state: await readFile(join(directory, 'state')),
    commands: join(directory, 'resume'),
    savedAt: listed.data.savedAt,
    milliseconds: listed.data.milliseconds,
  };
}

/** What the snapshot was made of; null when there is none to be told. */
export async function readKey(directory: string): Promise<SnapshotKey | null> {
  const text = await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => '');
  const listed = manifest.safeParse(safeJson(text));
  return listed.success ? listed.data.key : null;
}

function damaged(path: string, why: string): never {
  throw new TareError('bad-file', `the saved machine is damaged: ${path}: ${why}`, 'remove its folder: it is made anew when it is needed');
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
