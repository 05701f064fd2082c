/**
 * Under which circumstances figures were taken (host, kernel, image, versions), and in what two of them differ.
 * Facts are found by walking the records, so that one that is added to the host's description counts at once.
 */
import type { Difference } from './result/origin.ts';
import type { Host, ImageEntry, RuntimeEntry, Tare } from './result/schema.ts';

export interface Circumstances {
  readonly tare: Tare;
  readonly host: Host;
  readonly image: ImageEntry;
}

type Comparing = 'always' | 'never' | 'between-hosts';

interface Fact {
  readonly what: string;
  /** `between-hosts`: may change on one host from one hour to the next, and tells two hosts apart. */
  readonly compared: Comparing;
}

const FACTS: Readonly<Record<string, Fact>> = {
  'tare.version': { what: 'version of tare', compared: 'always' },
  'tare.commit': { what: 'commit of tare', compared: 'always' },
  'host.hostname': { what: 'host', compared: 'always' },
  'host.os.distribution': { what: 'distribution', compared: 'always' },
  'host.os.release': { what: 'release', compared: 'always' },
  'host.os.kernel': { what: 'kernel', compared: 'always' },
  'host.os.arch': { what: 'architecture', compared: 'always' },
  'host.os.commandLine': { what: 'kernel command line', compared: 'always' },
  'host.cpu.brand': { what: 'processor', compared: 'always' },
  'host.cpu.vendor': { what: 'maker of the processor', compared: 'never' },
  'host.cpu.logical': { what: 'processors', compared: 'always' },
  'host.cpu.physical': { what: 'cores', compared: 'always' },
  'host.cpu.maxMhz': { what: 'highest clock (MHz)', compared: 'between-hosts' },
  'host.cpu.governor': { what: 'frequency governor', compared: 'between-hosts' },
  'host.cpu.flagsVirtualisation': { what: 'virtualisation by the processor', compared: 'always' },
  'host.memory.totalBytes': { what: 'memory', compared: 'always' },
  'host.memory.availableBytes': { what: 'free memory', compared: 'never' },
  'host.memory.swapTotalBytes': { what: 'swap', compared: 'between-hosts' },
  'host.memory.ksm': { what: 'KSM', compared: 'between-hosts' },
  'host.storage.fileSystem': { what: 'file system', compared: 'between-hosts' },
  'host.storage.mount': { what: 'mount', compared: 'never' },
  'host.storage.device': { what: 'storage', compared: 'between-hosts' },
  'host.tuning.boost': { what: 'clock above the rated speed', compared: 'between-hosts' },
  'host.tuning.transparentHugePages': { what: 'transparent huge pages', compared: 'between-hosts' },
  'host.tuning.hugePageDefrag': { what: 'putting memory in order for huge pages', compared: 'between-hosts' },
  'host.tuning.swappiness': { what: 'swappiness', compared: 'between-hosts' },
  'host.tuning.overcommit': { what: 'overcommitting of memory', compared: 'between-hosts' },
  'host.tuning.ksm.run': { what: 'KSM', compared: 'never' },
  'host.tuning.ksm.pagesToScan': { what: 'pages that KSM scans', compared: 'between-hosts' },
  'host.tuning.ksm.sleepMs': { what: 'pause of KSM (ms)', compared: 'between-hosts' },
  'host.virtualisation': { what: 'virtualisation beneath', compared: 'always' },
  'host.cgroup': { what: 'cgroup mode', compared: 'always' },
  'host.securityModules': { what: 'security modules', compared: 'always' },
  'host.selinux': { what: 'SELinux and AppArmor', compared: 'always' },
  'image.name': { what: 'image', compared: 'always' },
  'image.digest': { what: 'image digest', compared: 'always' },
  'image.kernel.release': { what: 'guest kernel', compared: 'always' },
  'image.kernel.digest': { what: 'guest kernel digest', compared: 'always' },
};

/** A reboot moves this much of a machine's memory in and out of the kernel's own. */
const SAME_MEMORY = 0.01;

/**
 * In what they differ, in the order of the records.
 * @param within `host`: one run on one host, where a governor or a disk may have been changed since;
 *   `hosts`: two runs, of which everything is told
 */
export function differences(there: Circumstances, here: Circumstances, within: 'host' | 'hosts'): readonly Difference[] {
  const [old, now] = [factsOf(there), factsOf(here)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    if (!isTold(path, there.host) || !isTold(path, here.host)) return [];
    const [a, b] = [old.get(path) ?? null, now.get(path) ?? null];
    const { what, compared } = FACTS[path] ?? { what: nameOf(path), compared: 'always' };
    if (compared === 'never' || (compared === 'between-hosts' && within === 'host') || isSame(path, a, b)) return [];
    return [{ what, there: text(a), here: text(b) }];
  });
}

/** Accelerators and versions of what was started; known once the boxes are ready. */
export function runtimeDifferences(there: readonly RuntimeEntry[], here: readonly RuntimeEntry[]): readonly Difference[] {
  return here.flatMap((now) => {
    const old = there.find(({ id }) => id === now.id);
    if (old === undefined) return [];
    const pairs: [what: string, a: string, b: string][] = [
      ['availability', availability(old), availability(now)],
      ...(old.state.state === 'unavailable' || now.state.state === 'unavailable' ? [] : inside(old, now)),
    ];
    return pairs.filter(([, a, b]) => a !== b).map(([what, a, b]) => ({ what: `${what} of ${now.id}`, there: a, here: b }));
  });
}

function inside(old: RuntimeEntry, now: RuntimeEntry): [what: string, a: string, b: string][] {
  const versions = [...new Set([...Object.keys(old.versions), ...Object.keys(now.versions)])];
  const unmeasurable = ({ unmeasurable: not = {} }: RuntimeEntry): string => text(Object.keys(not).sort());
  return [
    ['accelerator', text(old.accelerator), text(now.accelerator)],
    ...versions.map((name): [string, string, string] => [`${name}`, text(old.versions[name] ?? null), text(now.versions[name] ?? null)]),
    ['memory', text(old.configuredMemoryBytes), text(now.configuredMemoryBytes)],
    ['what cannot be measured', unmeasurable(old), unmeasurable(now)],
  ];
}

function availability({ state }: RuntimeEntry): string {
  return state.state === 'measured' ? 'measured' : `not possible: ${state.reason}`;
}

type Value = string | number | boolean | null | readonly string[];

/** Path → value, of everything but the image's layers and its building, which its digest stands for. */
function factsOf({ tare, host, image: { name, digest, kernel } }: Circumstances): Map<string, Value> {
  const facts = new Map<string, Value>();
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) for (const [key, inner] of Object.entries(value)) walk(`${path}.${key}`, inner);
    else facts.set(path, (value ?? null) as Value);
  };
  walk('tare', tare);
  walk('host', host);
  walk('image', { name, digest, kernel: { release: kernel.release, digest: kernel.digest } });
  return facts;
}

/** What an older tare did not look for is no difference. */
function isTold(path: string, host: Host): boolean {
  const [top, part = ''] = path.split('.');
  return top !== 'host' || (host as Readonly<Record<string, unknown>>)[part] !== undefined;
}

function isSame(path: string, a: Value, b: Value): boolean {
  if (path === 'host.hostname' && (a === null || b === null)) return true; // left out on somebody's wish
  if (path === 'host.memory.totalBytes' && typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= SAME_MEMORY * Math.max(a, b);
  return text(a) === text(b);
}

function nameOf(path: string): string {
  const version = /^host\.versions\.(.+)$/.exec(path)?.[1];
  if (version !== undefined) return `version of ${version}`;
  const words = path.replace(/^host\.(tuning\.)?/, '').split('.');
  return words.map((word) => word.replace(/[a-z][A-Z]/g, ([a = '', b = '']) => `${a} ${b.toLowerCase()}`)).join(': ');
}

function text(value: Value): string {
  if (value === null || value === '') return 'none';
  return Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : String(value);
}
