/** Versions of the programs that a run depends on. */
import { execa } from 'execa';

const PROGRAMS: readonly { readonly name: string; readonly command: readonly [string, ...string[]] }[] = [
  { name: 'qemu', command: ['qemu-system-x86_64', '--version'] },
  { name: 'gcc', command: ['cc', '--version'] },
  { name: 'glibc', command: ['ldd', '--version'] },
];

/** Name → version; a program that is not there is left out. */
export async function toolVersions(): Promise<Record<string, string>> {
  const found = await Promise.all(
    PROGRAMS.map(async ({ name, command: [program, ...args] }) => {
      try {
        const { stdout } = await execa(program, args, { timeout: 5000, env: { LC_ALL: 'C' } });
        return [[name, /\d+\.\d+(?:\.\d+)?/.exec(stdout.split('\n')[0] ?? '')?.[0] ?? 'unknown'] as const];
      } catch {
        return [];
      }
    }),
  );
  return { node: process.versions.node, ...Object.fromEntries(found.flat()) };
}
