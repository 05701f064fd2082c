import test from 'ava';
import { prunedText, verifiedText } from './kept-text.ts';

const plain = { columns: 80, colours: false };
const again = { name: 'tiny', digest: 'a'.repeat(64), again: 'a'.repeat(64), equal: true, different: [], packages: [] };

test('verified: read, the same a second time, or what differs and whether packages do', (t) => {
  const text = (of: typeof again | null): string => verifiedText([{ name: 'tiny', digest: 'a'.repeat(64), again: of }], plain).replace(/\s+/g, ' ');
  t.regex(text(null), /^tiny a{12} every byte is what was built $/);
  t.regex(text(again), /built a second time: the same/);
  const other = { ...again, again: 'b'.repeat(64), equal: false, different: ['layer base'] as never[] };
  t.regex(text(other), /it is another, b{12}: layer base differs, of the same packages: this should not be/);
  t.regex(text({ ...other, packages: [{ name: 'nginx', before: '1', now: '2' }] as never[] }), /of other packages: nginx 1 → 2/);
});

test('pruned: what went, what stayed and why, how much it freed', (t) => {
  const old = { what: 'image', path: '/s/images/tiny-0123', bytes: 2 ** 20, usedBy: [], removed: true, reason: null } as const;
  const used = { ...old, path: '/s/images/web-4567', usedBy: [42], removed: false, reason: 'process 42 uses it' } as const;
  t.is(prunedText([old, used], false, plain), 'removed image tiny-0123, 1.00 MiB\nkept image web-4567, 1.00 MiB: process 42 uses it\nfreed 1.00 MiB\n');
  t.is(prunedText([{ ...old, removed: false }, { ...used, reason: null }], true, plain), 'would remove image tiny-0123, 1.00 MiB\nprocess 42 uses, so would stay: image web-4567, 1.00 MiB\nit would free 1.00 MiB\nnext: tare image prune\n');
  t.regex(prunedText([], false, plain), /nothing to remove/);
});
