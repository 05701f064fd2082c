import test from 'ava';
import { guestMemory } from './guest-memory.ts';

// Recorded: the console of a guest of 256 MiB, with the words of a shell before it.
const CONSOLE = `[    0.9] tare: hello\r\nMemTotal:         223760 kB\r\nMemFree:          197124 kB\r\nMemAvailable:     194880 kB\r\nBuffers:               0 kB\r\n`;

test('what the guest said is read, with a terminal’s line ends and without', (t) => {
  const expected = { totalBytes: 223_760 * 1024, freeBytes: 197_124 * 1024, availableBytes: 194_880 * 1024 };
  t.deepEqual(guestMemory(CONSOLE), expected);
  t.deepEqual(guestMemory(CONSOLE.replaceAll('\r', '')), expected);
});

test('a console that does not tell all of it tells nothing', (t) => {
  t.is(guestMemory('reboot: Power down\n'), null);
  t.is(guestMemory(CONSOLE.replace('MemAvailable', 'Mem')), null);
});
