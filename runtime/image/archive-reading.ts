/** Reads what `cpio.ts` writes, one archive or several behind one another. */
import { TareError } from '../errors.ts';

export interface ArchiveEntry {
  readonly path: string;
  /** Type and permission bits, as in st_mode. */
  readonly mode: number;
  readonly inode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  /** Major and minor number of a device node. */
  readonly device: readonly [number, number];
  /** Of a link, its target. */
  readonly content: Buffer;
}

const HEADER_BYTES = 110;

/**
 * @param name for messages
 * @throws {TareError} 'bad-file' when it is no newc archive, or is cut short
 */
export function readArchive(archive: Buffer, name: string): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  let at = 0;
  while (at < archive.length) {
    if (archive.toString('latin1', at, at + 6) !== '070701') throw new TareError('bad-file', `${name} is no cpio archive: no header at byte ${at}`, 'build it anew: make clean && make setup');
    const field = (index: number): number => parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameEnd = at + HEADER_BYTES + field(11);
    const start = padded(nameEnd);
    const end = start + field(6);
    if (!(end <= archive.length)) throw new TareError('bad-file', `${name} is cut short within the entry at byte ${at}`, 'build it anew: make clean && make setup');
    const path = archive.toString('utf8', at + HEADER_BYTES, nameEnd - 1);
    if (path !== 'TRAILER!!!') {
      entries.push({ path, inode: field(0), mode: field(1), uid: field(2), gid: field(3), mtime: field(5), device: [field(9), field(10)], content: archive.subarray(start, end) });
    }
    at = padded(end);
  }
  return entries;
}

function padded(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
