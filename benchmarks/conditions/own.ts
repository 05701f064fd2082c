/**
 * The processor time that is ours: of this program, of what it started and still runs (the launcher), and of
 * what those started and have buried. Between two visits no box runs, so none is missed. What the kernel's
 * own threads, or another tool's daemon, do on our behalf is not in it.
 */
import type { HostFiles } from '../../runtime/host/files.ts';
import { MS_PER_TICK } from './ticks.ts';

/** In milliseconds; `null` where the kernel does not tell whose child a process is. */
export function ownCpuMs(files: HostFiles): number | null {
  const self = timesOf(files, 'self');
  if (self === null || files.read('/proc/self/task/' + self.pid + '/children') === null) return null;
  let sum = self.milliseconds;
  const seen = new Set([self.pid]);
  const waiting = childrenOf(files, self.pid);
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    sum += timesOf(files, pid)?.milliseconds ?? 0;
    waiting.push(...childrenOf(files, pid));
  }
  return sum;
}

/** Own time and that of children that were waited for. Fields 14 to 17 of /proc/PID/stat, counted behind the name, which may hold anything. */
function timesOf(files: HostFiles, pid: string): { readonly pid: string; readonly milliseconds: number } | null {
  const stat = files.read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = /^\d+/.exec(stat ?? '')?.[0];
  if (fields === undefined || own === undefined) return null;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? { pid: own, milliseconds: ticks * MS_PER_TICK } : null;
}

/** Any thread may have started them. */
function childrenOf(files: HostFiles, pid: string): string[] {
  return files.list(`/proc/${pid}/task`).flatMap((thread) => files.read(`/proc/${pid}/task/${thread}/children`)?.split(' ').filter((each) => /^\d+$/.test(each)) ?? []);
}
