import test from 'ava';
import { argv, qemuArguments, type MachineOptions } from './arguments.ts';

const micro: MachineOptions = {
  machine: 'microvm',
  accelerator: 'tcg',
  memoryMebibytes: 256,
  vcpus: 1,
  boot: { from: 'kernel', vmlinux: '/k/vmlinux', initramfs: '/i/initramfs', commandLine: 'quiet' },
  console: true,
  debugExit: true,
};

test('the whole command line of an emulated guest with a kernel', (t) => {
  t.is(
    argv('/usr/bin/qemu-system-x86_64', micro).join(' '),
    '/usr/bin/qemu-system-x86_64 -machine microvm,memory-backend=ram -accel tcg -cpu max -smp 1 -m 256M ' +
      '-object memory-backend-memfd,id=ram,size=256M,share=on -nodefaults -no-user-config -display none ' +
      '-chardev stdio,id=console,signal=off -serial chardev:console -no-reboot ' +
      '-kernel /k/vmlinux -initrd /i/initramfs -append quiet ' +
      '-add-fd fd=3,set=1 -chardev file,id=mark,path=/dev/fdset/1,append=on ' +
      '-device isa-debugcon,iobase=0xe9,chardev=mark -device isa-debug-exit,iobase=0xf4,iosize=0x04',
  );
});

test('KVM differs from TCG in the accelerator and the processor, and in nothing else', (t) => {
  const tcg = argv('qemu', micro);
  const kvm = argv('qemu', { ...micro, accelerator: 'kvm' });
  const differing = kvm.filter((word, index) => word !== tcg[index]);
  t.deepEqual(differing, ['kvm', 'host,arch-capabilities=off']);
  t.is(kvm.length, tcg.length);
});

test('an idle guest without an operating system has no way to end QEMU, and no console', (t) => {
  const words = argv('qemu', { ...micro, boot: { from: 'rom', rom: '/r/floor.rom' }, console: false, debugExit: false });
  t.false(words.some((word) => word.startsWith('isa-debug-exit')));
  t.is(words[words.indexOf('-bios') + 1], '/r/floor.rom');
  t.is(words[words.indexOf('-serial') + 1], 'none');
  t.false(words.includes('-kernel'));
});

test('processors and memory are what was asked for, and the memory has one size', (t) => {
  const words = argv('qemu', { ...micro, memoryMebibytes: 128, vcpus: 2 });
  t.is(words[words.indexOf('-smp') + 1], '2');
  t.is(words[words.indexOf('-m') + 1], '128M');
  t.regex(words[words.indexOf('-object') + 1] ?? '', /size=128M/);
});

test('every argument has a reason', (t) => {
  for (const { words, why } of qemuArguments(micro)) t.true(why.length > 10, words.join(' '));
});
