/**
 * A tree as the archive that the kernel unpacks into its initramfs ("newc").
 *
 * Written here rather than by cpio(1): a device is a record in the archive, so no node has to be made on the
 * host (which would need root), everything belongs to root whoever builds, and two builds are equal byte for
 * byte. Archives may follow one another, so each layer is one, and an initramfs is all of them.
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../fixtures/images/recipe.ts';
import type { TreeEntry } from './content.ts';

const TYPE = { file: 0o100000, directory: 0o040000, link: 0o120000, character: 0o020000 } as const;

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

interface RecordFields {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly device?: Pick<Device, 'major' | 'minor'>;
}

function record(path: string, content: Uint8Array, { inode, mode, links, device }: RecordFields): Buffer {
  const nameSize = Buffer.byteLength(path) + 1;
  const head = padded(110 + nameSize);
  const buffer = Buffer.alloc(head + padded(content.length));
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, device?.major ?? 0, device?.minor ?? 0, nameSize, 0];
  buffer.write(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`, 'latin1');
  buffer.write(path, 110);
  buffer.set(content, head);
  return buffer;
}

const NOTHING = new Uint8Array();

/** @param devices what the archive holds besides; their directories are in the tree */
export async function treeArchive(root: string, entries: readonly TreeEntry[], devices: readonly Device[]): Promise<Buffer> {
  const records: Buffer[] = [];
  let inode = 1;
  for (const { path, type, mode, target } of entries) {
    const content = type === 'file' ? await readFile(join(root, path)) : type === 'link' ? Buffer.from(target) : NOTHING;
    records.push(record(path, content, { inode: inode++, mode: TYPE[type] | mode, links: type === 'directory' ? 2 : 1 }));
  }
  for (const device of devices) records.push(record(device.path, NOTHING, { inode: inode++, mode: TYPE.character | device.mode, links: 1, device }));
  records.push(record('TRAILER!!!', NOTHING, { inode: 0, mode: 0, links: 1 }));
  return Buffer.concat(records);
}

/**
 * An archive of one file, to be put behind an initramfs: the kernel unpacks it over what came before.
 * @param path relative to the root, without a leading slash; its directory is there already
 * @param permissions e.g. 0o755
 */
export function fileArchive(path: string, permissions: number, content: Uint8Array): Buffer {
  return Buffer.concat([record(path, content, { inode: 1, mode: TYPE.file | permissions, links: 1 }), record('TRAILER!!!', NOTHING, { inode: 0, mode: 0, links: 1 })]);
}
