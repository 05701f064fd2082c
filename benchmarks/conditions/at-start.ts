/** What the machine is doing at this moment, before anything is measured. */
import { meminfoBytes } from '../../runtime/host/facts.ts';
import { hostFiles, type HostFiles } from '../../runtime/host/files.ts';
import type { Conditions } from '../result/schema.ts';

export function conditionsNow(files: HostFiles = hostFiles()): Conditions {
  const load = Number.parseFloat(files.read('/proc/loadavg') ?? '');
  const knowsSwap = files.read('/proc/meminfo') !== null;
  return {
    loadAverage1: Number.isFinite(load) ? load : null,
    swapUsedBytes: knowsSwap ? meminfoBytes(files, 'SwapTotal') - meminfoBytes(files, 'SwapFree') : null,
  };
}
