/**
 * A guest kernel's own log, found in the guest's memory: what it would have said to a console that listens. Pure.
 *
 * Since Linux 5.10 the text of the records lies in a ring, in order: each begins at a multiple of eight bytes with its
 * number, and numbers go up by one from a little below 2^32. So the text can be followed without knowing where the
 * kernel keeps anything else.
 * Source: Linux, kernel/printk/printk_ringbuffer.c.
 */

/** The end of the first record's number, and how its text begins. */
export const FIRST_RECORD = Buffer.concat([Buffer.from([0xff, 0xff, 0, 0, 0, 0]), Buffer.from('Linux version ')]);

/** Of a record's number, and what records begin at multiples of. */
export const NUMBER_BYTES = 8;

/** The upper two bits of a number tell a record's state. */
const NUMBER_MASK = (1n << 62n) - 1n;

/** Longer than any line that a kernel prints (LOG_LINE_MAX is 1024), with room for two. */
const LONGEST_RECORD = 2048;

/** @param ring begins with the number of a record @returns its lines and those that follow it, as far as they can be followed */
export function kernelLog(ring: Buffer): string[] {
  const lines: string[] = [];
  let at = 0;
  while (at + NUMBER_BYTES < ring.length) {
    const following = (ring.readBigUInt64LE(at) + 1n) & NUMBER_MASK;
    const text = at + NUMBER_BYTES;
    const end = positionOf(ring, following, text);
    const record = ring.subarray(text, end ?? Math.min(ring.length, text + LONGEST_RECORD));
    lines.push(...textOf(record).split('\n'));
    if (end === null) break;
    at = end;
  }
  return lines;
}

/**
 * The kernel takes the newline off a line and moves it over the two bytes of its level, without clearing what was
 * there: its last two characters stand twice then, and the newline behind them.
 */
function textOf(record: Buffer): string {
  const nul = record.indexOf(0);
  const text = record.toString('utf8', 0, nul < 0 ? record.length : nul);
  if (!text.endsWith('\n')) return text;
  const line = text.slice(0, -1);
  return line.length >= 4 && line.slice(-2) === line.slice(-4, -2) ? line.slice(0, -2) : line;
}

function positionOf(ring: Buffer, number: bigint, from: number): number | null {
  for (let at = Math.ceil(from / NUMBER_BYTES) * NUMBER_BYTES; at + NUMBER_BYTES <= ring.length && at < from + LONGEST_RECORD; at += NUMBER_BYTES) {
    if (ring.readBigUInt64LE(at) === number) return at;
  }
  return null;
}
