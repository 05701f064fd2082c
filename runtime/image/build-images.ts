/** Builds every image that is not built yet; for `make setup`. One line a step. `--refresh` builds all, of newer packages. */
import { TareError } from '../errors.ts';
import { interruptible } from './interruptible.ts';
import { buildImage } from './build.ts';
import { imageNames } from './load.ts';

try {
  await interruptible(build);
} catch (error) {
  if (!(error instanceof TareError)) throw error;
  console.error(`tare: ${error.message}${error.remedy === '' ? '' : `\nnext: ${error.remedy}`}`);
  process.exitCode = error.code === 'interrupted' ? 130 : 1;
}

async function build(signal: AbortSignal): Promise<void> {
  for (const name of imageNames()) {
    const image = await buildImage(name, {
      signal,
      refresh: process.argv.includes('--refresh'),
      onStep: (step) => console.log(`image ${name}: ${step.name} (${step.milliseconds < 1000 ? `${Math.round(step.milliseconds)} ms` : `${(step.milliseconds / 1000).toFixed(1)} s`})`),
    });
    console.log(`image ${name}: ${image.layers.length} layers, digest ${image.digest.slice(0, 12)}, guest kernel ${image.kernel.release}`);
  }
}
