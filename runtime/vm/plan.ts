/**
 * The plan that starts QEMU: in a cgroup of its own, as a container is, and with the same mark channel.
 */
import { UNLIMITED } from '../cgroup/limits.ts';
import { cgroupSteps } from '../cgroup/steps.ts';
import type { CgroupHierarchy } from '../cgroup/hierarchy.ts';
import type { Slot } from '../launcher/prepared.ts';
import type { Plan } from '../plan.ts';
import type { StartRequest } from '../runtime.ts';
import { clone, descriptors, exec, memoryFile, mkdir, setsid } from '../steps.ts';
import { argv, type MachineOptions } from './qemu/arguments.ts';
import { qmpDirectory, qmpSocket } from './qmp/socket.ts';

/**
 * The cgroup has no limits. The guest's memory is bounded by -m and its processors by -smp; QEMU needs some 130
 * MiB of its own besides, and a limit of -m would kill it.
 */
export function qemuPlan(program: string, options: MachineOptions, hierarchy: CgroupHierarchy, slot: Slot, request: StartRequest): Plan {
  const cgroup = cgroupSteps(hierarchy, slot, { ...UNLIMITED, cpuTime: request.what === 'workload' && request.cpuTime === true });
  const socket = options.monitor === undefined ? null : qmpSocket(slot);
  const onTerminal = request.what === 'command' && request.streams === 'inherit';
  return [
    descriptors(
      { stdin: onTerminal ? 'inherit' : 'null', stdout: onTerminal ? 'inherit' : 'capture', stderr: 'capture', mark: true },
      'the guest’s console, QEMU’s complaints, and the channel on which the guest says that it is ready',
    ),
    ...(socket === null ? [] : [mkdir(qmpDirectory(slot), 0o700, 'for QEMU’s socket: it is removed with the instance, however QEMU ends', 'mkdir for QMP')]),
    ...(options.boot.from === 'snapshot' ? [memoryFile(options.boot.state, 'the saved state of the devices: QEMU reads it from a descriptor, where a path would take it a shell and cat (5 ms)')] : []),
    ...cgroup.before,
    clone([], cgroup.cloneInto, 'a new process for QEMU, in every namespace of its parent: the box is the machine inside'),
    ...cgroup.inside,
    // On the user's terminal QEMU stays in the session, or it could not set the terminal to raw.
    ...(onTerminal ? [] : [setsid('no terminal of the host’s is within reach')]),
    exec(program, argv(program, options, socket), [], 'QEMU takes the place of the launcher’s copy and becomes the machine'),
  ];
}
