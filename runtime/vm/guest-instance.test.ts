import test from 'ava';
import type { Ended } from '../runtime.ts';
import { endOfGuest } from './guest-instance.ts';
import { guestCode } from './qemu/exit.ts';

const attempt = { runtime: 'vm-micro', memoryMebibytes: 256, leastMebibytes: 72 };

function ended(how: Ended['how'], status: number, output = ''): Ended {
  return { how, status, output, usage: { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 }, collected: new Map(), leftovers: [] };
}

test('the guest’s code is in the odd statuses', (t) => {
  t.is(guestCode({ how: 'exited', status: 1 }, true), 0);
  t.is(guestCode({ how: 'exited', status: 15 }, false), 7);
  t.is(guestCode({ how: 'exited', status: 255 }, false), 127);
});

test('status 1 without a mark is QEMU’s own failure, not code 0', (t) => {
  t.is(guestCode({ how: 'exited', status: 1 }, false), null);
});

test('status 0 and signals carry no code', (t) => {
  t.is(guestCode({ how: 'exited', status: 0 }, true), null);
  t.is(guestCode({ how: 'signalled', status: 9 }, true), null);
});

test('a guest that ended with a code', (t) => {
  t.is(endOfGuest(ended('exited', 1), true, attempt).status, 0);
  t.is(endOfGuest(ended('exited', 15), false, attempt).status, 7);
});

test('a guest that ended without one: status 125, and the reason after its output', (t) => {
  const end = endOfGuest(ended('exited', 0, '[ 0.6] Kernel panic - not syncing: Fatal exception\n'), false, attempt);
  t.is(end.status, 125);
  t.regex(end.output, /^\[ 0\.6\][^\n]*\nvm-micro did not start: the guest’s kernel panicked: Fatal exception\n/);
});

test('one that was stopped stays signalled', (t) => {
  const end = ended('signalled', 9);
  t.deepEqual(endOfGuest(end, true, attempt), end);
});
