/**
 * An OCI bundle as a container: its config.json, translated. What tare does not support is refused by name, never
 * ignored; see `support.ts` for what that is.
 */
import { resolve } from 'node:path';
import { MASKED_DIRECTORIES, MASKED_FILES } from '../container/paths.ts';
import type { ContainerMount, ContainerSpec, Masked } from '../container/spec.ts';
import type { OciConfig } from './config.ts';
import { checkNodes, checkRules } from './devices.ts';
import { thisHost, type BundleHost } from './host.ts';
import { loadConfig } from './load.ts';
import { readMounts } from './mounts.ts';
import { readHostname, readIdMaps, readNamespaces, readSysctl } from './namespaces.ts';
import { hostPath, insidePath, kindInRoot } from './paths.ts';
import { readProcess } from './process.ts';
import { refusal } from './refusal.ts';
import { limitsOf } from './resources.ts';

export interface OciBundle {
  readonly spec: ContainerSpec;
  /** The program, as the bundle names it, and its arguments. */
  readonly args: readonly string[];
  /** Whether it wants the terminal of whoever starts it. */
  readonly terminal: boolean;
  /** What was accepted and done in another way than its words say, a sentence each: to be shown. */
  readonly notes: readonly string[];
}

/**
 * Reads DIRECTORY/config.json and looks at what it names on the host. Nothing is changed.
 * @param host what it asks of the host
 * @throws {TareError} `missing-file` without a config.json, `newer-schema` for another major version, else
 *   `bad-file`, each naming the place in the document, the value and the remedy
 */
export async function readBundle(directory: string, host: BundleHost = thisHost()): Promise<OciBundle> {
  const bundle = resolve(directory);
  return translate(await loadConfig(bundle), bundle, host);
}

function translate(config: OciConfig, bundle: string, host: BundleHost): OciBundle {
  const { linux = {} } = config;
  const named = readNamespaces(linux.namespaces ?? []);
  const idMaps = readIdMaps(linux, named);
  const { mounts, readonlyPaths, needsCgroupNamespace } = readMounts(config.mounts ?? [], bundle, host);
  const addsCgroup = needsCgroupNamespace && !named.includes('cgroup');
  const namespaces = addsCgroup ? [...named, 'cgroup' as const] : named;
  const process = readProcess(config.process, idMaps);
  const root = rootDirectory(config.root.path, bundle, host);
  checkPropagation(linux.rootfsPropagation);
  checkNodes(linux.devices ?? []);
  checkRules(linux.resources?.devices ?? []);
  return {
    spec: {
      root: { kind: 'directory', path: root },
      readonlyRoot: config.root.readonly ?? false,
      namespaces,
      idMaps,
      hostname: readHostname(config.hostname, named),
      mounts,
      masked: (linux.maskedPaths ?? []).map((path, index) => masked(insidePath(path, `linux.maskedPaths[${index}]`), root, mounts, host)),
      readonlyPaths: [...readonlyPaths, ...(linux.readonlyPaths ?? []).map((path, index) => insidePath(path, `linux.readonlyPaths[${index}]`))],
      ...process.spec,
      seccomp: linux.seccomp === undefined ? null : host.compileSeccomp(linux.seccomp),
      network: 'loopback',
      limits: limitsOf(linux.resources ?? {}),
      sysctl: readSysctl(linux.sysctl ?? {}, named),
      selinux: { process: config.process.selinuxLabel || null, mount: linux.mountLabel || null },
    },
    args: config.process.args,
    terminal: config.process.terminal ?? false,
    notes: [
      ...(addsCgroup ? ['linux.namespaces: a cgroup namespace is added, so that the cgroup mount shows the container’s own group and not the host’s'] : []),
      ...(linux.cgroupsPath === undefined ? [] : [`linux.cgroupsPath: ${linux.cgroupsPath} is not used: tare makes a cgroup of its own name, and removes it`]),
      ...process.notes,
    ],
  };
}

function rootDirectory(path: string, bundle: string, host: BundleHost): string {
  const real = hostPath(bundle, path, 'root.path');
  if (host.kindOf(real) !== 'directory') throw refusal('root.path', path, 'is no directory', 'unpack the image there: a root file system is a directory');
  if (real === '/') throw refusal('root.path', path, 'is the host’s own root', 'name a directory that holds a root file system');
  return real;
}

function checkPropagation(propagation = ''): void {
  if (['', 'private', 'rprivate'].includes(propagation)) return;
  throw refusal('linux.rootfsPropagation', propagation, 'every mount of a container is private', 'write "private", or leave it out');
}

/** The kernel's own files are those of any host; others lie in the root, or in what is bound over it. */
function masked(path: string, root: string, mounts: readonly ContainerMount[], host: BundleHost): Masked {
  if ((MASKED_FILES as readonly string[]).includes(path)) return { path, kind: 'file' };
  if ((MASKED_DIRECTORIES as readonly string[]).includes(path)) return { path, kind: 'directory' };
  const over = mounts.filter(({ target }) => path === target || path.startsWith(`${target}/`)).at(-1);
  const within = over === undefined ? '' : path.slice(over.target.length);
  const kind = over === undefined ? kindInRoot(root, path)
    : over.type === 'bind' ? (within === '' ? host.kindOf(over.source) : kindInRoot(over.source, within))
      : over.type === 'proc' ? host.kindOf(`/proc${within}`)
        : over.type === 'sysfs' ? host.kindOf(`/sys${within}`) : null;
  return { path, kind: kind === 'directory' ? 'directory' : 'file' };
}
