/** The runtimes that a command can choose from. */
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import { readFakeScript } from '../runtime/fake/script.ts';
import { LADDER } from '../runtime/container/ladder.ts';
import { everyRuntime, RUNTIMES } from '../runtime/registry.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** `usual` are taken when none is named, `all` can be named, `rungs` are the ladder’s. For tests of the command without root: those of the script that TARE_FAKE names. */
export async function availableRuntimes(): Promise<{ readonly usual: readonly Runtime[]; readonly all: readonly Runtime[]; readonly rungs: readonly Runtime[] }> {
  const script = process.env['TARE_FAKE'];
  if (script === undefined) return { usual: RUNTIMES, all: everyRuntime(), rungs: LADDER };
  const fakes = fakeRuntimes(await readFakeScript(script));
  return { usual: fakes.filter(({ rung }) => rung === undefined), all: fakes, rungs: fakes.filter(({ rung }) => rung !== undefined) };
}
