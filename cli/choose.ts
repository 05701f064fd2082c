/** The runtimes that a command can choose from. */
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import { readFakeScript } from '../runtime/fake/script.ts';
import { everyRuntime, RUNTIMES } from '../runtime/registry.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** `usual` are taken when none is named, `all` can be named. For tests of the command without root: those of the script that TARE_FAKE names. */
export async function availableRuntimes(): Promise<{ readonly usual: readonly Runtime[]; readonly all: readonly Runtime[] }> {
  const script = process.env['TARE_FAKE'];
  if (script === undefined) return { usual: RUNTIMES, all: everyRuntime() };
  const fakes = fakeRuntimes(await readFakeScript(script));
  return { usual: fakes, all: fakes };
}
