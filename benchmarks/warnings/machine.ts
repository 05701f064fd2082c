/** What about the machine speaks against its figures: told from host facts alone. */
import type { Conditions, Host, RuntimeEntry, Warning } from '../result/schema.ts';

/** A load above this share of the processors when a run begins means that something else is at work. */
const BUSY_SHARE = 0.5;

export function machineWarnings(host: Host, conditions: Conditions, runtimes: readonly RuntimeEntry[]): Warning[] {
  // A twin is what its runtime is.
  const boxes = runtimes.filter(({ twinOf }) => twinOf === undefined);
  return [...emulation(boxes), ...unavailable(boxes), ...load(host, conditions), ...governor(host), ...swap(conditions)];
}

function emulation(runtimes: readonly RuntimeEntry[]): Warning[] {
  const emulated = runtimes.filter((entry) => entry.emulated);
  if (emulated.length === 0) return [];
  const reasons = [...new Set(emulated.flatMap(({ acceleratorReason }) => acceleratorReason ?? []))];
  return [
    {
      id: 'emulated',
      symptom: `${emulated.map(({ id }) => id).join(', ')} ran under TCG, an emulation of the processor in software: these figures say nothing about hardware virtualisation.`,
      cause: reasons.length > 0 ? `KVM was not used: ${reasons.join('; ')}` : 'KVM was not used.',
      remedy: 'Run on a host where KVM works; tare doctor says what is missing on this one.',
    },
  ];
}

function unavailable(runtimes: readonly RuntimeEntry[]): Warning[] {
  return runtimes.flatMap(({ id, state }) =>
    state.state === 'measured' ? [] : [{ id: 'unavailable', symptom: `${id} was not measured.`, cause: state.reason, remedy: state.remedy }],
  );
}

function load(host: Host, { loadAverage1 }: Conditions): Warning[] {
  if (loadAverage1 === null || loadAverage1 <= host.cpu.logical * BUSY_SHARE) return [];
  return [
    {
      id: 'load',
      symptom: `The load average was ${loadAverage1.toFixed(2)} on ${host.cpu.logical} processors when the run began.`,
      cause: 'Other programs compete for the processors; starts take longer and scatter more.',
      remedy: 'Stop other programs, wait until the load is below half the number of processors, and run again.',
    },
  ];
}

function governor({ cpu }: Host): Warning[] {
  if (cpu.governor === null || cpu.governor === 'performance') return [];
  return [
    {
      id: 'governor',
      symptom: `The processors’ frequency governor is “${cpu.governor}”.`,
      cause: 'The clock speed follows the load, so short starts after an idle gap may run at a low clock.',
      remedy: 'For comparable figures: cpupower frequency-set -g performance',
    },
  ];
}

function swap({ swapUsedBytes }: Conditions): Warning[] {
  if (swapUsedBytes === null || swapUsedBytes === 0) return [];
  return [
    {
      id: 'swap',
      symptom: `${Math.ceil(swapUsedBytes / 2 ** 20)} MiB of swap were in use when the run began.`,
      cause: 'Pages that are swapped out are missing from resident memory, and reading them back takes time.',
      remedy: 'Free memory, then: swapoff -a && swapon -a',
    },
  ];
}
