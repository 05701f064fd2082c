/** The runtimes that a command can choose from. */
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import { readFakeScript } from '../runtime/fake/script.ts';
import { RUNTIMES } from '../runtime/registry.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** All of them; or, for tests of the command without root, those of the script that TARE_FAKE names. */
export async function availableRuntimes(): Promise<readonly Runtime[]> {
  const script = process.env['TARE_FAKE'];
  return script === undefined ? RUNTIMES : fakeRuntimes(await readFakeScript(script));
}
