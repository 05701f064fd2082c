/** The kernel's files as they are here, or as they were recorded elsewhere: what a host is like is read through this. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HostFiles {
  /** Content, or null when there is none or it cannot be read. */
  read(path: string): string | null;
  /** Names in a directory; empty when there is none. */
  list(path: string): string[];
}

/** @param root put before every path; '' for this host */
export function hostFiles(root = ''): HostFiles {
  return {
    read(path) {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return null;
      }
    },
    list(path) {
      try {
        return readdirSync(join(root, path));
      } catch {
        return [];
      }
    },
  };
}

/** A recorded host: path → content. */
export function recordedFiles(files: Readonly<Record<string, string>>): HostFiles {
  return {
    read: (path) => files[path] ?? null,
    list: (path) => [...new Set(Object.keys(files).filter((each) => each.startsWith(`${path}/`)).map((each) => each.slice(path.length + 1).split('/')[0] ?? ''))],
  };
}
