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

test('a machine with PCI has its network card there; nothing else differs', (t) => {
  const network = { hostPort: null, guestPort: 80 };
  const words = argv('qemu', { ...micro, network });
  for (const machine of ['q35', 'pc'] as const) {
    const other = argv('qemu', { ...micro, network, machine });
    t.deepEqual(other.filter((word, index) => word !== words[index]), [`${machine},memory-backend=ram`, 'virtio-net-pci,netdev=net,romfile=']);
  }
});

test('every argument has a reason', (t) => {
  for (const { words, why } of qemuArguments(micro)) t.true(why.length > 10, words.join(' '));
});

test('a machine with a monitor listens on its socket, at the end of the line that it has without', (t) => {
  const words = argv('qemu', { ...micro, monitor: { powerdownMs: 0 } }, '/run/tare-1-0000001/qmp');
  t.deepEqual(words.slice(argv('qemu', micro).length), ['-chardev', 'socket,id=qmp,path=/run/tare-1-0000001/qmp,server=on,wait=off', '-mon', 'chardev=qmp,mode=control']);
});

test('a machine that is to be saved: its memory is a file, and its mark’s port says nothing yet', (t) => {
  const words = argv('qemu', { ...micro, ram: { file: '/s/a,b/ram', written: true }, markAnswer: 0 });
  t.is(words[words.indexOf('-object') + 1], 'memory-backend-file,id=ram,size=256M,mem-path=/s/a,,b/ram,share=on');
  t.true(words.includes('isa-debugcon,iobase=0xe9,chardev=mark,readback=0x0'));
});

test('a machine that is resumed loads nothing, and its memory is the saved file, unchanged', (t) => {
  const resumed: MachineOptions = { ...micro, ram: { file: '/s/ram', written: false }, markAnswer: 0x78, boot: { from: 'snapshot', state: Buffer.from('x'), commands: '/s/resume' } };
  for (const accelerator of ['tcg', 'kvm'] as const) {
    const words = argv('qemu', { ...resumed, accelerator });
    t.is(words[words.indexOf('-object') + 1], 'memory-backend-file,id=ram,size=256M,mem-path=/s/ram,share=off');
    t.is(words[words.indexOf('-incoming') + 1], 'defer');
    t.true(words.includes('pipe,id=resume,path=/s/resume'));
    t.true(words.includes('isa-debugcon,iobase=0xe9,chardev=mark,readback=0x78'));
    for (const absent of ['-kernel', '-initrd', '-append', '-bios']) t.false(words.includes(absent), absent);
    t.is(words[words.indexOf('-accel') + 1], accelerator);
  }
  for (const { words, why } of qemuArguments(resumed, '/q')) t.true(why.length > 10, words.join(' '));
});
