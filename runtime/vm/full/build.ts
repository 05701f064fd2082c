/** Builds the disks of vm-full that are not built yet, those named or all; for set-up. One line a step, and one where old ones are worth removing. */
import { TareError } from '../../errors.ts';
import { interruptible } from '../../image/interruptible.ts';
import { findOutdated } from '../../outdated.ts';
import { buildFullDisk } from './build-disk.ts';
import { diskNames, findDiskRecipe } from './disk-store.ts';

const WORTH_TELLING_BYTES = 500e6;

try {
  await interruptible(build);
} catch (error) {
  if (!(error instanceof TareError)) throw error;
  console.error(`tare: ${error.message}${error.remedy === '' ? '' : `\nnext: ${error.remedy}`}`);
  process.exitCode = error.code === 'interrupted' ? 130 : 1;
}

async function build(signal: AbortSignal): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length === 0 ? diskNames() : wanted) {
    const { manifest } = await buildFullDisk(findDiskRecipe(name), {
      signal,
      onStep: (step) => console.log(`disk ${name}: ${step.name} (${step.milliseconds < 1000 ? `${Math.round(step.milliseconds)} ms` : `${(step.milliseconds / 1000).toFixed(1)} s`})`),
    });
    console.log(`disk ${name}: digest ${manifest.digest.slice(0, 12)}, Linux ${manifest.release}`);
  }
  const old = (await findOutdated()).reduce((sum, { bytes }) => sum + bytes, 0);
  if (old >= WORTH_TELLING_BYTES) console.log(`built: ${(old / 1e9).toFixed(1)} GB are of earlier versions; tare image prune removes them`);
}
