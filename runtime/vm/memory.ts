/** Guest memory: what is asked for, what boots, what the host can give. */
import { readFileSync } from 'node:fs';
import { TareError } from '../errors.ts';

export const MEBIBYTE = 1024 * 1024;

/** QEMU is given whole MiB, and never more than was asked for. */
export function wholeMebibytes(bytes: number): number {
  return Math.floor(bytes / MEBIBYTE);
}

/** @param text of /proc/meminfo. Source: proc(5) */
export function memAvailableBytes(text: string): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) * 1024;
}

export interface MemoryRequest {
  readonly runtime: string;
  /** Name of the image, for a guest that has any. */
  readonly image?: string;
  readonly memoryBytes: number;
  /** The least with which the guest boots, in MiB. */
  readonly leastMebibytes: number;
  readonly availableBytes: number;
}

/** @returns why not, or null when it can be had */
export function memoryRefusal({ runtime, image, memoryBytes, leastMebibytes, availableBytes }: MemoryRequest): TareError | null {
  const asked = wholeMebibytes(memoryBytes);
  if (asked < leastMebibytes) {
    return new TareError('usage', `${runtime} does not boot ${image === undefined ? '' : `the image "${image}" `}with ${asked} MiB of memory: the least that does is ${leastMebibytes} MiB`, `give it --memory ${leastMebibytes}M or more`);
  }
  if (availableBytes < memoryBytes) {
    return new TareError(
      'no-memory',
      `no free memory for the VM: ${runtime} is to have ${asked} MiB, and the host has ${wholeMebibytes(availableBytes)} MiB left (MemAvailable)`,
      'stop something, or give it less with --memory',
    );
  }
  return null;
}

export function hostAvailableBytes(): number {
  return memAvailableBytes(readFileSync('/proc/meminfo', 'utf8'));
}
