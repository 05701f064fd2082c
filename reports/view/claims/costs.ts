/** Claims about what a virtual machine costs: each is settled by a ratio with its interval, or not at all. */
import { quantityText, timesText } from '../numbers.ts';
import type { RuntimeView } from '../runtimes.ts';
import { EMULATED_ALONE, TOO_FEW, untested, type ClaimFigure, type Direction, type Evidence, type Finding } from './evidence.ts';

/** What a claim that one thing is more than another comes to. */
function settled(direction: Direction, figures: readonly ClaimFigure[], says: { readonly more: string; readonly less: string; readonly open: string; readonly missing: string }): Finding {
  switch (direction) {
    case 'more':
      return { verdict: 'supported', why: says.more, figures };
    case 'less':
      return { verdict: 'not supported', why: says.less, figures };
    case 'open':
      return { verdict: 'not supported', why: says.open, figures };
    case 'emulated':
      return untested(EMULATED_ALONE, figures);
    case 'too few':
      return untested(TOO_FEW, figures);
    case 'missing':
      return untested(says.missing, figures);
  }
}

export function extraRam(of: Evidence): Finding {
  const { machine } = of;
  const figures = [...of.figure('memory.cgroup', of.container), ...of.figure('memory.cgroup', machine), ...of.ratio('memory.cgroup', machine, 'container'), ...of.figure('memory.taken', machine, 'kept by the guest’s kernel')];
  return settled(of.direction('memory.cgroup', machine, 'container'), figures, {
    more: 'An idle instance of the machine is charged more of the host’s memory than one of the container, by the whole interval.',
    less: 'The machine was charged less memory than the container.',
    open: 'No difference is shown.',
    missing: of.lacking('memory', machine, 'virtual machine'),
  });
}

export function extraCpu(of: Evidence): Finding {
  const { machine } = of;
  const idle = of.direction('idle-cpu.used', machine, 'process');
  // Work done a second: less of it is what the claim says.
  const work = of.direction('throughput.integer', machine, 'process');
  const figures = [...of.figure('idle-cpu.used', of.container, 'container, idle'), ...of.figure('idle-cpu.used', machine, `${machine?.name ?? ''}, idle`), ...of.ratio('throughput.integer', of.container, 'process'), ...of.ratio('throughput.integer', machine, 'process'), ...of.ratio('throughput.syscalls', machine, 'process')];
  if (idle === 'missing' && work === 'missing') return untested(of.lacking('idle-cpu', machine, 'virtual machine'), figures);
  if (idle === 'emulated' || work === 'emulated') return untested(EMULATED_ALONE, figures);
  const [wakes, slows] = [idle === 'more', work === 'less'];
  if (wakes && slows) return { verdict: 'supported', why: 'The machine uses processor time while it does nothing, and does less integer work a second than the plain process.', figures };
  if (wakes || slows) return { verdict: 'mixed', why: wakes ? 'The machine uses processor time while it does nothing; that it slows the work itself is not shown.' : 'The work itself is slowed; that an idle machine uses more processor time is not shown.', figures };
  if (idle === 'too few' || work === 'too few') return untested(TOO_FEW, figures);
  return { verdict: 'not supported', why: 'Neither idle nor at work was a difference shown.', figures };
}

export function diskOverAllocation(of: Evidence): Finding {
  const machine = of.machines.findLast(({ id }) => of.entry(id)?.disk.some(({ capacityBytes }) => capacityBytes !== null) ?? false) ?? null;
  const disks = of.entry(machine?.id ?? '')?.disk.filter(({ capacityBytes, storey }) => capacityBytes !== null && storey !== 'snapshot') ?? [];
  if (machine === null || disks.length === 0) return untested('No machine with a disk of its own was measured in this run.');
  const capacity = Math.max(...disks.map(({ capacityBytes }) => capacityBytes ?? 0));
  const allocated = of.entry(machine.id)?.disk.filter(({ storey }) => storey !== 'hypervisor').reduce((sum, item) => sum + item.allocatedBytes, 0) ?? 0;
  const plain = (label: string, value: number): ClaimFigure => ({ label, text: quantityText('bytes', value), intervalText: '', emulated: false });
  const figures = [plain('capacity', capacity), plain('allocated', allocated), ...of.figure('growth.diskSlope', machine, 'each further machine'), ...of.figure('growth.diskSlope', of.container, 'each further container')].map((each) => ({ ...each, emulated: false }));
  return capacity > allocated
    ? { verdict: 'mixed', why: `The disk promises ${timesText(capacity / allocated)} times what it holds. But a thin disk takes no more than it holds, and each further machine needs only what it writes.`, figures }
    : { verdict: 'not supported', why: 'The disk holds as much as it promises.', figures };
}

export function slowStart(of: Evidence): Finding {
  const { machine, container } = of;
  const figures = [...of.figure('startup.ready', container), ...of.machines.flatMap((each) => of.figure('startup.ready', each)), ...of.ratio('startup.ready', machine, 'container'), ...of.ratio('http.first', machine, 'container').map((each) => ({ ...each, label: `${each.label}, first HTTP answer` }))];
  const direction = of.direction('startup.ready', machine, 'container');
  const quickest = of.machines.reduce<RuntimeView | null>((best, each) => ((of.median('startup.ready', each) ?? Infinity) < (of.median('startup.ready', best) ?? Infinity) ? each : best), null);
  if (direction === 'more' && quickest !== null && quickest !== machine && of.direction('startup.ready', quickest, 'container') !== 'more') {
    return { verdict: 'mixed', why: `It holds for ${machine?.name ?? ''}; ${quickest.name}, which goes on where another machine was saved, is not shown to be slower than the container.`, figures };
  }
  return settled(direction, figures, {
    more: `Every machine that was measured takes longer than the container${quickest === null ? '' : `, the quickest (${quickest.name}) too`}.`,
    less: 'The machine was ready sooner than the container.',
    open: 'No difference is shown.',
    missing: of.lacking('startup', machine, 'virtual machine'),
  });
}

const OVERHEADS = [['startup.ready', 'start-up'], ['memory.cgroup', 'memory'], ['disk.allocated', 'disk']] as const;

export function lessOverhead(of: Evidence): Finding {
  const { machine } = of;
  const found = OVERHEADS.map(([metric, what]) => ({ what, direction: of.direction(metric, machine, 'container', metric.startsWith('disk')), figures: of.ratio(metric, machine, 'container').map((each) => ({ ...each, label: `${what}: ${each.label}`, emulated: each.emulated && !metric.startsWith('disk') })) }));
  const figures = [...found.flatMap((each) => each.figures), ...of.ratio('throughput.integer', of.container, 'process').map((each) => ({ ...each, label: `integer work: ${each.label}` }))];
  const known = found.filter(({ direction }) => direction === 'more' || direction === 'less' || direction === 'open');
  if (known.length === 0 || found.some(({ direction }) => direction === 'emulated')) {
    return untested(found.some(({ direction }) => direction === 'emulated') ? EMULATED_ALONE : of.lacking('startup', machine, 'virtual machine'), figures);
  }
  const more = known.filter(({ direction }) => direction === 'more');
  if (more.length === known.length) return { verdict: 'supported', why: `The machine takes more of ${more.map(({ what }) => what).join(', ')}.`, figures };
  return { verdict: more.length === 0 ? 'not supported' : 'mixed', why: more.length === 0 ? 'In nothing that was measured does the machine take more.' : `The machine takes more of ${more.map(({ what }) => what).join(', ')}, and not of ${known.filter((each) => !more.includes(each)).map(({ what }) => what).join(', ')}.`, figures };
}

export function betterUse(of: Evidence): Finding {
  const { machine } = of;
  const figures = [...of.figure('density.fits', of.container), ...of.figure('density.fits', machine), ...of.ratio('rate.starters2', machine, 'container').map((each) => ({ ...each, label: `starts a second: ${each.label}` }))];
  // How many fit: fewer machines is what the claim says.
  const direction = of.direction('density.fits', machine, 'container');
  return settled(direction === 'less' ? 'more' : direction === 'more' ? 'less' : direction, figures, {
    more: 'Into the same memory fit more containers than machines.',
    less: 'Into the same memory fit more machines than containers.',
    open: 'No difference is shown.',
    missing: of.lacking('density', machine, 'virtual machine'),
  });
}
