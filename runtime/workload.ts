/** What a request for a workload starts: the image's workload, or the program that is weighed at work in its place. */
import { HOLD } from '../fixtures/workload/hold.ts';
import { WORK } from '../fixtures/workload/work.ts';
import { TareError } from './errors.ts';
import type { Image } from './image/image.ts';
import type { WorkloadRequest } from './runtime.ts';

export interface WorkloadProgram {
  /** Absolute path inside the image. */
  readonly path: string;
  /** Its arguments past the one that names the mark. */
  readonly words: readonly string[];
}

export function workloadProgram(image: Pick<Image, 'workload'>, request: WorkloadRequest): WorkloadProgram {
  if (request.hold !== undefined) return { path: HOLD, words: request.hold };
  return request.work === undefined ? { path: image.workload, words: [request.then] } : { path: WORK, words: request.work };
}

/** Whether it is another program than the image's own workload. */
export function isOther(request: WorkloadRequest): boolean {
  return request.work !== undefined || request.hold !== undefined;
}

/** The complete command, for a box in which the mark channel is descriptor MARK. */
export function workloadCommand(image: Pick<Image, 'workload'>, request: WorkloadRequest, mark = 3): [string, ...string[]] {
  const { path, words } = workloadProgram(image, request);
  return [path, `fd:${mark}`, ...words];
}

/** @throws {TareError} `usage` for a request to work, by a box that has only the one program */
export function refuseWork(runtime: string, request: WorkloadRequest, reason: string): void {
  if (isOther(request)) throw new TareError('usage', `${runtime} cannot be put to work: ${reason}`, 'weigh vm-micro at work instead');
}
