/** A bundle's namespaces and what hangs on them: id maps, the host name, the kernel's settings. Source: config-linux.md. */
import type { IdMap, IdMaps, NamespaceName } from '../container/spec.ts';
import type { OciLinux } from './config.ts';
import { nearest, refusal } from './refusal.ts';

/** Our names for namespaces and OCI's. */
export const OCI_NAMESPACES: Readonly<Record<NamespaceName, string>> = { mnt: 'mount', pid: 'pid', net: 'network', ipc: 'ipc', uts: 'uts', user: 'user', cgroup: 'cgroup' };

/** @throws {TareError} `bad-file` */
export function readNamespaces(given: NonNullable<OciLinux['namespaces']>): NamespaceName[] {
  const names = given.map(({ type }, index) => {
    const place = `linux.namespaces[${index}].type`;
    if (type === 'time') throw refusal(place, type, 'nothing here makes time namespaces', 'leave it out: the container then sees the host’s clocks');
    const name = (Object.keys(OCI_NAMESPACES) as NamespaceName[]).find((each) => OCI_NAMESPACES[each] === type);
    if (name === undefined) throw refusal(place, type, 'is no namespace', nearest(type, Object.values(OCI_NAMESPACES)));
    if (given.findIndex((each) => each.type === type) < index) throw refusal(place, type, 'is given twice', 'give it once');
    return name;
  });
  if (!names.includes('mnt')) throw refusal('linux.namespaces', given.map(({ type }) => type), 'without a mount namespace the host’s own mounts would change', 'add { "type": "mount" }');
  return names;
}

/** @throws {TareError} `bad-file` */
export function readIdMaps({ uidMappings = [], gidMappings = [] }: Pick<OciLinux, 'uidMappings' | 'gidMappings'>, namespaces: readonly NamespaceName[]): IdMaps | null {
  const user = namespaces.includes('user');
  if (!user && uidMappings.length + gidMappings.length === 0) return null;
  const place = uidMappings.length > 0 ? 'linux.uidMappings' : 'linux.gidMappings';
  if (!user) throw refusal(place, uidMappings.length > 0 ? uidMappings : gidMappings, 'maps ids, and there is no user namespace to map them in', 'add { "type": "user" } to linux.namespaces, or leave the maps out');
  return { uids: maps(uidMappings, 'linux.uidMappings'), gids: maps(gidMappings, 'linux.gidMappings') };
}

/** The kernel takes no more in one map. Source: user_namespaces(7). */
const MOST_MAPS = 340;
const IDS = 2 ** 32 - 1;

function maps(given: NonNullable<OciLinux['uidMappings']>, place: string): IdMap[] {
  if (given.length === 0) throw refusal(place, given, 'a user namespace needs a map: without one nobody inside has an id', 'map 0 of the container to an id of the host');
  if (given.length > MOST_MAPS) throw refusal(place, given.length, `is more entries than the kernel takes, ${MOST_MAPS}`, 'join neighbouring ranges');
  const read = given.map(({ containerID, hostID, size }) => ({ inside: containerID, outside: hostID, count: size }));
  for (const [index, map] of read.entries()) {
    for (const side of ['inside', 'outside'] as const) {
      if (map[side] + map.count > IDS) throw refusal(`${place}[${index}].size`, map.count, `goes beyond the last id, ${IDS - 1}`, 'map fewer');
      const other = read.findIndex((each, at) => at < index && each[side] < map[side] + map.count && map[side] < each[side] + each.count);
      if (other >= 0) throw refusal(`${place}[${index}]`, given[index], `overlaps entry ${other}`, 'let each id be mapped once');
    }
  }
  if (!read.some(({ inside }) => inside === 0)) throw refusal(place, given, 'maps nobody to 0: the container’s root, who sets it up', 'map 0 of the container to an id of the host');
  return read;
}

/** The kernel takes no more. Source: gethostname(2). */
const LONGEST_HOSTNAME = 64;

/** @throws {TareError} `bad-file` */
export function readHostname(hostname: string | undefined, namespaces: readonly NamespaceName[]): string | null {
  if (hostname === undefined || hostname === '') return null;
  if (!namespaces.includes('uts')) throw refusal('hostname', hostname, 'without a uts namespace the host itself would be renamed', 'add { "type": "uts" } to linux.namespaces, or leave hostname out');
  if (Buffer.byteLength(hostname) > LONGEST_HOSTNAME) throw refusal('hostname', hostname, `is longer than ${LONGEST_HOSTNAME} bytes`, 'shorten it');
  return hostname;
}

const IPC_SETTINGS = ['shmmax', 'shmall', 'shmmni', 'shm_rmid_forced', 'shm_next_id', 'msgmax', 'msgmnb', 'msgmni', 'msg_next_id', 'auto_msgmni', 'sem', 'sem_next_id'].map((name) => `kernel.${name}`);

/** The namespace that a setting belongs to; `null` for one of the whole kernel. Source: namespaces(7), ipc_namespaces(7). */
function ownerOf(name: string): NamespaceName | null {
  if (name.startsWith('net.')) return 'net';
  if (name.startsWith('fs.mqueue.') || IPC_SETTINGS.includes(name)) return 'ipc';
  return name === 'kernel.domainname' ? 'uts' : null;
}

/** @throws {TareError} `bad-file` for a setting that would change the host */
export function readSysctl(given: NonNullable<OciLinux['sysctl']>, namespaces: readonly NamespaceName[]): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    const place = `linux.sysctl.${name}`;
    if (!/^[\w-]+(\.[\w-]+)+$/.test(name)) throw refusal(place, value, 'is no name of a setting', 'write it with dots: net.ipv4.ip_forward');
    if (name === 'kernel.hostname') throw refusal(place, value, 'names the container', 'give hostname instead');
    const owner = ownerOf(name);
    if (owner === null) throw refusal(place, value, 'is a setting of the whole kernel: it would change the host', 'leave it out; of their own, containers have net.*, fs.mqueue.*, kernel.domainname and the kernel.* of System V IPC');
    if (!namespaces.includes(owner)) throw refusal(place, value, `without a ${OCI_NAMESPACES[owner]} namespace it would change the host`, `add { "type": "${OCI_NAMESPACES[owner]}" } to linux.namespaces, or leave it out`);
  }
  return given;
}
