/**
 * `container-cold`: the same container, made by a launcher that is started for it alone and given its plan, as
 * crun and runc are started for each of theirs. The resident launcher of `container` is warm; this one shows
 * what being warm is worth, and is what those two are fairly compared with.
 *
 * The resident launcher starts the cold one as it starts any program. The mark channel is handed on from one to
 * the other, so the clock is the same.
 */
import { cgroupDirectories } from '../cgroup/steps.ts';
import { StartFailure } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { hierarchy } from '../instance.ts';
import { LAUNCHER_PROGRAM } from '../launcher/client.ts';
import { stepFailure } from '../launcher/failure.ts';
import type { Slot } from '../launcher/prepared.ts';
import { encodeLaunch } from '../launcher/wire.ts';
import type { Plan } from '../plan.ts';
import type { Ended, StartRequest } from '../runtime.ts';
import { clone, descriptors, exec, memoryFile, ownCgroup } from '../steps.ts';
import { imageDisk, type Making } from './box.ts';
import { containerPlan } from './plan.ts';
import { ownSession, program } from './program.ts';
import type { ContainerSpec } from './spec.ts';

/** What the cold launcher performs. */
function innerPlan(image: Image, spec: ContainerSpec, slot: Slot, request: StartRequest): Plan {
  const why = 'its own streams, handed on by whoever started it';
  return containerPlan(spec, slot, {
    streams: descriptors({ stdin: 'inherit', stdout: 'inherit', stderr: 'inherit', mark: request.what === 'workload' ? 'inherit' : false }, why),
    exec: program(image, spec, request),
    session: ownSession(request),
  });
}

function coldPlan(image: Image, spec: ContainerSpec, slot: Slot, request: StartRequest): Plan {
  const streams = request.what === 'command' ? request.streams : 'capture';
  return [
    descriptors({ stdin: streams === 'inherit' ? 'inherit' : 'null', stdout: streams, stderr: streams, mark: request.what === 'workload' }, 'standard streams, and the channel on which the workload says that it is ready'),
    ...(spec.limits === null ? [] : cgroupDirectories(hierarchy(), slot, spec.limits).map((path) => ownCgroup(path, 'made by the cold launcher; should that be killed, it is removed all the same'))),
    memoryFile(encodeLaunch(1, innerPlan(image, spec, slot, request)), 'the container’s plan'),
    clone([], '', 'a process for the cold launcher'),
    exec(LAUNCHER_PROGRAM, ['tare-launcher', '--perform'], [], 'the launcher, started for this one container'),
  ];
}

/** The cold launcher names the step that failed; here it becomes the sentence that the warm one's failures get. */
function coldEnd(plan: Plan, ended: Ended): StartFailure {
  const failed = /^tare-launcher: failed (\d+) (\d+) (.*)$/m.exec(ended.output);
  if (failed !== null) return stepFailure(plan, Number(failed[1]), Number(failed[2]), failed[3] ?? '');
  return new StartFailure('ended', `the container ended (status ${ended.status}) before it was ready`, 'its output, if any, is in the log', ended.output);
}

export function cold(image: Image): Making {
  return {
    plan: (spec, slot, request) => coldPlan(image, spec, slot, request),
    options: (spec, request) => ({ explain: (ended) => coldEnd(innerPlan(image, spec, { launcherPid: 0, number: 0 }, request), ended) }),
    disk: imageDisk(image),
    ...(image.servicePort === undefined ? {} : { servicePort: image.servicePort }),
  };
}
