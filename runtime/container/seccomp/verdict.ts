/** A verdict as the kernel reads it: the value that a filter returns. Numbers: linux/seccomp.h. */
import type { Action } from './rules.ts';

export const KILL_PROCESS = 0x8000_0000;

const ERRNO_DATA = 0xffff;

export function returnValue(action: Action): number {
  switch (action.do) {
    case 'allow':
      return 0x7fff_0000;
    case 'log':
      return 0x7ffc_0000;
    case 'errno':
      return (0x0005_0000 | (action.errno & ERRNO_DATA)) >>> 0;
    case 'trap':
      return 0x0003_0000;
    case 'kill-thread':
      return 0;
    case 'kill-process':
      return KILL_PROCESS;
  }
}
