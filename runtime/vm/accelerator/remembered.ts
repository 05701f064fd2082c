/**
 * The verdict on this host's KVM, kept until something changes that it depends on.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, homedir, release } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const key = z.strictObject({
  /** Modules and BIOS settings change only with a boot, or are worth one more probe. */
  bootId: z.string(),
  kernel: z.string(),
  qemu: z.string(),
  cpu: z.string(),
  /** sha256 of the probe's ROM. */
  probe: z.string(),
  /** sha256 of the guest kernel by which a good verdict is confirmed. */
  guestKernel: z.string(),
});

const kept = z.strictObject({ key, works: z.boolean(), reason: z.string() });

export type HostKey = z.infer<typeof key>;

/** What can be remembered of a verdict; its trace is not. */
export interface Remembered {
  readonly works: boolean;
  readonly reason: string;
}

export interface VerdictStore {
  recall(key: HostKey): Promise<Remembered | null>;
  remember(key: HostKey, verdict: Remembered): Promise<void>;
}

/** /var/cache/tare for root, else below XDG_CACHE_HOME or ~/.cache. Source: XDG Base Directory Specification. */
export function cacheFile(uid = process.getuid?.(), env: NodeJS.ProcessEnv = process.env): string {
  const directory = uid === 0 ? '/var/cache' : env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(directory, 'tare', 'accelerator.json');
}

/** A file that is missing, broken, or about another host is as good as none. */
export function storeIn(file: string): VerdictStore {
  return {
    async recall(wanted) {
      try {
        const found = kept.parse(JSON.parse(await readFile(file, 'utf8')));
        return Object.entries(found.key).every(([name, value]) => wanted[name as keyof HostKey] === value) ? { works: found.works, reason: found.reason } : null;
      } catch {
        return null;
      }
    },
    async remember(of, { works, reason }) {
      const partial = `${file}.${process.pid}`;
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(partial, JSON.stringify({ key: of, works, reason }, null, 2) + '\n');
        await rename(partial, file);
      } catch {
        // A read-only host proves it anew each time: slower by a second, no worse.
      }
    },
  };
}

export async function hostKey(qemuVersion: string, probeRom: string, guestKernelDigest: string): Promise<HostKey> {
  return {
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    kernel: release(),
    qemu: qemuVersion,
    cpu: cpus()[0]?.model ?? 'unknown',
    probe: createHash('sha256').update(await readFile(probeRom)).digest('hex'),
    guestKernel: guestKernelDigest,
  };
}
