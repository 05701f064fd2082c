/**
 * The snapshot of a machine: the one that is there, or else a new one.
 *
 * It is built in a folder of another name and renamed when it is whole, by one builder at a time. One that is
 * damaged is named, removed, and built anew, once. A key that has changed has a folder of its own: `tare image prune`
 * removes the old ones.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../../errors.ts';
import { withLock } from '../../image/build-lock.ts';
import { use } from '../../image/in-use.ts';
import { namingFullDisk } from '../../image/no-space.ts';
import { PARTIAL } from '../../image/store.ts';
import { keyDigest, type SnapshotKey } from './key.ts';
import { completeSnapshot, readSnapshot, type Snapshot } from './snapshot.ts';

/** How a snapshot is made, and shown to work. */
export interface Maker {
  /** Puts the guest's memory into the folder, and gives the rest. */
  readonly save: (directory: string) => Promise<Uint8Array>;
  /** Resumes it once. @throws when it does not become ready */
  readonly prove: (snapshot: Snapshot) => Promise<void>;
}

export interface Place {
  /** Holds all snapshots. */
  readonly directory: string;
  /** `tiny`: begins the folder's name. */
  readonly name: string;
  /** Told what a person should know: that a snapshot was damaged. */
  readonly say: (sentence: string) => void;
}

/** The lock that whoever makes the snapshot FOLDER holds. */
export function lockOf(directory: string, folder: string): string {
  return join(directory, `.lock-${folder}`);
}

export async function obtainSnapshot({ directory, name, say }: Place, key: SnapshotKey, maker: Maker): Promise<Snapshot> {
  const folder = `${name}-${keyDigest(key).slice(0, 12)}`;
  const whole = join(directory, folder);
  await mkdir(directory, { recursive: true });
  return withLock(lockOf(directory, folder), undefined, async () => {
    try {
      const found = await readSnapshot(whole);
      if (found !== null) {
        use(whole);
        return found;
      }
    } catch (error) {
      if (!(error instanceof TareError) || error.code !== 'bad-file') throw error;
      say(`${error.message}; it is made anew`);
    }
    await rm(whole, { recursive: true, force: true });
    return build(join(directory, `${PARTIAL}${folder}`), whole, key, maker);
  });
}

async function build(partial: string, whole: string, key: SnapshotKey, { save, prove }: Maker): Promise<Snapshot> {
  // Of one who was killed while building: the lock says that nobody is.
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  try {
    const began = performance.now();
    const state = await save(partial);
    await completeSnapshot(partial, key, state, performance.now() - began);
    await prove(await made(partial));
    await rename(partial, whole);
    use(whole);
    return await made(whole);
  } catch (error) {
    throw await namingFullDisk(error, partial);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function made(directory: string): Promise<Snapshot> {
  const snapshot = await readSnapshot(directory);
  if (snapshot === null) throw new TareError('bad-file', `the saved machine ${directory} is gone as soon as it was made`, 'see who removes it');
  return snapshot;
}
