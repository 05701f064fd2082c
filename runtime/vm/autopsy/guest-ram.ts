/**
 * Looks through the memory of a guest that says nothing, from outside: QEMU has it mapped, and the host's root may
 * read what a process has mapped. Costs a start nothing, as nothing is asked of the guest or of QEMU.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { FIRST_RECORD, kernelLog, NUMBER_BYTES } from './kernel-log.ts';

const PAGE = 4096;
/** Pages whose state is read at once: a mebibyte of memory. */
const BATCH = 256;
const ENTRY_BYTES = 8;

/** More than any kernel's log. */
const LOG_BYTES = 2 ** 20;

/**
 * Where a mapping of just so many bytes begins. Guest RAM is one; nothing else of QEMU's is as long.
 * @param maps text of /proc/PID/maps
 */
export function mappingOf(maps: string, bytes: number): number | null {
  for (const line of maps.split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (match === null) continue;
    const [from, to] = [parseInt(match[1] ?? '', 16), parseInt(match[2] ?? '', 16)];
    if (to - from === bytes) return from;
  }
  return null;
}

/**
 * Pages that are there, as runs. The others are not read, as reading makes them.
 * @param entries of /proc/PID/pagemap: bit 63 says that a page is in memory. Source: Linux, admin-guide/mm/pagemap.rst
 */
export function presentRuns(entries: Buffer): { readonly from: number; readonly pages: number }[] {
  const runs: { from: number; pages: number }[] = [];
  for (let page = 0; page * ENTRY_BYTES < entries.length; page++) {
    if (((entries[page * ENTRY_BYTES + 7] ?? 0) & 0x80) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.pages === page) last.pages += 1;
    else runs.push({ from: page, pages: 1 });
  }
  return runs;
}

async function read(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * The lines that a guest's kernel has logged, whether or not its console got them.
 * @param pid of QEMU
 * @param deadlineMs after which it is not looked for any further
 * @returns none where there is no such log (a guest that never came to its kernel, or has none), or the process is gone
 */
export async function guestKernelLog(pid: number, ramBytes: number, deadlineMs: number): Promise<string[]> {
  const late = performance.now() + deadlineMs;
  const open_: FileHandle[] = [];
  try {
    const start = mappingOf(await readFile(`/proc/${pid}/maps`, 'utf8'), ramBytes);
    if (start === null) return [];
    const memory = await open(`/proc/${pid}/mem`);
    open_.push(memory);
    const pagemap = await open(`/proc/${pid}/pagemap`);
    open_.push(pagemap);
    let longest: string[] = [];
    for (let page = 0; page * PAGE < ramBytes && performance.now() < late; page += BATCH) {
      const entries = await read(pagemap, (start / PAGE + page) * ENTRY_BYTES, Math.min(BATCH, ramBytes / PAGE - page) * ENTRY_BYTES);
      for (const run of presentRuns(entries)) {
        const position = start + (page + run.from) * PAGE;
        const content = await read(memory, position, run.pages * PAGE);
        for (let at = content.indexOf(FIRST_RECORD); at >= 0; at = content.indexOf(FIRST_RECORD, at + 1)) {
          const number = position + at + 6 - NUMBER_BYTES;
          // A kernel that moves its log leaves the first one behind, which is shorter.
          const lines = kernelLog(await read(memory, number, Math.min(LOG_BYTES, start + ramBytes - number)));
          if (lines.length > longest.length) longest = lines;
        }
      }
    }
    return longest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return []; // it has ended meanwhile
    throw error;
  } finally {
    for (const file of open_) await file.close();
  }
}
