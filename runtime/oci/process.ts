/** A bundle's `process`: who it is, and what it may do. Source: config.md#process. */
import { CAPABILITIES, findCapability } from '../container/capabilities.ts';
import { RLIMITS } from '../container/rlimits.ts';
import type { CapabilitySets, ContainerSpec, IdMap, IdMaps, Rlimit } from '../container/spec.ts';
import type { OciProcess } from './config.ts';
import { insidePath } from './paths.ts';
import { nearest, refusal } from './refusal.ts';

export interface ReadProcess {
  readonly spec: Pick<ContainerSpec, 'user' | 'environment' | 'workdir' | 'capabilities' | 'noNewPrivileges' | 'rlimits' | 'oomScoreAdjust' | 'apparmor'>;
  /** What was accepted and makes no difference, or another one than the bundle's author may think. */
  readonly notes: readonly string[];
}

/** What every program starts with, see the launcher. */
const UMASK = 0o22;

/** @throws {TareError} `bad-file` */
export function readProcess(of: OciProcess, idMaps: IdMaps | null): ReadProcess {
  if (of.args[0] === '') throw refusal('process.args[0]', '', 'is no program', 'name one');
  of.env?.forEach((entry, index) => {
    if (!/^[^=]+=/.test(entry)) throw refusal(`process.env[${index}]`, entry, 'is not NAME=value', 'write it so, or leave it out');
  });
  const { sets, notes } = capabilitySets(of.capabilities ?? {});
  return {
    spec: {
      user: user(of.user ?? { uid: 0, gid: 0 }, idMaps),
      environment: of.env ?? [],
      workdir: insidePath(of.cwd, 'process.cwd'),
      capabilities: sets,
      noNewPrivileges: of.noNewPrivileges ?? false,
      rlimits: rlimits(of.rlimits ?? []),
      oomScoreAdjust: of.oomScoreAdj ?? null,
      apparmor: of.apparmorProfile || null,
    },
    notes: [
      ...(of.consoleSize === undefined ? [] : ['process.consoleSize: the terminal keeps the size it has']),
      ...notes,
    ],
  };
}

function user({ uid, gid, umask = UMASK, additionalGids = [] }: NonNullable<OciProcess['user']>, idMaps: IdMaps | null): ContainerSpec['user'] {
  if (umask !== UMASK) throw refusal('process.user.umask', umask, `every program starts with ${UMASK} (022 in octal)`, 'leave it out, and let the program set its own');
  mapped(uid, idMaps?.uids, 'process.user.uid', 'linux.uidMappings');
  mapped(gid, idMaps?.gids, 'process.user.gid', 'linux.gidMappings');
  additionalGids.forEach((group, index) => mapped(group, idMaps?.gids, `process.user.additionalGids[${index}]`, 'linux.gidMappings'));
  return { uid, gid, groups: additionalGids };
}

function mapped(id: number, maps: readonly IdMap[] | undefined, place: string, mapping: string): void {
  if (maps === undefined || maps.some(({ inside, count }) => id >= inside && id < inside + count)) return;
  throw refusal(place, id, `is not in ${mapping}, so nobody has this id in the user namespace`, 'map it, or choose one that is mapped');
}

const SETS = ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'] as const;

function capabilitySets(given: NonNullable<OciProcess['capabilities']>): { sets: CapabilitySets; notes: string[] } {
  const [bounding = [], effective = [], permitted = [], inheritable = [], asked = []] = SETS.map((set) => (given[set] ?? []).map((name, index) => capability(name, `process.capabilities.${set}[${index}]`)));
  const stray = effective.findIndex((number) => !permitted.includes(number));
  if (stray >= 0) throw refusal(`process.capabilities.effective[${stray}]`, given.effective?.[stray], 'is effective and not permitted, which no process can be', 'add it to permitted');
  const ambient = asked.filter((number) => permitted.includes(number) && inheritable.includes(number));
  const left = asked.filter((number) => !ambient.includes(number)).map((number) => CAPABILITIES[number]?.name ?? '');
  const notes = left.length === 0 ? [] : [`process.capabilities.ambient: without ${left.join(', ')}: ambient is only what is inheritable and permitted (capabilities(7))`];
  return { sets: { bounding, effective, permitted, inheritable, ambient }, notes };
}

function capability(name: string, place: string): number {
  const found = CAPABILITIES.find((each) => each.name === name);
  if (found === undefined) throw refusal(place, name, 'is no capability', nearest(findCapability(name)?.name ?? name, CAPABILITIES.map((each) => each.name)));
  return found.number;
}

function rlimits(given: NonNullable<OciProcess['rlimits']>): Rlimit[] {
  return given.map(({ type, soft, hard }, index) => {
    const place = `process.rlimits[${index}]`;
    const resource = Object.hasOwn(RLIMITS, type) ? RLIMITS[type] : undefined;
    if (resource === undefined) throw refusal(`${place}.type`, type, 'is no resource', nearest(type, Object.keys(RLIMITS)));
    if (given.findIndex((each) => each.type === type) < index) throw refusal(`${place}.type`, type, 'is given twice', 'give one soft and one hard limit');
    if (soft > hard) throw refusal(`${place}.soft`, soft, `is more than the hard limit, ${hard}`, 'lower the soft limit, or raise the hard one');
    return { resource, soft, hard };
  });
}
