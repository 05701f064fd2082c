/** A machine in one line. */
import type { Host } from '../../benchmarks/result/schema.ts';
import { quantityText } from './numbers.ts';

/** `A processor, 8 processors, 14.9 GiB; Debian GNU/Linux 12, Linux 6.1.0; itself a virtual machine` */
export function hostLine({ cpu, memory, os, virtualisation }: Host): string {
  return `${cpu.brand}, ${cpu.logical} processor${cpu.logical === 1 ? '' : 's'}, ${quantityText('bytes', memory.totalBytes)}; ${os.distribution} ${os.release}, Linux ${os.kernel}${virtualisation === null ? '' : '; itself a virtual machine'}`;
}
