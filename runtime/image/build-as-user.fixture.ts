/** Builds an image where it is told, as whoever runs it; for the test that two builds are the same. */
import { buildImage } from './build.ts';

const [name = '', directory = '', cacheDirectory = ''] = process.argv.slice(2);
const steps: string[] = [];
const begun: string[] = [];
const image = await buildImage(name, { directory, cacheDirectory, onBegin: (step) => begun.push(step), onStep: (step) => steps.push(step.name) });
process.stdout.write(JSON.stringify({ image, steps, begun }));
