/** Half a minute of random plans and random bytes to the launcher. `make fuzz SECONDS=600` does it for longer. */
import test from 'ava';
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

test('random plans and random bytes find no fault in the launcher', async (t) => {
  t.timeout(300_000, 'the fuzz target is built, which takes ten seconds on a small machine, and runs for thirty');
  await execa('make', ['-s'], { cwd: here });
  const run = await execa(`${here}.built/fuzz`, ['--seconds', '30'], { reject: false, all: true });
  t.is(run.exitCode, 0, run.all);
  const last = /^seed \d+: (\d+) cases, (\d+) launches \((\d+) started, (\d+) failed\), (\d+) signals, (\d+) refusals, (\d+) of (\d+) operations, (\d+) faults$/m.exec(run.stdout);
  t.truthy(last, run.all);
  const [cases, , started, failed, , refusals, operations, allOperations, faults] = last!.slice(1).map(Number);
  t.is(faults, 0);
  t.true(cases! > 200, `only ${cases} cases`);
  t.true(started! > 200 && failed! > 200 && refusals! > 100, run.stdout); // else the plans have lost their variety
  t.is(operations, allOperations, run.stdout); // each operation was in a plan that the launcher accepted
});
