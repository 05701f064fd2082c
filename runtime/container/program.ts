/** What runs in the container: the image's workload, or a command of the user's. */
import { findInImage, findInPath, hostPathOf, IMAGE_PATH } from '../image/lookup.ts';
import type { Image } from '../image/image.ts';
import type { Step } from '../plan.ts';
import type { StartRequest } from '../runtime.ts';
import { descriptors, exec } from '../steps.ts';
import { workloadCommand } from '../workload.ts';
import type { ContainerSpec } from './spec.ts';

export function streams(request: StartRequest): Step {
  if (request.what === 'workload') {
    return descriptors({ stdin: 'null', stdout: 'capture', stderr: 'join', mark: true }, 'standard streams, and the channel on which the workload says that it is ready');
  }
  return descriptors({ stdin: request.streams === 'inherit' ? 'inherit' : 'null', stdout: request.streams, stderr: request.streams === 'capture' ? 'join' : request.streams, mark: false }, 'the terminal of whoever asked');
}

/** A command on the user's terminal stays in its session, so that Ctrl-C and job control reach it. */
export function ownSession(request: StartRequest): boolean {
  return !(request.what === 'command' && request.streams === 'inherit');
}

/** @throws {TareError} `missing-program`, `missing-file` */
export function program(image: Image, spec: ContainerSpec, request: StartRequest): Step {
  const inside = spec.root.kind !== 'host';
  if (request.what === 'workload') {
    const command = workloadCommand(image, request);
    const path = inside ? command[0] : hostPathOf(image, command[0]);
    return exec(path, command, spec.environment, 'the workload, as process 1');
  }
  const terminal = process.env['TERM'];
  const environment = terminal === undefined ? spec.environment : [...spec.environment, `TERM=${terminal}`];
  const [name = ''] = request.argv;
  const path = inside ? findInImage(image, name) : (findInPath(name, process.env['PATH'] ?? IMAGE_PATH) ?? name);
  return exec(path, request.argv, environment, 'the command, as process 1');
}
