import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { TareError } from '../errors.ts';
import { hasPvhNote, kernelPayload, unpackKernel } from './kernel-payload.ts';

/** A small ELF file with one PT_NOTE segment: a note of another owner, then Xen's. */
function elf({ owner = 'Xen\0', type = 18 } = {}): Buffer {
  const note = (name: string, kind: number, value: Buffer): Buffer => {
    const nameBytes = Buffer.alloc(Math.ceil(name.length / 4) * 4);
    nameBytes.write(name, 'latin1');
    const head = Buffer.alloc(12);
    head.writeUInt32LE(name.length, 0);
    head.writeUInt32LE(value.length, 4);
    head.writeUInt32LE(kind, 8);
    return Buffer.concat([head, nameBytes, value]);
  };
  const notes = Buffer.concat([note('GNU\0', 3, Buffer.alloc(20)), note(owner, type, Buffer.alloc(8, 1))]);
  const file = Buffer.alloc(64 + 56);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(4, 64);
  file.writeBigUInt64LE(120n, 64 + 8);
  file.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
  return Buffer.concat([file, notes]);
}

/** A vmlinuz as boot.rst describes it: set-up sectors, then the protected-mode code with the payload in it. */
function vmlinuz(payload: Buffer, { setupSects = 3, offset = 0x40, version = 0x20f, length = payload.length } = {}): Buffer {
  const start = ((setupSects || 4) + 1) * 512 + offset;
  const image = Buffer.alloc(start + payload.length + 100, 0xee);
  image.writeUInt8(setupSects, 0x1f1);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(version, 0x206);
  image.writeUInt32LE(offset, 0x248);
  image.writeUInt32LE(length, 0x24c);
  payload.copy(image, start);
  return image;
}

function withLength(packed: Buffer, unpacked: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(unpacked);
  return Buffer.concat([packed, size]);
}

function bad(message: RegExp) {
  return (t: { is(a: unknown, b: unknown): unknown; regex(a: string, b: RegExp): unknown; true(a: boolean): unknown }, error: unknown) => {
    t.true(error instanceof TareError);
    t.is((error as TareError).code, 'bad-file');
    t.regex((error as TareError).message, message);
    t.regex((error as TareError).message, /the-package/);
  };
}

const packers = {
  lz4: () => execFileSync('lz4', ['-l', '-c'], { input: elf() }),
  zstd: () => execFileSync('zstd', ['-c'], { input: elf() }),
  xz: () => execFileSync('xz', ['-c', '--check=crc32'], { input: elf() }),
  bzip2: () => execFileSync('bzip2', ['-c'], { input: elf() }),
} as const;

for (const [compression, pack] of Object.entries(packers)) {
  test(`a kernel packed with ${compression} is found and unpacked, less the length behind it`, async (t) => {
    const packed = pack();
    const image = vmlinuz(withLength(packed, elf().length));
    const payload = kernelPayload(image, 'the-package');
    t.is(payload.compression, compression);
    t.deepEqual(payload.bytes, packed);
    t.deepEqual(await unpackKernel(image, 'the-package'), elf());
  });
}

test('a kernel packed with gzip ends with its own trailer, which is left on', async (t) => {
  const packed = gzipSync(elf());
  t.deepEqual(kernelPayload(vmlinuz(packed), 'the-package').bytes, packed);
  t.deepEqual(await unpackKernel(vmlinuz(packed), 'the-package'), elf());
});

test('a kernel that is not packed is taken as it is', async (t) => {
  t.deepEqual(await unpackKernel(vmlinuz(elf()), 'the-package'), elf());
});

test('no set-up sectors stand for four', (t) => {
  const packed = gzipSync(elf());
  t.deepEqual(kernelPayload(vmlinuz(packed, { setupSects: 0 }), 'the-package').bytes, packed);
});

test('what is no kernel is refused by name and reason', (t) => {
  const refused = (image: Buffer, message: RegExp): void => {
    const error = t.throws(() => kernelPayload(image, 'the-package'));
    bad(message)(t, error);
  };
  refused(Buffer.alloc(0), /no Linux boot header/);
  refused(Buffer.alloc(0x24f), /no Linux boot header/);
  refused(Buffer.alloc(4096), /no Linux boot header/);
  refused(vmlinuz(gzipSync(elf()), { version: 0x207 }), /boot protocol 2\.7 is older/);
  refused(vmlinuz(gzipSync(elf()), { length: 1 << 20 }), /runs past its end/);
  refused(vmlinuz(gzipSync(elf()), { length: 0 }), /runs past its end/);
  refused(vmlinuz(Buffer.from('89ZO a form nobody uses')), /unknown compression \(it begins with 38395a4f\)/);
});

test('what unpacks to something that cannot be entered is refused', async (t) => {
  bad(/is no ELF file/)(t, await t.throwsAsync(unpackKernel(vmlinuz(gzipSync(Buffer.from('hello'))), 'the-package')));
  bad(/no PVH entry/)(t, await t.throwsAsync(unpackKernel(vmlinuz(gzipSync(elf({ type: 1 }))), 'the-package')));
});

test('a payload that is damaged is refused with the word of the program that unpacks it', async (t) => {
  const packed = Buffer.from(packers.xz());
  packed.fill(0, 20, 40);
  await t.throwsAsync(unpackKernel(vmlinuz(withLength(packed, 1)), 'the-package'), { instanceOf: TareError, message: /^xz failed: / });
});

test('the PVH note is told from notes of the same number and of the same owner', (t) => {
  t.true(hasPvhNote(elf()));
  t.false(hasPvhNote(elf({ owner: 'GNU\0' })));
  t.false(hasPvhNote(elf({ type: 17 })));
});
