/**
 * Reads what `dpkg-deb --fsys-tarfile` writes.
 *
 * Read here rather than by tar(1): what belongs to whom is then the builder's own decision, so that an image is
 * the same whoever builds it, and no name out of an archive can lead outside the tree.
 * Source: tar(5), "Pre-POSIX Archives" to "GNU tar"; POSIX, pax, "ustar Interchange Format".
 */
import { TareError } from '../errors.ts';

export interface TarEntry {
  /** Without `./` before it or a slash behind; '' is the root itself. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'hard-link' | 'device';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a link; of a hard link, the path of the entry that it is another name of. */
  readonly target: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const TYPES: Readonly<Record<string, TarEntry['type']>> = { '0': 'file', '\0': 'file', '7': 'file', '1': 'hard-link', '2': 'link', '3': 'device', '4': 'device', '5': 'directory', '6': 'device' };

/** A number in octal, or, where it is too large for that, in base 256 with the top bit of the field set. */
function number(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return header.subarray(at + 1, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return parseInt(text(header, at, length).trim() || '0', 8);
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Records `LENGTH KEY=VALUE\n` of a pax header. */
function paxFields(content: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, space));
    if (space < 0 || !(length > 0)) break;
    const [key = '', ...value] = content.toString('utf8', space + 1, at + length - 1).split('=');
    fields.set(key, value.join('='));
    at += length;
  }
  return fields;
}

/**
 * @param name for messages
 * @throws {TareError} 'bad-file' when it is no archive, is cut short, or a name in it leads upwards
 */
export function readTar(archive: Buffer, name: string): TarEntry[] {
  const bad = (what: string): TareError => new TareError('bad-file', `${name} cannot be read: ${what}`, 'fetch it anew: make clean && make setup');
  const plain = (path: string): string => {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw bad(`the name ${path} leads upwards`);
    return parts.join('/');
  };
  const entries: TarEntry[] = [];
  let longName: string | null = null;
  let longTarget: string | null = null;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    if (text(header, 257, 5) !== 'ustar') throw bad(`no header at byte ${at}`);
    const size = number(header, 124, 12);
    const start = at + BLOCK;
    if (start + size > archive.length) throw bad(`it is cut short within the entry at byte ${at}`);
    const content = archive.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'L') longName = text(content, 0, content.length);
    else if (kind === 'K') longTarget = text(content, 0, content.length);
    else if (kind === 'x') {
      const fields = paxFields(content);
      longName = fields.get('path') ?? longName;
      longTarget = fields.get('linkpath') ?? longTarget;
    } else if (kind !== 'g') {
      const type = TYPES[kind];
      if (type === undefined) throw bad(`an entry of unknown type "${kind}"`);
      // GNU has other things where POSIX has the prefix.
      const prefix = text(header, 257, 8) === 'ustar' ? text(header, 345, 155) : '';
      const target = longTarget ?? text(header, 157, 100);
      entries.push({
        path: plain(longName ?? `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`),
        type,
        mode: number(header, 100, 8) & 0o7777,
        uid: number(header, 108, 8),
        gid: number(header, 116, 8),
        target: type === 'hard-link' ? plain(target) : target,
        content,
      });
      longName = longTarget = null;
    }
  }
  return entries;
}
