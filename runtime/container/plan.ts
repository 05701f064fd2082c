/**
 * What is done to make a container, in order. The one place to read what a container is.
 */
import { cgroupSteps } from '../cgroup/steps.ts';
import { hierarchy } from '../instance.ts';
import type { Slot } from '../launcher/prepared.ts';
import type { Plan, Step } from '../plan.ts';
import { bounding, capabilities, clone, handOver, hostname, identity, join, noNewPrivs, rlimit, seccomp, setsid, unshare, write } from '../steps.ts';
import { CAPABILITIES } from './capabilities.ts';
import { idSteps, needsLauncher } from './ids.ts';
import { labelSteps } from './labels.ts';
import { maskSteps, mountSteps } from './mounts.ts';
import { networkSteps } from './network.ts';
import { PARTS, type PartName } from './parts.ts';
import { RLIMITS } from './rlimits.ts';
import { farewellSteps, readonlySteps, rootSteps, workdirSteps } from './root.ts';
import type { ContainerSpec, NamespaceName } from './spec.ts';

export interface Start {
  /** The first step: where its streams and its mark lead. */
  readonly streams: Step;
  /** The last step. */
  readonly exec: Step;
  /** Whether it gets a session of its own; a command on the user's terminal stays in the user's. */
  readonly session: boolean;
  /** The launcher stays, and has a helper that makes network namespaces while it does other things. */
  readonly aside?: boolean;
}

const PART_OF: Readonly<Record<NamespaceName, PartName>> = { mnt: 'mnt', pid: 'pid', ipc: 'ipc', uts: 'uts', net: 'net', cgroup: 'cgroupns', user: 'user' };

function reason(name: NamespaceName): string {
  return PARTS.find((part) => part.name === PART_OF[name])?.why ?? '';
}

function of(part: PartName, steps: readonly Step[]): Step[] {
  return steps.map((step) => ({ ...step, part: step.part ?? part }));
}

function rlimitSteps(spec: ContainerSpec): Step[] {
  return spec.rlimits.map(({ resource, soft, hard }) => {
    const name = Object.keys(RLIMITS).find((key) => RLIMITS[key] === resource) ?? String(resource);
    return rlimit(resource, soft, hard, name, 'a bound on each of its processes');
  });
}

/** Every slash-separated name of `net.ipv4.ip_forward` below /proc/sys. */
function sysctlSteps(spec: ContainerSpec): Step[] {
  return Object.entries(spec.sysctl).map(([name, value]) => write(`/proc/sys/${name.replaceAll('.', '/')}`, value, name, 'a setting of the kernel’s within its namespaces'));
}

function identitySteps(spec: ContainerSpec): Step[] {
  const { uid, gid, groups } = spec.user;
  const already = uid === 0 && gid === 0 && groups.length === 0;
  return already ? [] : [identity(uid, gid, groups, 'the user that the program runs as')];
}

function capabilitySteps(spec: ContainerSpec): Step[] {
  if (spec.capabilities === null) return identitySteps(spec);
  const { bounding: kept, effective, permitted, inheritable, ambient } = spec.capabilities;
  return [
    ...of('capabilities', [bounding(kept, `what may never be regained: all but ${kept.length} of ${CAPABILITIES.length} capabilities`)]),
    ...identitySteps(spec),
    ...of('capabilities', [capabilities({ effective, permitted, inheritable, ambient }, 'root inside is less than root')]),
  ];
}

/** The filter has to go last, or it would judge the steps after it; without no_new_privs only root may load one. */
function confinementSteps(spec: ContainerSpec): Step[] {
  const filter = spec.seccomp === null ? [] : of('seccomp', [seccomp(spec.seccomp, 'system calls that no service needs are refused')]);
  const hand = handOver('it gets its own streams; every other descriptor closes, for one left open would lead to the host');
  if (!spec.noNewPrivileges) return [...filter, ...capabilitySteps(spec), hand];
  return [...capabilitySteps(spec), ...of('nnp', [noNewPrivs('no program it runs can gain more than it has')]), hand, ...filter];
}

/** @throws {TareError} `missing-file` when a file to be bound is not there */
export function containerPlan(spec: ContainerSpec, slot: Slot, start: Start): Plan {
  const cgroup = spec.limits === null ? { before: [], cloneInto: '', inside: [] } : cgroupSteps(hierarchy(), slot, spec.limits);
  // Born in its cgroup (v2) it can be given the namespace at once; on v1 it first has to join.
  const born = cgroup.inside.length === 0;
  const aside = start.aside === true && !spec.namespaces.includes('user');
  const namespaces = spec.namespaces.filter((name) => (born || name !== 'cgroup') && !(aside && name === 'net'));
  const shifted = spec.root.kind === 'layers' && spec.namespaces.includes('user') && needsLauncher(spec);
  const layers = spec.root.kind === 'layers' && shifted ? spec.root.layers : [];
  const mounts = mountSteps(spec, layers.length);
  const network = networkSteps(spec, slot, aside);
  return [
    start.streams,
    ...of('net', network.before),
    ...of('cgroup', cgroup.before),
    clone(namespaces, cgroup.cloneInto, namespaces.length === 0 ? 'a new process' : namespaces.map(reason).join('; ')),
    ...of('cgroup', cgroup.inside),
    ...(spec.oomScoreAdjust === null ? [] : [write('/proc/self/oom_score_adj', String(spec.oomScoreAdjust), 'oom_score_adj', 'how gladly it is killed when the host’s memory runs out')]),
    ...(spec.joined ?? []).flatMap(({ namespace, path }) => of(PART_OF[namespace], [join(path, namespace, 'made ahead of time, and waiting for it')])),
    ...of('user', idSteps(spec, layers)),
    ...(born || !spec.namespaces.includes('cgroup') ? [] : of('cgroupns', [unshare(['cgroup'], reason('cgroup'))])),
    ...(start.session ? [setsid('no terminal of the host’s is within reach')] : []),
    ...of('root', mounts.before),
    ...of('root', rootSteps(spec, shifted)),
    ...of('net', network.between),
    ...of('filesystems', mounts.between),
    ...of('root', farewellSteps(spec)),
    ...of('filesystems', mounts.after),
    ...sysctlSteps(spec),
    ...of('masks', maskSteps(spec)),
    ...of('root', readonlySteps(spec)),
    ...of('net', network.after),
    ...(spec.hostname === null ? [] : of('uts', [hostname(spec.hostname, 'a name of its own')])),
    ...of('root', workdirSteps(spec)),
    ...rlimitSteps(spec),
    ...labelSteps(spec),
    ...confinementSteps(spec),
    start.exec,
  ];
}
