/** What an instance has used by its end, from the files that were read before its cgroup was removed. */

export interface Account {
  /** The most it was ever charged, in bytes; `null` where the kernel does not keep it (v2 before Linux 5.19). */
  readonly peakBytes: number | null;
  /** Processor time of all its processes; `null` where nobody asked for it to be counted. */
  readonly cpuMicroseconds: number | null;
  /** How many of its processes the memory limit has killed. */
  readonly killedByLimit: number;
}

/** @param collected path → content, as `Ended` has it; files by their names in cgroup v1 and v2 */
export function accountOf(collected: ReadonlyMap<string, string>): Account {
  const content = (...names: string[]): string | null => {
    for (const [path, text] of collected) if (names.includes(path.slice(path.lastIndexOf('/') + 1)) && text !== '') return text;
    return null;
  };
  const number = (text: string | null): number | null => (text === null ? null : Number(text.trim()));
  const v1 = number(content('cpuacct.usage'));
  const v2 = /^usage_usec (\d+)$/m.exec(content('cpu.stat') ?? '')?.[1];
  return {
    peakBytes: number(content('memory.peak', 'memory.max_usage_in_bytes')),
    cpuMicroseconds: v1 === null ? (v2 === undefined ? null : Number(v2)) : Math.round(v1 / 1000),
    killedByLimit: Number(/^oom_kill (\d+)$/m.exec(content('memory.events', 'memory.oom_control') ?? '')?.[1] ?? 0),
  };
}
