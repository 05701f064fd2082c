/**
 * A container as an OCI bundle, so that crun and runc run the very same one: that is how they are compared.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UNLIMITED } from '../cgroup/limits.ts';
import { CAPABILITIES } from '../container/capabilities.ts';
import { rootCapabilities } from '../container/defaults.ts';
import { RLIMITS, UNBOUNDED } from '../container/rlimits.ts';
import type { ContainerMount, ContainerSpec, IdMap } from '../container/spec.ts';
import { TareError } from '../errors.ts';
import { flags, MS } from '../steps.ts';
import { OCI_UNLIMITED, type OciConfig, type OciLinux, type OciMount, type OciProcess } from './config.ts';
import { flagWords, WRITABLE_FLAGS } from './mount-options.ts';
import { OCI_NAMESPACES } from './namespaces.ts';
import { CONFIG } from './refusal.ts';
import { ociResources } from './resources.ts';

/** The version that is written: everything in it is in 1.0. */
const OCI_VERSION = '1.0.2';

export interface WriteOptions {
  /** The root file system, absolute or relative to the bundle. Tools that know OCI alone have no layers. */
  readonly rootPath: string;
  /** OCI's `linux.seccomp`: a compiled filter cannot be turned back into it. */
  readonly seccomp?: object;
}

/**
 * The config.json that asks for what SPEC does. Turn it into text with `configText`.
 * @throws {TareError} `usage` when OCI has no words for a part of it
 */
export function ociConfig(spec: ContainerSpec, process: { readonly args: readonly string[]; readonly terminal?: boolean }, options: WriteOptions): OciConfig {
  if (spec.root.kind === 'host') throw unwritable('the host’s own root', 'give the container a root of its own');
  if (spec.network === 'veth' && spec.namespaces.includes('net')) throw unwritable('a pair of veth', 'ask for network "loopback"');
  if (spec.seccomp !== null && options.seccomp === undefined) throw unwritable('a compiled seccomp filter', 'give the rules it was compiled from');
  return {
    ociVersion: OCI_VERSION,
    process: ociProcess(spec, process),
    root: { path: options.rootPath, readonly: spec.readonlyRoot },
    ...(spec.hostname === null ? {} : { hostname: spec.hostname }),
    mounts: spec.mounts.map(ociMount),
    linux: ociLinux(spec, options.seccomp),
  };
}

function unwritable(what: string, remedy: string): TareError {
  return new TareError('usage', `a bundle cannot ask for ${what}`, remedy);
}

function ociProcess(spec: ContainerSpec, { args, terminal = false }: { readonly args: readonly string[]; readonly terminal?: boolean }): OciProcess {
  const { uid, gid, groups } = spec.user;
  const names = (numbers: readonly number[]): string[] => numbers.map((number) => CAPABILITIES[number]?.name ?? `CAP_${number}`);
  const { bounding, effective, permitted, inheritable, ambient } = spec.capabilities ?? rootCapabilities(CAPABILITIES.map(({ number }) => number));
  return {
    terminal,
    user: { uid, gid, ...(groups.length === 0 ? {} : { additionalGids: [...groups] }) },
    args: [...args],
    env: [...spec.environment],
    cwd: spec.workdir,
    capabilities: { bounding: names(bounding), effective: names(effective), permitted: names(permitted), inheritable: names(inheritable), ambient: names(ambient) },
    ...(spec.rlimits.length === 0 ? {} : { rlimits: spec.rlimits.map(({ resource, soft, hard }) => ({ type: rlimitName(resource), soft, hard })) }),
    noNewPrivileges: spec.noNewPrivileges,
    ...(spec.apparmor === null ? {} : { apparmorProfile: spec.apparmor }),
    ...(spec.selinux.process === null ? {} : { selinuxLabel: spec.selinux.process }),
    ...(spec.oomScoreAdjust === null ? {} : { oomScoreAdj: spec.oomScoreAdjust }),
  };
}

function rlimitName(resource: number): string {
  const name = Object.keys(RLIMITS).find((each) => RLIMITS[each] === resource);
  if (name === undefined) throw unwritable(`resource limit ${resource}`, `known: 0 to ${Object.keys(RLIMITS).length - 1}`);
  return name;
}

function ociMount({ target, type, source, flags: bits, data }: ContainerMount): OciMount {
  const bind = type === 'bind';
  if (type === 'cgroup' && data !== '') throw unwritable(`the cgroup controllers ${data} alone on ${target}`, 'leave the mount out');
  const rest = bits & ~flags(WRITABLE_FLAGS, bind ? flags(MS.bind, MS.rec, MS.private) : 0);
  if (rest !== 0) throw unwritable(`mount flags 0x${(rest >>> 0).toString(16)} on ${target}`, 'leave them out');
  const options = [
    ...(bind ? [(bits & MS.rec) === 0 ? 'bind' : 'rbind', 'rprivate'] : []),
    ...flagWords(bits),
    ...data.split(',').filter((word) => word !== ''),
  ];
  return { destination: target, type, source, ...(options.length === 0 ? {} : { options }) };
}

function ociLinux(spec: ContainerSpec, seccomp: object | undefined): OciLinux {
  const mappings = (maps: readonly IdMap[]): NonNullable<OciLinux['uidMappings']> => maps.map(({ inside, outside, count }) => ({ containerID: inside, hostID: outside, size: count }));
  return {
    namespaces: spec.namespaces.map((name) => ({ type: OCI_NAMESPACES[name] })),
    ...(spec.idMaps === null ? {} : { uidMappings: mappings(spec.idMaps.uids), gidMappings: mappings(spec.idMaps.gids) }),
    resources: ociResources(spec.limits ?? UNLIMITED),
    ...(Object.keys(spec.sysctl).length === 0 ? {} : { sysctl: { ...spec.sysctl } }),
    ...(seccomp === undefined ? {} : { seccomp: { ...seccomp } }),
    maskedPaths: spec.masked.map(({ path }) => path),
    readonlyPaths: [...spec.readonlyPaths],
    ...(spec.selinux.mount === null ? {} : { mountLabel: spec.selinux.mount }),
  };
}

/** As text. JSON.stringify knows neither numbers of 64 bits nor what has no limit; a NUL stands in no text of a config, so it can mark both. */
export function configText(config: OciConfig): string {
  const text = JSON.stringify(config, (_name, value: unknown) => (value === UNBOUNDED ? `\0${OCI_UNLIMITED}` : typeof value === 'bigint' ? `\0${value}` : value), 2);
  return `${text.replaceAll(/"\\u0000(-?\d+)"/g, '$1')}\n`;
}

/**
 * Writes DIRECTORY/config.json, making the directory if it is missing. The root file system is the caller's.
 * @returns the path of config.json
 */
export async function writeBundle(directory: string, config: OciConfig): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, CONFIG);
  await writeFile(path, configText(config));
  return path;
}
