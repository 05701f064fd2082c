import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { fakeRuntimes } from '../../runtime/fake/runtime.ts';
import { ladder } from '../../runtime/fake/ladder.ts';
import { PROFILES } from '../../benchmarks/profiles.ts';
import { planRun } from '../../benchmarks/run.ts';
import { repeatable } from './command-line.ts';
import { refuseContradictions } from './given.ts';
import type { BenchArguments } from './options.ts';
import { Settings } from './settings.ts';
import { wishOf } from './wish.ts';

const runtimes = fakeRuntimes(ladder());
const available = { usual: runtimes, all: runtimes, rungs: [] };

function plan(argv: BenchArguments): ReturnType<typeof planRun> {
  refuseContradictions(argv);
  return planRun(wishOf(new Settings(argv, null), available).options);
}

for (const [what, argv, words] of [
  ['--resume with --seed', { resume: 'run', seed: 'x' }, /--resume run and --seed x contradict each other: a run that goes on keeps/],
  ['--resume with --no-hostname', { resume: 'run', hostname: false }, /--resume run and --no-hostname contradict/],
  ['--resume with --out', { resume: 'run', out: 'x' }, /--resume run and --out x contradict/],
  ['--resume with --like', { resume: 'run', like: 'r.json' }, /--resume run and --like r\.json contradict/],
  ['--like with --profile', { like: 'r.json', profile: 'quick' }, /--like r\.json and --profile quick contradict each other: the run is repeated/],
  ['--like with --run', { like: 'r.json', run: 'nightly' }, /--like r\.json and --run nightly contradict/],
  ['--samples with a profile that has a pilot', { samples: '30', profile: 'thorough' }, /--samples 30 and --profile thorough contradict each other: .*pilot/],
  ['an accelerator without virtual machines', { accelerator: 'kvm', runtimes: ['process', 'container'] }, /--accelerator kvm and --runtimes process,container contradict/],
  ['two that want standard output', { json: true, markdown: '-' }, /--json and --markdown - both want standard output/],
  ['a seed given twice', { seed: ['a', 'b'] }, /--seed was given 2 times: "a" and "b"/],
  ['samples of a benchmark that is not measured', { samples: 'memory=3', benchmarks: ['startup'] }, /--samples names "memory", which is not measured/],
  ['samples of nothing', { samples: 'startpu=3' }, /--samples: there is no "startpu"/],
  ['samples that are none', { samples: 'startup=0' }, /--samples: "0" is not a whole number of at least 1/],
  ['every of a runtime that is not measured', { every: 'vm-full=4', runtimes: ['process,vm-micro'] }, /--every: there is no "vm-full"/],
  ['every without a runtime', { every: '4' }, /--every: "4" names no runtime/],
  ['every none', { every: 'vm-micro=0' }, /--every: "0" is not a whole number of at least 1/],
  ['every twice', { every: 'vm-micro=2,vm-micro=3' }, /--every names "vm-micro" twice/],
  ['a budget that nothing spends', { budget: '1G', benchmarks: ['startup'] }, /--budget 1G and --benchmarks startup contradict each other: only density/],
  ['a budget in a profile without density', { budget: '1G' }, /--budget 1G and profile quick contradict/],
  ['a machine without vm-micro', { machine: 'q35', runtimes: ['process'] }, /--machine q35 and --runtimes process contradict each other: only vm-micro/],
  ['an empty seed', { seed: '' }, /--seed: "" is no seed/],
  ['memory in which nothing fits', { memory: '1' }, /--memory: 1 is less than 1048576 bytes/],
  ['a deadline beyond an hour', { deadline: '1e9' }, /--deadline: 1e9 is over 3600/],
  ['samples twice', { samples: 'startup=2,startup=3' }, /--samples names "startup" twice/],
] as readonly [string, BenchArguments, RegExp][]) {
  test(`${what}: refused, with both names`, (t) => {
    const error = t.throws(() => plan(argv), { instanceOf: TareError, message: words });
    t.is(error.code, 'usage');
    t.not(error.remedy, '');
  });
}

test('what goes together is not refused', (t) => {
  t.notThrows(() => refuseContradictions({ resume: 'run', json: true, images: false, 'dry-run': true }));
  t.notThrows(() => refuseContradictions({ like: 'r.json', out: 'x', csv: '-', hostname: false }));
  t.is(plan({ profile: 'thorough', samples: 'startup=7' }).options.rounds['startup'], 7);
});

test('samples are of all benchmarks, or by benchmark', (t) => {
  t.deepEqual(plan({ samples: '7', benchmarks: ['startup,memory'] }).options.rounds, { startup: 7, memory: 7 });
  t.deepEqual(plan({ samples: 'memory=7', benchmarks: ['startup,memory'] }).options.rounds, { startup: PROFILES.quick.rounds.startup, memory: 7 });
});

test('a runtime is visited in every k-th round, in place of what the profile says', (t) => {
  t.deepEqual(plan({ every: 'vm-micro=4,process=2' }).options.every, { ...plan({}).options.every, 'vm-micro': 4, process: 2 });
  t.deepEqual(plan({ profile: 'thorough', every: 'vm-micro=1' }).options.every['vm-micro'], undefined, 'as often as the others');
});

for (const argv of [
  { seed: 's' },
  { seed: 's', every: 'vm-micro=4' },
  { seed: 's', every: 'vm-micro=1,container=3', profile: 'thorough' },
  { seed: 's', profile: 'standard', samples: '3', aa: [false] as unknown as readonly string[] },
  { seed: 's', samples: 'startup=5,memory=2', benchmarks: ['startup,memory'], gap: '0', settle: '1', cpus: '0.5', memory: '64M', deadline: '2' },
  { seed: 's', profile: 'thorough', samples: 'startup=1000' },
] as readonly BenchArguments[]) {
  test(`the command line that is recorded gives the same plan: ${JSON.stringify(argv)}`, (t) => {
    const wanted = plan(argv);
    const words = repeatable(wanted, 'tiny').slice(2);
    const again: Record<string, string | boolean | undefined> = {};
    for (const [index, word] of words.entries()) {
      if (word === '--no-aa') again['aa'] = false;
      else if (word.startsWith('--')) again[word.slice(2)] = words[index + 1];
    }
    t.deepEqual(plan(again), wanted);
  });
}
