/** crun: an OCI runtime in C, podman's usual one. Stays beside the container until it ends. */
import { withoutUnifiedTree } from './hybrid.ts';
import { ociStand } from './oci-tool.ts';
import type { Peer } from './peer.ts';
import { versionOf } from './tool.ts';

export const crun: Peer = {
  name: 'crun',
  summary: 'an OCI runtime in C, by the same bundle as ours',
  program: 'crun',
  remedy: 'apt install crun',
  mark: 3,
  versions: async (program) => ({ crun: await versionOf(program) }),
  stand: async (ground) => ociStand(ground, 'crun', withoutUnifiedTree),
};
