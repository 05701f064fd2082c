import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { disks } from '../../../fixtures/images/full/recipe.ts';
import { fullArguments, type FullMachine } from './arguments.ts';
import { fullDiskItems } from './disk-items.ts';
import { diskLayout } from './layout.ts';
import { findInPath } from '../../image/lookup.ts';

const [full] = disks as [(typeof disks)[number]];

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const sfdisk = findInPath('sfdisk', PATH);
const sfdiskTest = sfdisk === null ? test.skip : test;

test('two partitions, one after the other, at whole MiB, up to the end of the disk', (t) => {
  const { boot, root } = diskLayout(full);
  t.is(boot.startBytes, 2 ** 20);
  t.is(root.startBytes, boot.startBytes + boot.bytes);
  t.is(root.startBytes + root.bytes, full.capacityBytes);
  for (const bytes of [boot.startBytes, boot.bytes, root.startBytes, root.bytes]) t.is(bytes % 2 ** 20, 0);
});

sfdiskTest(`sfdisk makes that table: the first is active, the signature ours${sfdisk === null ? ' (skipped: no sfdisk)' : ''}`, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-layout-'));
  try {
    const disk = join(folder, 'disk');
    writeFileSync(disk, '');
    truncateSync(disk, full.capacityBytes);
    execFileSync(sfdisk ?? '', ['--quiet', disk], { input: diskLayout(full).table });
    const { partitiontable: table } = JSON.parse(execFileSync(sfdisk ?? '', ['--json', disk]).toString()) as { partitiontable: { label: string; id: string; partitions: { start: number; size: number; type: string; bootable?: boolean }[] } };
    t.is(table.label, 'dos');
    t.is(table.id, full.diskId);
    t.deepEqual(table.partitions.map(({ start, type, bootable }) => [start, type, bootable ?? false]), [[2048, 'c', true], [2048 + full.boot.bytes / 512, '83', false]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the boot loader hands the kernel what the recipe says, and the root that it makes', (t) => {
  t.regex(diskLayout(full).loaderConfiguration, new RegExp(`APPEND root=UUID=${full.root.uuid} ro quiet console=tty0 no_timer_check console=ttyS0,115200\n`));
  for (const { word, why } of full.kernelParameters) t.true(why.length > 5, word);
});

const machine: FullMachine = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1, overlay: '/o', hostPort: null, debugExit: true };

test('the whole command line of an emulated traditional machine', (t) => {
  t.is(
    fullArguments(machine, null).flatMap(({ words }) => words).join(' '),
    '-machine pc,memory-backend=ram -accel tcg -cpu max -smp 1 -m 256M -object memory-backend-memfd,id=ram,size=256M,share=on -no-user-config -display none ' +
      '-drive file=/o,format=qcow2,if=virtio -nic user,model=virtio-net-pci -chardev stdio,id=console,signal=off -serial chardev:console -no-reboot ' +
      '-add-fd fd=3,set=1 -chardev file,id=mark,path=/dev/fdset/1,append=on -device isa-debugcon,iobase=0xe9,chardev=mark -device isa-debug-exit,iobase=0xf4,iosize=0x04',
  );
});

test('KVM differs in accelerator and processor alone; one that stays has a monitor and no way to end QEMU', (t) => {
  const words = (options: Partial<FullMachine>, socket: string | null = null): string[] => fullArguments({ ...machine, ...options }, socket).flatMap((argument) => argument.words);
  t.deepEqual(words({ accelerator: 'kvm' }).filter((word, index) => word !== words({})[index]), ['kvm', 'host,arch-capabilities=off']);
  const staying = words({ debugExit: false }, '/run/x/qmp').join(' ');
  t.false(staying.includes('isa-debug-exit'));
  t.regex(staying, /path=\/run\/x\/qmp,server=on,wait=off/);
  for (const { words: each, why } of fullArguments(machine, '/q')) t.true(why.length > 10, each.join(' '));
});

test('the disk’s bytes are shared out: never more than the file has, nothing twice', (t) => {
  const part = (name: string, lengthBytes: number) => ({ name, storey: 'base' as const, lengthBytes, files: 1, packages: {} });
  const sum = (items: ReturnType<typeof fullDiskItems>): number => items.filter(({ shared }) => shared).reduce((all, { allocatedBytes }) => all + allocatedBytes, 0);
  const whole = fullDiskItems({ parts: [part('a', 100), part('b', 50)], qcow2: { lengthBytes: 200, allocatedBytes: 180 }, capacityBytes: 1000 }, { lengthBytes: 7, allocatedBytes: 8 });
  t.deepEqual(whole.map(({ allocatedBytes }) => allocatedBytes), [100, 50, 30, 8]);
  t.is(whole.find(({ capacityBytes }) => capacityBytes !== null)?.capacityBytes, 1000);
  t.deepEqual(whole.filter(({ shared }) => !shared).map(({ allocatedBytes }) => allocatedBytes), [8]);
  const sparse = fullDiskItems({ parts: [part('a', 300), part('b', 100)], qcow2: { lengthBytes: 200, allocatedBytes: 180 }, capacityBytes: 1000 }, { lengthBytes: 7, allocatedBytes: 8 });
  t.is(sum(sparse), 180);
  for (const { allocatedBytes, lengthBytes } of sparse) t.true(allocatedBytes >= 0 && lengthBytes >= 0);
});
