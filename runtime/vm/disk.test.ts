import test from 'ava';
import { splitArchive } from './disk.ts';

const base = { name: 'base', storey: 'base', lengthBytes: 2_000_000 } as const;
const app = { name: 'app', storey: 'app', lengthBytes: 10_000 } as const;

function sum(items: readonly { allocatedBytes: number; lengthBytes: number }[]): { lengthBytes: number; allocatedBytes: number } {
  return { lengthBytes: items.reduce((all, { lengthBytes }) => all + lengthBytes, 0), allocatedBytes: items.reduce((all, { allocatedBytes }) => all + allocatedBytes, 0) };
}

test('an archive is split into its parts, and nothing is counted twice or lost', (t) => {
  const archive = { lengthBytes: 2_010_000, allocatedBytes: 2_011_136 };
  const items = splitArchive(archive, [base, app]);
  t.deepEqual(items.map(({ name }) => name), ['base', 'app']);
  t.deepEqual(sum(items), archive);
});

test('what no part accounts for is an item of its own', (t) => {
  const archive = { lengthBytes: 2_010_512, allocatedBytes: 2_011_136 };
  const items = splitArchive(archive, [base, app]);
  t.is(items.at(-1)?.storey, 'initramfs');
  t.is(items.at(-1)?.lengthBytes, 512);
  t.deepEqual(sum(items), archive);
});
