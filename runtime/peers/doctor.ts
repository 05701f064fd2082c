/** The peers as `tare doctor` shows them. None is needed: a missing one is worth a note, and no lack. */
import type { Check } from '../host/doctor.ts';
import { PEERS } from './peers.ts';

export function examinePeers(): Promise<Check[]> {
  return Promise.all(
    PEERS.map(async (peer): Promise<Check> => {
      const found = await peer.availability();
      const base = { id: `peer-${peer.name}`, title: peer.name, unlocks: peer.summary };
      if (found.state === 'unavailable') return { ...base, state: 'warn', finding: found.reason, remedy: found.remedy };
      return { ...base, state: 'ok', finding: found.version ?? 'found', remedy: null };
    }),
  );
}
