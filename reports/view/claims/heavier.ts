/** What the heavier box buys. The article does not say it; an honest suite shows it. */
import { EMULATED_ALONE, untested, type Evidence, type Finding } from './evidence.ts';

export function ownKernel(of: Evidence): Finding {
  const host = of.result.host.os.kernel;
  const own = of.machines.filter(({ id }) => of.entry(id)?.versions['linux'] !== undefined);
  if (own.length === 0) return untested('No machine with a kernel of its own was measured in this run.');
  const figures = own.map(({ id, name }) => ({ label: name, text: `Linux ${of.entry(id)?.versions['linux'] ?? ''}`, intervalText: '', emulated: false }));
  return { verdict: 'supported', why: `Each machine ran a kernel of its own choosing, on a host with ${host}. A container runs on the host’s, or not at all.`, figures };
}

export function smallerSurface(of: Evidence): Finding {
  const reached = of.runtimes.flatMap((runtime) => {
    const reach = of.entry(runtime.id)?.reach;
    return reach === undefined || runtime.notMeasured !== null ? [] : [{ runtime, reach }];
  });
  if (!reached.some(({ runtime }) => runtime.kind === 'vm')) return untested('What each box can ask of the host’s kernel was not recorded in this run.');
  const figures = reached.map(({ runtime, reach }) => ({ label: runtime.name, text: `${reach.calls} of ${reach.of} system calls${reach.conditional === 0 ? '' : `, ${reach.conditional} more with conditions`}`, intervalText: '', emulated: false }));
  return { verdict: 'mixed', why: 'A container’s app asks the host’s kernel itself, through a filter; a guest’s app asks its own kernel, and only the hypervisor asks the host’s. What a hole in the hypervisor would open is in its row.', figures };
}

const NEIGHBOURS = ['cpu', 'memory', 'writes', 'forks'] as const;

export function performanceIsolation(of: Evidence): Finding {
  const { container, machine } = of;
  const figures = [container, machine].flatMap((runtime) => NEIGHBOURS.flatMap((neighbour) => of.figure(`interference.work-${neighbour}`, runtime, `${runtime?.name ?? ''} beside ${neighbour}`)));
  const worst = (runtime: typeof machine): number | null => {
    const values = NEIGHBOURS.flatMap((neighbour) => of.median(`interference.work-${neighbour}`, runtime) ?? []);
    return values.length === 0 ? null : Math.min(...values);
  };
  const [light, heavy] = [worst(container), worst(machine)];
  if (light === null || heavy === null) return untested(of.lacking('interference', machine, 'virtual machine'), figures);
  if (machine?.emulated === true) return untested(EMULATED_ALONE, figures);
  return heavy > light
    ? { verdict: 'supported', why: 'Beside the neighbour that disturbs it most, the machine keeps more of its pace than the container.', figures }
    : { verdict: 'not supported', why: 'Beside the neighbour that disturbs it most, the machine keeps no more of its pace than the container.', figures };
}
