/**
 * A cpio archive of one file, in the form that the kernel unpacks into its initramfs ("newc"). Archives may
 * follow one another, and a later one adds to what the earlier ones unpacked.
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
const REGULAR = 0o100000;

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function record(name: string, mode: number, content: Uint8Array): Buffer {
  const nameSize = Buffer.byteLength(name) + 1;
  const head = padded(110 + nameSize);
  const buffer = Buffer.alloc(head + padded(content.length));
  const links = mode === 0 ? 0 : 1;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [0, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, nameSize, 0];
  buffer.write('070701' + fields.map((field) => field.toString(16).padStart(8, '0')).join(''), 'latin1');
  buffer.write(name, 110);
  buffer.set(content, head);
  return buffer;
}

/**
 * @param path relative to the root, without a leading slash; its directory is there already
 * @param permissions e.g. 0o755
 */
export function cpioOfOneFile(path: string, permissions: number, content: Uint8Array): Buffer {
  return Buffer.concat([record(path, REGULAR | permissions, content), record('TRAILER!!!', 0, Buffer.alloc(0))]);
}
