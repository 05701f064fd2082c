import test from 'ava';
import { settled } from './settled.ts';

function seen(...pairs: readonly (readonly [fullScans: number, pagesSharing: number])[]) {
  return pairs.map(([fullScans, pagesSharing]) => ({ fullScans, pagesSharing }));
}

test('after three looks through everything, when the last has brought nothing more', (t) => {
  t.true(settled(seen([10, 0], [11, 500], [12, 9000], [12, 9990], [13, 10_000])));
});

test('not while it grows', (t) => {
  t.false(settled(seen([10, 0], [11, 500], [12, 9000], [13, 10_000])));
});

test('not before it has looked through everything three times, however still it stands', (t) => {
  t.false(settled([]));
  t.false(settled(seen([10, 5000], [11, 5000], [12, 5000])));
});

test('nothing merged at all is no end, but a deadline’s business', (t) => {
  t.false(settled(seen([10, 0], [11, 0], [12, 0], [13, 0])));
});
