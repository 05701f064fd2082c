/** What the reader of bundles asks of the host it runs on; injected, so that it is tested without one. */
import { statSync } from 'node:fs';
import type { CgroupHierarchy } from '../cgroup/hierarchy.ts';
import { compileFilter } from '../container/seccomp/compile.ts';
import { fromOci } from '../container/seccomp/oci.ts';
import { hierarchy } from '../instance.ts';

export type Kind = 'file' | 'directory' | 'device';

export interface BundleHost {
  /** What lies at an absolute path of the host's, links followed; `null` for nothing. */
  kindOf(path: string): Kind | null;
  readonly cgroups: CgroupHierarchy;
  /**
   * A bundle's `linux.seccomp` as the kernel takes it.
   * @throws {TareError} naming the place in it
   */
  compileSeccomp(seccomp: object): Uint8Array;
}

export function kindOf(path: string): Kind | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  return status.isDirectory() ? 'directory' : status.isBlockDevice() || status.isCharacterDevice() ? 'device' : 'file';
}

export function thisHost(): BundleHost {
  return { kindOf, cgroups: hierarchy(), compileSeccomp: (seccomp) => compileFilter(fromOci(seccomp)) };
}
