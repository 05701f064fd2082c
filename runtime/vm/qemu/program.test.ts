import test from 'ava';
import { TareError } from '../../errors.ts';
import { findQemu, firmwareDirectories, openQemu, sharedLibraries, versionOf } from './program.ts';

test('the version, however the distribution decorates it', (t) => {
  t.is(versionOf('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003-2022'), '7.2.22');
  t.is(versionOf('QEMU emulator version 10.0.2\n'), '10.0.2');
  t.is(versionOf('something else'), 'unknown');
});

test('where the firmware lies', (t) => {
  t.deepEqual(firmwareDirectories('/usr/share/qemu\n/usr/share/seabios\n/usr/lib/ipxe/qemu\n'), ['/usr/share/qemu', '/usr/share/seabios', '/usr/lib/ipxe/qemu']);
});

test('shared libraries, the loader among them and the vdso not', (t) => {
  const words = `\tlinux-vdso.so.1 (0x00007ffd0b5f2000)
\tlibpixman-1.so.0 => /lib/x86_64-linux-gnu/libpixman-1.so.0 (0x00007f5f1c000000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f5f1b000000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f5f1e000000)
`;
  t.deepEqual(sharedLibraries(words), ['/lib/x86_64-linux-gnu/libpixman-1.so.0', '/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
});

test('a host without QEMU is told which package has it', async (t) => {
  t.is(findQemu('/nowhere'), null);
  const error = await t.throwsAsync(openQemu('/nowhere'), { instanceOf: TareError });
  t.is(error?.code, 'missing-program');
  t.regex(error?.remedy ?? '', /apt-get install qemu-system-x86/);
});
