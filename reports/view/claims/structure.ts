/** Claims about how the boxes are built: settled by what the run recorded of them, not by a clock. */
import { quantityText } from '../numbers.ts';
import { untested, type ClaimFigure, type Evidence, type Finding } from './evidence.ts';

function plain(label: string, text: string): ClaimFigure {
  return { label, text, intervalText: '', emulated: false };
}

export function wholeFilesystem(of: Evidence): Finding {
  const { image } = of.result;
  const entry = of.entry(of.container?.id ?? '');
  if (of.container === null || entry === undefined) return untested('No container was measured in this run.');
  const figures = [...image.layers.map((layer) => plain(`layer ${layer.name}`, `${quantityText('bytes', layer.allocatedBytes)}, ${layer.files} files`)), plain('of those, a kernel', 'none')];
  const rooted = entry.plan.some(({ op }) => op.includes('pivot'));
  if (!rooted) return untested('The container of this run kept the host’s root file system.', figures);
  return { verdict: 'supported', why: 'The app ran with the image’s layers as its whole root: its plan leaves the host’s by pivot_root before the app starts. A kernel is not among them.', figures };
}

/** Settled by what was seen inside: a kernel's boot id is made anew by every boot, so the same one is the same kernel. */
export function sharedKernel(of: Evidence): Finding {
  const seen = of.runtimes.flatMap((runtime) => {
    const witness = of.entry(runtime.id)?.witness;
    return witness === undefined || runtime.notMeasured !== null ? [] : [{ runtime, witness }];
  });
  const figures = [plain('kernel of the host', of.result.host.os.kernel), ...seen.map(({ runtime, witness }) => plain(`inside ${runtime.name}`, `${witness.kernel}, ${witness.hostsKernel ? 'the host’s very kernel' : 'a boot of its own'}`))];
  const containers = seen.filter(({ runtime }) => runtime.kind === 'container');
  const machines = seen.filter(({ runtime }) => runtime.kind === 'vm');
  if (containers.length === 0 || machines.length === 0) return untested('Not both a container and a machine were asked, from inside, which kernel they run on.', figures);
  const shared = containers.every(({ witness }) => witness.hostsKernel);
  const own = machines.every(({ witness }) => !witness.hostsKernel);
  if (shared && own) return { verdict: 'supported', why: 'Asked from inside, the container names the host’s kernel by the id of its boot; the machine names another.', figures };
  return { verdict: 'not supported', why: shared ? 'A machine ran on the host’s kernel.' : 'A container did not run on the host’s kernel.', figures };
}

export function virtualHardware(of: Evidence): Finding {
  const { machine } = of;
  const words = of.entry(machine?.id ?? '')?.command ?? [];
  const devices = words.filter((word) => word === '-device').length;
  if (machine === null || words.length === 0) return untested('No machine’s command line was recorded in this run.');
  return {
    verdict: 'supported',
    why: `QEMU was asked for a machine of type ${words[words.indexOf('-machine') + 1]?.split(',')[0] ?? 'default'}; the guest finds processors, memory and devices that are programs.`,
    figures: [plain('devices asked for by name', String(devices)), plain('memory it believes to have', quantityText('bytes', of.entry(machine.id)?.configuredMemoryBytes ?? 0)), ...of.machines.filter((each) => each !== machine).map((each) => plain(`devices asked for in ${each.name}`, String((of.entry(each.id)?.command ?? []).filter((word) => word === '-device').length)))],
  };
}

const SYSTEM = ['base', 'guest-kernel', 'initramfs', 'boot-loader'] as const;

export function fullGuestOs(of: Evidence): Finding {
  const rows = of.machines.map((machine) => {
    const system = (of.entry(machine.id)?.disk ?? []).filter(({ storey }) => (SYSTEM as readonly string[]).includes(storey));
    return { machine, bytes: system.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0), storeys: new Set(system.map(({ storey }) => storey)).size };
  });
  const full = rows.find(({ machine }) => machine.id === 'vm-full');
  const figures = [...rows.map(({ machine, bytes }) => plain(`system under the app in ${machine.name}`, quantityText('bytes', bytes))), ...['firmware', 'boot-loader', 'kernel', 'initramfs', 'init'].flatMap((phase) => of.figure(`phases.${phase}`, of.machine, `${phase.replace('-', ' ')}, at each boot`))];
  if (full === undefined) return untested('The machine as people run it (vm-full) was not measured in this run.', figures);
  const least = rows.filter(({ machine }) => machine.id !== 'vm-full').sort((a, b) => a.bytes - b.bytes)[0];
  if (least === undefined) return { verdict: 'supported', why: 'Under the app lie boot loader, kernel, init system and a user land of their own.', figures };
  return { verdict: 'mixed', why: `As machines are usually run, yes. But ${least.machine.name} starts the same app with ${quantityText('bytes', least.bytes)} of system, and a machine can run with none: it is practice, not necessity.`, figures };
}

export function manualSteps(of: Evidence): Finding {
  const { provision } = of.result.image;
  const times = [of.container, of.machine].flatMap((runtime) => {
    const took = of.entry(runtime?.id ?? '')?.provisionMs ?? null;
    return runtime === null || took === null ? [] : [plain(`making ready: ${runtime.name}`, quantityText('ms', took))];
  });
  const figures = [plain('building the image, for both', `${quantityText('ms', provision.milliseconds)}, ${provision.steps.length} steps`), ...times];
  return untested('How much of it people do by hand is not a figure of a run. What our own builders take, without a hand, is shown.', figures);
}

const PILLARS = [
  ['namespaces', /CLONE_NEW/],
  ['cgroups', /cgroup/i],
  ['capabilities', /capabilit/i],
  ['seccomp', /seccomp/i],
] as const;

export function isolation(of: Evidence): Finding {
  const entry = of.entry(of.container?.id ?? '');
  if (of.container === null || entry === undefined || entry.plan.length === 0) return untested('No container’s plan was recorded in this run.');
  const steps = entry.plan.map(({ op, label, text }) => `${op} ${label} ${text}`);
  const found = PILLARS.filter(([, pattern]) => steps.some((step) => pattern.test(step))).map(([name]) => name as string);
  const label = steps.some((step) => /selinux/i.test(step));
  const seen = entry.witness?.processes;
  const figures = [plain('used by this container', found.join(', ')), ...(seen === undefined ? [] : [plain('processes it can see', String(seen))]), plain('SELinux on this host', of.result.host.selinux), plain('steps in its plan', String(entry.plan.length))];
  const both = found.includes('namespaces') && found.includes('cgroups');
  if (both && label) return { verdict: 'supported', why: 'The container was put into namespaces, a cgroup and an SELinux context, by the steps of its plan.', figures };
  if (both) return { verdict: 'mixed', why: 'Namespaces and cgroups, yes, by the steps of its plan. This host has no SELinux to set a label with: that pillar was not tested here.', figures };
  return { verdict: 'not supported', why: `The plan uses only ${found.join(', ') || 'none of them'}.`, figures };
}
