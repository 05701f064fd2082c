/** crun refuses a host whose controllers are v1 while its v2 tree carries one as well: it is shown one without that tree. */
import { hierarchy } from '../instance.ts';
import { flags, MNT_DETACH, mount, MS, umount } from '../steps.ts';
import type { Surroundings } from './peer.ts';

export function withoutUnifiedTree(): Surroundings {
  const { mode, unified } = hierarchy();
  if (mode !== 'hybrid' || unified === null) return {};
  return {
    namespaces: ['mnt'],
    inside: [
      mount('', '/', '', flags(MS.private, MS.rec), '', 'what is unmounted next stays mounted for the host', 'private mounts'),
      umount(unified, MNT_DETACH, 'hide the v2 tree', 'crun refuses cgroups in hybrid mode: without this it would start nothing here'),
    ],
  };
}
