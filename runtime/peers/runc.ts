/** runc: the OCI runtime of Docker and containerd, in Go. Stays beside the container until it ends. */
import { ociStand } from './oci-tool.ts';
import type { Peer } from './peer.ts';
import { versionOf } from './tool.ts';

export const runc: Peer = {
  name: 'runc',
  summary: 'the OCI runtime of Docker and containerd, by the same bundle as ours',
  program: 'runc',
  remedy: 'apt install runc',
  mark: 3,
  versions: async (program) => ({ runc: await versionOf(program) }),
  stand: async (ground) => ociStand(ground, 'runc', () => ({})),
};
