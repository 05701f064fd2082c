/**
 * User namespaces: root inside is somebody without rights outside.
 *
 * Who may map what (user_namespaces(7)): anybody maps their own id, and the new process does that itself; ranges
 * are mapped by somebody privileged, the launcher, while the new process waits.
 */
import type { Step } from '../plan.ts';
import { idMap, identity, write } from '../steps.ts';
import type { ContainerSpec, IdMap } from './spec.ts';

/** What a privileged user gives to a container's users: a range that belongs to nobody on most hosts. */
export const SHIFTED: IdMap = { inside: 0, outside: 100_000, count: 65_536 };

export function ownIds(uid: number, gid: number): { readonly uids: readonly IdMap[]; readonly gids: readonly IdMap[] } {
  return { uids: [{ inside: 0, outside: uid, count: 1 }], gids: [{ inside: 0, outside: gid, count: 1 }] };
}

function text(maps: readonly IdMap[]): string {
  return maps.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}

/** Whether the launcher has to write the maps: more than the caller's own id is mapped. */
export function needsLauncher(spec: ContainerSpec): boolean {
  if (spec.idMaps === null) return false;
  const { uids, gids } = spec.idMaps;
  const alone = (maps: readonly IdMap[], own: number | undefined): boolean => maps.length === 1 && maps[0]?.count === 1 && maps[0].outside === own;
  return !(alone(uids, process.getuid?.()) && alone(gids, process.getgid?.()));
}

/** @param layers directories to be opened with their owners shifted */
export function idSteps(spec: ContainerSpec, layers: readonly string[]): Step[] {
  if (spec.idMaps === null || !spec.namespaces.includes('user')) return [];
  const uids = text(spec.idMaps.uids);
  const gids = text(spec.idMaps.gids);
  if (needsLauncher(spec)) {
    return [
      idMap(uids, gids, layers, 'who is root inside is nobody of consequence outside'),
      identity(0, 0, [], 'from here on it acts as the namespace’s root'),
    ];
  }
  return [
    write('/proc/self/setgroups', 'deny', 'setgroups', 'without it, an own group map is refused: dropping a group could open what it was shut out from'),
    write('/proc/self/uid_map', uids, 'uid map', 'root inside is its caller outside, with the caller’s rights and no more'),
    write('/proc/self/gid_map', gids, 'gid map', 'and its group the caller’s'),
  ];
}
