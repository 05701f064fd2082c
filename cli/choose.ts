/** The runtimes that a command can choose from. */
import { readFileSync } from 'node:fs';
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import type { FakeScriptInput } from '../runtime/fake/script.ts';
import { RUNTIMES } from '../runtime/registry.ts';
import type { Runtime } from '../runtime/runtime.ts';

let fakes: readonly Runtime[] | null = null;

/** All of them; or, for tests of the command without root, those of the script that TARE_FAKE names. */
export function availableRuntimes(): readonly Runtime[] {
  const script = process.env['TARE_FAKE'];
  if (script === undefined) return RUNTIMES;
  return (fakes ??= fakeRuntimes(JSON.parse(readFileSync(script, 'utf8')) as FakeScriptInput));
}
