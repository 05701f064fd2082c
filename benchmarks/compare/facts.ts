/** Everything about the results that can differ, as rows of one value a result. */
import type { ResultDocument } from '../result/schema.ts';
import type { Fact } from './document.ts';

type Value = Fact['values'][number];

/** What no reader looks for under its path. Everything else is called by the words of its path. */
const TITLES: Readonly<Record<string, string>> = {
  'host.hostname': 'name',
  'host.os.commandLine': 'kernel command line',
  'host.cpu.brand': 'processor',
  'host.cpu.vendor': 'processor’s maker',
  'host.cpu.logical': 'logical processors',
  'host.cpu.physical': 'physical processors',
  'host.cpu.maxMhz': 'highest clock, MHz',
  'host.cpu.governor': 'frequency governor',
  'host.cpu.flagsVirtualisation': 'processor says it can virtualise',
  'host.memory.totalBytes': 'memory',
  'host.memory.swapTotalBytes': 'swap',
  'host.memory.ksm': 'KSM',
  'host.storage.fileSystem': 'file system',
  'host.virtualisation': 'beneath',
  'host.cgroup': 'cgroups',
  'host.selinux': 'SELinux',
  'options.gapMs': 'idle gap, ms',
  'options.settleMs': 'settling, ms',
  'options.deadlineMs': 'deadline, ms',
  'options.memoryBytes': 'memory of a box',
  'options.cpus': 'processors of a box',
  'image.digest': 'image, by digest',
  'image.kernel': 'guest kernel',
};

/** They say how a machine was at a moment, the same as another row, or what always differs. */
const LEFT_OUT = new Set(['options.seed', 'host.memory.availableBytes', 'host.storage.mount', 'host.storage.device', 'options.benchmarks', 'options.runtimes', 'options.twins']);

/** All facts of all results, those that differ first within their group. */
export function factsOf(documents: readonly ResultDocument[]): Fact[] {
  const found = documents.map((document) => new Map(factsOfOne(document)));
  const ids = [...new Set(found.flatMap((each) => [...each.keys()]))];
  const facts = ids.map((id): Fact => {
    const values = found.map((each) => each.get(id) ?? null);
    return { id, group: id.split('.')[0] ?? id, title: titleOf(id), values, differs: values.some((value) => value !== values[0]) };
  });
  const groups = [...new Set(facts.map(({ group }) => group))];
  return groups.flatMap((group) => [true, false].flatMap((differs) => facts.filter((each) => each.group === group && each.differs === differs)));
}

function factsOfOne({ host, tare, run, image, runtimes }: ResultDocument): [string, Value][] {
  const { versions, ...machine } = host;
  return [
    ...leaves('host', machine),
    ...leaves('versions', { tare: tare.version, commit: tare.commit, ...versions }),
    ...leaves('options', run.options),
    ['image.name', image.name],
    ['image.digest', image.digest],
    ['image.kernel', `${image.kernel.release} (${image.kernel.from})`],
    ...runtimes.filter(({ rung }) => rung === undefined).flatMap((entry): [string, Value][] => [
      [`runtimes.${entry.id}`, entry.state.state === 'measured' ? (entry.accelerator ?? 'measured') : `unavailable: ${entry.state.reason}`],
      ...leaves(`runtimes.${entry.id} version`, entry.versions),
    ]),
  ];
}

/** Plain values with their paths. New fields of a result show up by themselves. */
function leaves(path: string, value: unknown): [string, Value][] {
  if (LEFT_OUT.has(path) || value === undefined) return [];
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[path, value]];
  if (Array.isArray(value)) return [[path, value.map((each) => (typeof each === 'object' ? JSON.stringify(each) : String(each))).join(', ')]];
  return Object.entries(value).flatMap(([key, each]) => leaves(`${path}.${key}`, each));
}

/** `host.os.release` → `os release`; `versions.node` → `node`. */
function titleOf(id: string): string {
  return TITLES[id] ?? id.split('.').slice(1).join(' ').replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
