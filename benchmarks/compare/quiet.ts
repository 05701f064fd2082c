/** Whether a machine was at peace while it measured: what a run was warned of, as far as it bears on a comparison. */
import type { ResultDocument } from '../result/schema.ts';

/** Warnings that say that something else had the machine, by id. The interval of a ratio knows nothing of them. */
const DISTURBED: Readonly<Record<string, string>> = {
  load: 'a high load at its start',
  steal: 'processor time taken by the hypervisor',
  'other-tenants': 'others at work',
  throttled: 'a throttled processor',
  'clock-speed': 'a changing clock speed',
  swapping: 'swapping',
  'memory-pressure': 'memory pressure',
  'disk-pressure': 'disk pressure',
};

/** `a high load at its start, others at work`; '' when it was quiet. */
function disturbances({ warnings }: ResultDocument): string {
  return [...new Set(warnings.flatMap(({ id }) => DISTURBED[id] ?? []))].join(', ');
}

/** Which side was disturbed by what, or `null` when neither was. */
export function unquiet(other: ResultDocument, baseline: ResultDocument): string | null {
  const [here, there] = [disturbances(other), disturbances(baseline)];
  if (here === '' && there === '') return null;
  return `not a quiet machine: ${here || 'nothing seen'}, against ${there || 'nothing seen'}`;
}
