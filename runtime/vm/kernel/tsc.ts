/**
 * The frequency of the host's time stamp counter, which an emulated guest on a machine without timers has to
 * be told. The kernel measured it when the host booted and wrote it to its log.
 */
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { TareError } from '../../errors.ts';

export interface TscFrequency {
  readonly khz: number;
  /** Where it is from, for the record. */
  readonly source: string;
}

/** @param text of /dev/kmsg or dmesg. The refined figure comes about a second later in a boot, and is the better one. */
export function fromKernelLog(text: string): TscFrequency | null {
  const find = (pattern: RegExp, source: string): TscFrequency | null => {
    const mhz = pattern.exec(text)?.[1];
    return mhz === undefined ? null : { khz: Math.round(Number(mhz) * 1000), source };
  };
  return (
    find(/tsc: Refined TSC clocksource calibration: ([0-9.]+) MHz/, 'kernel log (refined)') ??
    find(/tsc: Detected ([0-9.]+) MHz TSC/, 'kernel log (TSC)') ??
    find(/tsc: Detected ([0-9.]+) MHz processor/, 'kernel log (processor)')
  );
}

/**
 * @param text of /proc/cpuinfo: the frequency in the model's name is the counter's on Intel; "cpu MHz" is what
 * the processor runs at just now, so it comes last
 */
export function fromCpuInfo(text: string): TscFrequency | null {
  const ghz = /^model name\s*:.*@ ([0-9.]+)GHz/m.exec(text)?.[1];
  if (ghz !== undefined) return { khz: Math.round(Number(ghz) * 1_000_000), source: '/proc/cpuinfo (model name)' };
  const mhz = /^cpu MHz\s*:\s*([0-9.]+)/m.exec(text)?.[1];
  return mhz === undefined ? null : { khz: Math.round(Number(mhz) * 1000), source: '/proc/cpuinfo (cpu MHz: coarse)' };
}

/** All records now in the kernel's log, or '' where it may not be read. One read(2) gives one record. */
function kernelLog(): string {
  let file: number;
  try {
    file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  const record = Buffer.alloc(8192);
  let log = '';
  try {
    for (;;) {
      try {
        log += record.toString('utf8', 0, readSync(file, record));
      } catch (error) {
        // EPIPE: records were overwritten before we came to them; the next read goes on. EAGAIN: no more.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return log;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** @throws {TareError} `host` when neither source tells */
export function hostTsc(): TscFrequency {
  const found = fromKernelLog(kernelLog()) ?? fromCpuInfo(readFileSync('/proc/cpuinfo', 'utf8'));
  if (found !== null) return found;
  throw new TareError('host', 'the processor’s clock frequency is neither in the kernel log nor in /proc/cpuinfo', 'an emulated guest needs it: run as root, so that the kernel log can be read');
}
