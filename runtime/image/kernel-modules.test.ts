import test from 'ava';
import { TareError } from '../errors.ts';
import { runHostProgram } from './host-program.ts';
import { dependsOf, modulesInOrder } from './kernel-modules.ts';
import type { TarEntry } from './tar-reading.ts';

function entry(path: string, content: Buffer | string): TarEntry {
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, target: '', content: Buffer.from(content) };
}

function module(name: string, depends: string): TarEntry {
  return entry(`lib/modules/6.1/kernel/drivers/${name}.ko`, `ELF license=GPL\0depends=${depends}\0retpoline=Y\0`);
}

const entries = [
  module('net/virtio-net', 'net_failover,virtio_ring,virtio'),
  module('net/net_failover', 'failover'),
  module('net/failover', ''),
  module('virtio/virtio', 'virtio_ring'),
  module('virtio/virtio_ring', ''),
  entry('lib/modules/6.1/modules.builtin', 'kernel/fs/ext4/ext4.ko\n'),
];

test('what a module needs is read from the module', (t) => {
  t.deepEqual(dependsOf(Buffer.from('x\0depends=a,b-c\0')), ['a', 'b_c']);
  t.deepEqual(dependsOf(Buffer.from('x\0depends=\0')), []);
  t.deepEqual(dependsOf(Buffer.from('x')), []);
});

test('each comes after what it needs, once; what the kernel has built in is left out', async (t) => {
  const found = await modulesInOrder(['virtio_net', 'ext4', 'virtio'], entries, 'linux 6.1');
  t.deepEqual(found.map(({ name }) => name), ['failover', 'net_failover', 'virtio_ring', 'virtio', 'virtio_net']);
  t.is(found.at(-1)?.path, 'lib/modules/6.1/kernel/drivers/net/virtio-net.ko');
});

test('a packed module is unpacked, and named without it', async (t) => {
  const packed = await runHostProgram('xz', ['-c'], { input: module('x', '').content });
  const [found] = await modulesInOrder(['x'], [entry('lib/modules/6.1/kernel/x.ko.xz', packed)], 'linux 6.1');
  t.is(found?.path, 'lib/modules/6.1/kernel/x.ko');
  t.deepEqual(found?.content, module('x', '').content);
});

test('one that is nowhere is named, with the kernel', async (t) => {
  const error = await t.throwsAsync(modulesInOrder(['none'], entries, 'linux 6.1'), { instanceOf: TareError });
  t.is(error.message, 'the kernel of linux 6.1 has no module none');
});
