/** The sample with all that can be measured of starting: phases, cold starts, a ladder of rungs. Figures were made up. */
import { resultDocument, type Metric, type ResultDocument, type RuntimeEntry, type Statistic } from '../../benchmarks/result/schema.ts';
import { sampleResult, type SampleOptions } from './sample.ts';

const PHASES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  process: { runtime: 0.32, service: 0.1 },
  container: { runtime: 1.5, service: 0.2 },
  'vm-micro': { qemu: 90, kernel: 1100, service: 40 },
};
const COLD: Readonly<Record<string, number>> = { process: 1.9, container: 9.5, 'vm-micro': 1900 };
const RUNGS = [['fork and exec', 0.42], ['+ mount namespace', 0.5], ['+ network namespace', 1.2], ['+ cgroup', 1.3], ['+ overlay root', 1.4], ['+ seccomp', 1.7]] as const;

function metric(benchmark: string, name: string, primary: boolean): Metric {
  return { id: `${benchmark}.${name}`, benchmark, name, title: name, unit: 'ms', definition: `What ${name} counts.`, anchor: `${benchmark}-${name}`, primary, ...(benchmark === 'phases' ? { sparse: true } : {}) };
}

function statistic(of: string, runtime: string, emulated: boolean, median: number): Statistic {
  return { metric: of, runtime, emulated, n: 8, failed: 0, summary: { median, low: median * 0.95, high: median * 1.05, min: median * 0.9, max: median * 1.2, mean: median, standardDeviation: median * 0.05, p90: null, p95: null, p99: null, outliers: [] } };
}

function rung(of: RuntimeEntry, title: string, index: number): RuntimeEntry {
  return { ...of, id: `ladder-${index}`, rung: title, kind: 'container', emulated: false, accelerator: null, acceleratorReason: null, command: [], disk: [] };
}

export function startingResult(options: SampleOptions = {}): ResultDocument {
  const result = sampleResult(options);
  const [first] = result.runtimes;
  const emulated = (id: string): boolean => result.runtimes.find((each) => each.id === id)?.emulated === true;
  const present = (id: string): boolean => result.runtimes.some((each) => each.id === id && each.state.state === 'measured');
  const phases = [...new Set(Object.values(PHASES).flatMap((each) => Object.keys(each)))];
  const benchmarks = ['startup', 'phases', 'ladder', ...result.run.options.benchmarks.filter((id) => id !== 'startup'), 'cold'];
  return resultDocument.parse({
    ...result,
    run: { ...result.run, options: { ...result.run.options, benchmarks } },
    metrics: [...result.metrics, ...['runtime', 'qemu', 'kernel', 'service'].filter((name) => phases.includes(name)).map((name) => metric('phases', name, name === 'service')), metric('ladder', 'ready', true), metric('cold', 'ready', true)],
    runtimes: [...result.runtimes, ...(first === undefined ? [] : RUNGS.map(([title], index) => rung(first, title, index)))],
    statistics: [
      ...result.statistics,
      ...Object.entries(PHASES).flatMap(([id, parts]) => (present(id) ? Object.entries(parts).map(([name, median]) => statistic(`phases.${name}`, id, emulated(id), median)) : [])),
      ...Object.entries(COLD).flatMap(([id, median]) => (present(id) ? [statistic('cold.ready', id, emulated(id), median)] : [])),
      ...(first === undefined ? [] : RUNGS.map(([, median], index) => statistic('ladder.ready', `ladder-${index}`, false, median))),
    ],
  });
}
