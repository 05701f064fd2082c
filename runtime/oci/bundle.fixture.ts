/** Bundles for tests, in a directory that goes away; and a host that is the same everywhere. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CgroupHierarchy, Controller, Placement } from '../cgroup/hierarchy.ts';
import { kindOf, type BundleHost } from './host.ts';
import { readBundle, type OciBundle } from './read.ts';
import { RUNC_SPEC } from './recorded.fixture.ts';

export function cgroups(version: 1 | 2): CgroupHierarchy {
  const placed = (name: Controller): [Controller, Placement] => [name, { version, mount: version === 1 ? `/sys/fs/cgroup/${name.startsWith('cpu') && name !== 'cpuset' ? 'cpu,cpuacct' : name}` : '/sys/fs/cgroup' }];
  const names: Controller[] = version === 1 ? ['memory', 'pids', 'cpu', 'cpuacct', 'io'] : ['memory', 'pids', 'cpu', 'io'];
  return { mode: version === 1 ? 'v1' : 'v2', controllers: new Map(names.map(placed)), unified: version === 1 ? null : '/sys/fs/cgroup', toEnable: [] };
}

export function host(given: Partial<BundleHost> = {}): BundleHost {
  return { kindOf, cgroups: cgroups(2), compileSeccomp: (seccomp) => new TextEncoder().encode(JSON.stringify(seccomp)), ...given };
}

/** A directory with an empty `rootfs`. */
export async function inBundle<T>(use: (directory: string) => T): Promise<Awaited<T>> {
  const directory = mkdtempSync(join(tmpdir(), 'oci-test-'));
  mkdirSync(join(directory, 'rootfs'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Reads a config.json: text as it is, anything else as JSON. */
export function reading(config: unknown, given: Partial<BundleHost> = {}, prepare: (directory: string) => void = () => undefined): Promise<OciBundle> {
  return inBundle((directory) => {
    prepare(directory);
    writeFileSync(join(directory, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
    return readBundle(directory, host(given));
  });
}


/** Values by place; `undefined` takes away: `{ 'process.cwd': '/tmp', 'mounts[6]': undefined }`. */
export type Changes = Readonly<Record<string, unknown>>;

/** What runc prints, changed. */
export function changed(changes: Changes): unknown {
  const config: unknown = structuredClone(RUNC_SPEC);
  for (const [place, value] of Object.entries(structuredClone(changes))) {
    const parts = place.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    const last = parts.pop() ?? '';
    const above = parts.reduce<Record<string, unknown>>((at, part) => (at[part] ??= {}) as Record<string, unknown>, config as Record<string, unknown>);
    if (value !== undefined) above[last] = value;
    else if (Array.isArray(above)) above.splice(Number(last), 1);
    else delete above[last];
  }
  return config;
}
