/** What every run needs besides its plan: a display, the signal, the image, the host. */
import { fakeImage } from '../../runtime/fake/image.ts';
import { hostFacts, type HostFacts } from '../../runtime/host/facts.ts';
import { buildImage } from '../../runtime/image/build.ts';
import type { Image } from '../../runtime/image/image.ts';
import { findImage, findRecipe } from '../../runtime/image/load.ts';
import type { Tare } from '../../benchmarks/result/schema.ts';
import { interruptSignal } from '../interrupt.ts';
import { durationText, ProgressDisplay } from '../progress.ts';
import { ROOT, tareHere } from './tare.ts';

export interface Scene {
  readonly display: ProgressDisplay;
  readonly signal: AbortSignal;
  readonly image: Image;
  readonly host: HostFacts;
  readonly tare: Tare;
}

/**
 * Builds the image if need be.
 * @throws {TareError} what building throws
 */
export async function setScene(imageName: string, withHostname: boolean): Promise<Scene> {
  const display = new ProgressDisplay(process.stderr, process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined);
  const signal = interruptSignal((line) => display.say(line));
  const image = isFake() ? fakeImage() : await buildImage(imageName, { signal, onStep: (step) => display.say(`image ${imageName}: ${step.name} (${durationText(step.milliseconds)})`) });
  return { display, signal, image, host: await hostFacts(ROOT, withHostname), tare: tareHere() };
}

/** The image as it lies there, for a look ahead; `null` when it is not built. */
export async function imageAsItIs(name: string): Promise<Image | null> {
  return isFake() ? fakeImage() : findImage(name);
}

/** Whether it has a server. @throws {TareError} `usage` for an image that nobody knows */
export function hasServer(imageName: string): boolean {
  return !isFake() && findRecipe(imageName).servicePort !== undefined;
}

function isFake(): boolean {
  return process.env['TARE_FAKE'] !== undefined;
}
