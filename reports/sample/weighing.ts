/** The sample with all that can be measured of memory, disk, work and neighbours. Figures were made up. */
import { resultDocument, type Comparison, type Metric, type ResultDocument, type Statistic } from '../../benchmarks/result/schema.ts';
import type { SampleOptions } from './sample.ts';
import { startingResult } from './starting.ts';

type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

const MIB = 2 ** 20;

/** Metric → runtime → median. */
const FIGURES: Figures = {
  'memory.vsz': { process: 170_000, container: 170_000, 'vm-floor': 1500 * MIB, 'vm-micro': 1600 * MIB },
  'memory.rss': { process: 12_288, container: 10_240, 'vm-floor': 36 * MIB, 'vm-micro': 201 * MIB },
  'memory.pss': { process: 12_288, container: 10_240, 'vm-floor': 19 * MIB, 'vm-micro': 168 * MIB },
  'memory.ram': { 'vm-floor': 0, 'vm-micro': 80 * MIB },
  'memory.snapshot': { 'vm-floor': 0, 'vm-micro': 0 },
  'memory.hypervisor': { 'vm-floor': 15 * MIB, 'vm-micro': 53 * MIB },
  'memory.program': { 'vm-floor': 4 * MIB, 'vm-micro': 35 * MIB },
  'memory.taken': { 'vm-micro': 37 * MIB },
  'memory.available': { 'vm-micro': 190 * MIB },
  'disk.length': { process: 8_000, container: 2_000_000, 'vm-floor': 65_536, 'vm-micro': 54e6 },
  'disk.unique': { process: 0, container: 0, 'vm-floor': 0, 'vm-micro': 0 },
  'rate.starters1': { process: 800, container: 150, 'vm-floor': 30, 'vm-micro': 0.7 },
  'rate.starters2': { process: 1100, container: 240, 'vm-floor': 52, 'vm-micro': 1.1 },
  'rate.starters4': { process: 1100, container: 250, 'vm-floor': 55, 'vm-micro': 1.1 },
  'idle-cpu.used': { process: 0, container: 0, 'vm-floor': 2, 'vm-micro': 5.4 },
  'throughput.integer': { process: 5e8, container: 4.95e8, 'vm-micro': 4e8 },
  'throughput.syscalls': { process: 8e6, container: 7.2e6, 'vm-micro': 1.6e6 },
  'throughput.processes': { process: 2500, container: 2300, 'vm-micro': 44 },
  'density.fits': { process: 24_000, container: 9_800, 'vm-floor': 130, 'vm-micro': 8 },
  'density.started': { process: 256, container: 256, 'vm-floor': 130, 'vm-micro': 8 },
  'density.projected': { process: 0.99, container: 0.974, 'vm-floor': 0, 'vm-micro': 0 },
  'density.each': { process: 90_000, container: 214_000, 'vm-floor': 15.6 * MIB, 'vm-micro': 250 * MIB },
  'interference.start-cpu': { process: 2.1, container: 1.3, 'vm-micro': 1.2 },
  'interference.start-forks': { process: 60, container: 3, 'vm-micro': 1.4 },
  'interference.work-cpu': { process: 1.9, container: 1.2, 'vm-micro': 0.99 },
  'interference.work-forks': { process: 16, container: 2.1, 'vm-micro': 1 },
};

/** Way of counting → runtime → slope and intercept. */
const GROWTH: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  pss: { process: [7_000, 2_000], container: [6_000, 4_500], 'vm-micro': [137 * MIB, 27 * MIB] },
  cgroup: { process: [47_000, -3_000], container: [106_000, -800], 'vm-micro': [134 * MIB, -6 * MIB] },
  available: { process: [60_000, 1_000_000], container: [210_000, 900_000], 'vm-micro': [240 * MIB, 9 * MIB] },
  disk: { process: [0, 0], container: [0, 0], 'vm-micro': [0, 0] },
};
const COUNTS = [1, 2, 4, 8];

function growthFigures(): Figures {
  const figures: Record<string, Record<string, number>> = {};
  for (const [way, boxes] of Object.entries(GROWTH)) {
    for (const [box, [slope, intercept]] of Object.entries(boxes)) {
      const set = (name: string, value: number): void => void ((figures[`growth.${way}${name}`] ??= {})[box] = value);
      set('Slope', slope);
      set('Intercept', intercept);
      for (const count of COUNTS) set(String(count), intercept + slope * count);
    }
  }
  return figures;
}

const UNITS: Readonly<Record<string, Metric['unit']>> = { memory: 'bytes', disk: 'bytes', growth: 'bytes', rate: '1/s', throughput: '1/s', 'idle-cpu': 'ms/s', interference: 'ratio', density: 'count' };
const PRIMARY: readonly string[] = ['growth.cgroupSlope', 'rate.starters2', 'idle-cpu.used', 'throughput.integer', 'density.fits', 'interference.start-cpu'];
const MACHINES: readonly string[] = ['ram', 'snapshot', 'hypervisor', 'program', 'taken', 'available'].map((name) => `memory.${name}`);

function metric(id: string): Metric {
  const [benchmark = '', name = ''] = id.split('.');
  return {
    id, benchmark, name, title: name, unit: id === 'density.each' ? 'bytes' : id === 'density.projected' ? 'ratio' : (UNITS[benchmark] ?? 'count'),
    definition: `What ${name} counts.`, anchor: benchmark, primary: PRIMARY.includes(id),
    ...(MACHINES.includes(id) ? { kinds: ['vm' as const], sparse: true } : {}), ...(benchmark === 'growth' ? { sparse: true, signed: true } : {}),
  };
}

function statistic(of: string, runtime: string, emulated: boolean, median: number): Statistic {
  const ends = [median * 0.96, median * 1.04].sort((a, b) => a - b) as [number, number];
  return { metric: of, runtime, emulated, n: 8, failed: 0, summary: { median, low: ends[0], high: ends[1], min: ends[0], max: ends[1], mean: median, standardDeviation: Math.abs(median) * 0.03, p90: null, p95: null, p99: null, outliers: [] } };
}

/** Share by which two names of one runtime differed, in each metric of work. */
export const SAMPLE_NOISE = 0.06;

export function weighingResult(options: SampleOptions = {}): ResultDocument {
  const result = startingResult(options);
  const figures: Figures = { ...FIGURES, ...growthFigures() };
  const known = new Set(result.metrics.map(({ id }) => id));
  const boxes = result.runtimes.filter(({ rung, state }) => rung === undefined && state.state === 'measured');
  const emulated = (id: string): boolean => boxes.some((box) => box.id === id && box.emulated);
  const statistics = Object.entries(figures).flatMap(([id, medians]) => Object.entries(medians).flatMap(([runtime, median]) => (boxes.some((box) => box.id === runtime) ? [statistic(id, runtime, emulated(runtime), median)] : [])));
  const comparisons = Object.entries(figures).flatMap(([id, medians]) =>
    (['process', 'container'] as const).flatMap((baseline) =>
      boxes.flatMap(({ id: runtime }): Comparison[] => {
        const [value, against] = [medians[runtime], medians[baseline]];
        if (runtime === baseline || value === undefined || against === undefined || !boxes.some((box) => box.id === baseline)) return [];
        const spread = (middle: number) => ({ value: middle, low: middle - Math.abs(middle) * 0.04, high: middle + Math.abs(middle) * 0.04 });
        return [{ metric: id, runtime, baseline, ratio: against === 0 ? null : spread(value / against), difference: spread(value - against), emulated: emulated(runtime), ...(id.startsWith('throughput') ? { noise: SAMPLE_NOISE } : {}) }];
      }),
    ),
  );
  return resultDocument.parse({
    ...result,
    run: { ...result.run, options: { ...result.run.options, benchmarks: [...result.run.options.benchmarks, 'rate', 'growth', 'idle-cpu', 'throughput', 'density', 'interference'], budgetBytes: 2 * 1024 * MIB } },
    metrics: [...result.metrics, ...Object.keys(figures).filter((id) => !known.has(id)).map(metric)],
    runtimes: result.runtimes.map((each) => (each.rung !== undefined ? each : { ...each, reach: each.kind === 'vm' ? { calls: 0, conditional: 0, of: 380, text: 'None directly.' } : { calls: each.id === 'container' ? 305 : 380, conditional: 0, of: 380, text: 'Counted.' } })),
    statistics: [...result.statistics, ...statistics],
    comparisons: [...result.comparisons, ...comparisons],
  });
}
