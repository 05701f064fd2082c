/**
 * The uncompressed kernel inside a vmlinuz, for machines that boot it directly.
 *
 * Source: Linux, Documentation/arch/x86/boot.rst: setup_sects at 0x1f1, "HdrS" at 0x202, version at 0x206,
 * payload_offset and payload_length at 0x248 and 0x24c. The last four bytes of the payload are the length of
 * what it unpacks to: appended by the kernel's build, but for gzip, which has them in its own trailer.
 */
import { gunzipSync } from 'node:zlib';
import { TareError } from '../errors.ts';
import { runHostProgram } from './host-program.ts';

export interface Payload {
  readonly compression: string;
  readonly bytes: Buffer;
}

const MAGIC: readonly { readonly compression: string; readonly bytes: readonly number[]; readonly program: readonly string[] }[] = [
  { compression: 'lz4', bytes: [0x02, 0x21, 0x4c, 0x18], program: ['lz4', '-dc'] },
  { compression: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd], program: ['zstd', '-dc'] },
  { compression: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58], program: ['xz', '-dc', '--single-stream'] },
  { compression: 'gzip', bytes: [0x1f, 0x8b], program: [] },
  { compression: 'bzip2', bytes: [0x42, 0x5a, 0x68], program: ['bzip2', '-dc'] },
  { compression: 'none', bytes: [0x7f, 0x45, 0x4c, 0x46], program: [] },
];

/**
 * @param name for messages
 * @throws {TareError} `bad-file` when it is no kernel for x86, or of an old or unknown form
 */
export function kernelPayload(vmlinuz: Buffer, name: string): Payload {
  const bad = (what: string): TareError => new TareError('bad-file', `${name} is no kernel that can be unpacked: ${what}`, 'choose another kernel package, or report this one');
  if (vmlinuz.length < 0x250 || vmlinuz.toString('latin1', 0x202, 0x206) !== 'HdrS') throw bad('no Linux boot header');
  const version = vmlinuz.readUInt16LE(0x206);
  if (version < 0x208) throw bad(`boot protocol ${version >> 8}.${version & 0xff} is older than 2.8`);
  const setupSectors = vmlinuz.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + vmlinuz.readUInt32LE(0x248);
  const length = vmlinuz.readUInt32LE(0x24c);
  if (length < 8 || start + length > vmlinuz.length) throw bad('its payload runs past its end');
  const bytes = vmlinuz.subarray(start, start + length);
  const known = MAGIC.find((magic) => magic.bytes.every((byte, index) => bytes[index] === byte));
  if (known === undefined) throw bad(`unknown compression (it begins with ${bytes.toString('hex', 0, 4)})`);
  const appended = known.compression === 'gzip' || known.compression === 'none' ? 0 : 4;
  return { compression: known.compression, bytes: bytes.subarray(0, length - appended) };
}

/**
 * @returns the ELF file
 * @throws {TareError} `bad-file` when it does not unpack to one that can be entered directly
 */
export async function unpackKernel(vmlinuz: Buffer, name: string, signal?: AbortSignal): Promise<Buffer> {
  const { compression, bytes } = kernelPayload(vmlinuz, name);
  const [program, ...args] = MAGIC.find((magic) => magic.compression === compression)?.program ?? [];
  const elf = program === undefined ? (compression === 'gzip' ? gunzipSync(bytes) : bytes) : await runHostProgram(program, args, { input: bytes, signal });
  if (elf.toString('latin1', 0, 4) !== '\x7fELF') throw new TareError('bad-file', `${name} unpacks to something that is no ELF file`, 'report this kernel package');
  if (!hasPvhNote(elf)) throw new TareError('bad-file', `the kernel of ${name} has no PVH entry, so QEMU cannot boot it directly`, 'choose a kernel built with CONFIG_PVH=y');
  return elf;
}

const PT_NOTE = 4;
const XEN_ELFNOTE_PHYS32_ENTRY = 18;

/** Whether one of its notes is Xen's PHYS32_ENTRY, by which QEMU enters it in 32-bit mode. */
export function hasPvhNote(elf: Buffer): boolean {
  const headers = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  for (let index = 0; index < elf.readUInt16LE(56); index++) {
    const header = headers + index * size;
    if (elf.readUInt32LE(header) !== PT_NOTE) continue;
    let at = Number(elf.readBigUInt64LE(header + 8));
    const end = at + Number(elf.readBigUInt64LE(header + 32));
    while (at + 12 <= end) {
      const nameSize = elf.readUInt32LE(at);
      const type = elf.readUInt32LE(at + 8);
      if (type === XEN_ELFNOTE_PHYS32_ENTRY && elf.toString('latin1', at + 12, at + 15) === 'Xen') return true;
      at += 12 + Math.ceil(nameSize / 4) * 4 + Math.ceil(elf.readUInt32LE(at + 4) / 4) * 4;
    }
  }
  return false;
}
