/** Builds the disk of vm-full when it is not built yet; for set-up. One line a step. */
import { TareError } from '../../errors.ts';
import { buildFullDisk } from './build-disk.ts';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());

try {
  const { manifest } = await buildFullDisk({
    signal: controller.signal,
    onStep: ({ name, milliseconds }) => console.log(`disk of vm-full: ${name} (${milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`})`),
  });
  console.log(`disk of vm-full: digest ${manifest.digest.slice(0, 12)}, Linux ${manifest.release}`);
} catch (error) {
  if (!(error instanceof TareError)) throw error;
  console.error(`tare: ${error.message}${error.remedy === '' ? '' : `\nnext: ${error.remedy}`}`);
  process.exitCode = error.code === 'interrupted' ? 130 : 1;
}
