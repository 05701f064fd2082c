/** Every peer, from the least to the heaviest. */
import type { Runtime } from '../runtime.ts';
import { bwrap } from './bwrap.ts';
import { crun } from './crun.ts';
import { ctr } from './ctr.ts';
import { docker } from './docker.ts';
import { nspawn } from './nspawn.ts';
import type { Peer } from './peer.ts';
import { podman } from './podman.ts';
import { runc } from './runc.ts';
import { peerRuntime } from './runtime.ts';
import { unshare } from './unshare.ts';

export const ALL_PEERS: readonly Peer[] = [unshare, bwrap, crun, runc, nspawn, ctr, podman, docker];

export const PEERS: readonly Runtime[] = ALL_PEERS.map(peerRuntime);
