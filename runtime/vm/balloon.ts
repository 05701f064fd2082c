/**
 * The balloon in a guest, as the host blows it up: what it takes from the guest's kernel, QEMU gives back to the host.
 * Source: virtio 1.2, 5.5 (traditional memory balloon); QEMU, qapi/machine.json.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Balloon } from '../runtime.ts';
import type { QmpClient } from './qmp/client.ts';
import { balloon, queryBalloon } from './qmp/commands.ts';

/** Between two looks at how far it has come. */
const LOOK_EVERY_MS = 50;

/** @param reach the monitor's connection */
export function balloonOf(reach: () => Promise<QmpClient>): Balloon {
  return {
    async keep(keepBytes, deadlineMs) {
      const qmp = await reach();
      await qmp.execute(balloon(keepBytes));
      const end = performance.now() + deadlineMs;
      for (;;) {
        const has = await qmp.execute(queryBalloon);
        if (has === keepBytes || performance.now() > end) return has;
        await sleep(LOOK_EVERY_MS);
      }
    },
  };
}
