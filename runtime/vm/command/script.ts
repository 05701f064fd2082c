/**
 * The first program of a guest that runs a command of the user's: a shell script. Pure.
 *
 * It runs on the image's own shell and tools, as the guest has nothing else.
 */
import { IMAGE_PATH } from '../../image/lookup.ts';
import { MARK_PORT } from '../qemu/arguments.ts';
import { MOST_CODE } from '../qemu/exit.ts';

/** What the user's terminal is like, or null when output is kept or goes to a file. */
export interface Terminal {
  readonly type: string;
  readonly rows: number;
  readonly columns: number;
}

/** One word for sh(1), whatever is in it. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A terminal of no size has not been told its size. */
function terminalSize({ rows, columns }: Terminal): string {
  return rows > 0 && columns > 0 ? ` rows ${rows} cols ${columns}` : '';
}

/**
 * Newlines stay one byte: the user's own terminal adds the carriage return, and where nobody looks none belongs.
 *
 * Setting the terminal once more at the end waits until all output has left the serial port: the exit code ends
 * QEMU at once, with whatever is still on its way.
 *
 * Console and exit code have their limits: standard output and error arrive as one; end-of-file on the host's
 * standard input does not reach the guest; codes above 127 arrive as 127, which a signal's 128 + n becomes too.
 *
 * @param ready the image's workload: it can hand a code to QEMU
 */
export function commandScript(argv: readonly string[], terminal: Terminal | null, ready: string): string {
  const tty = terminal === null ? 'stty raw -echo' : `stty sane -onlcr${terminalSize(terminal)}`;
  return `#!/bin/sh
export PATH=${IMAGE_PATH} HOME=/root HOSTNAME=tare TERM=${shellQuoted(terminal?.type ?? 'dumb')}
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
hostname tare
ip link set lo up 2>/dev/null
exec </dev/ttyS0 >/dev/ttyS0 2>&1
${tty}
setsid -c ${argv.map(shellQuoted).join(' ')}
code=$?
stty -echo
[ $code -eq 0 ] && exec ${ready} port:0x${MARK_PORT.toString(16)} exit
[ $code -gt ${MOST_CODE} ] && code=${MOST_CODE}
exec ${ready} port:0x${MARK_PORT.toString(16)} code:$code
`;
}
