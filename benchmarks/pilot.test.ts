import test from 'ava';
import { TareError } from '../runtime/errors.ts';
import { fakeImage } from '../runtime/fake/image.ts';
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import { pilotOf, planPilot, takePilot } from './pilot.ts';
import { planRun, type RunOptions } from './plan/plan.ts';
import { PROFILES, type PilotWish } from './profiles.ts';

const { pilot } = PROFILES.thorough satisfies { pilot: PilotWish };
const runtimes = [{ id: 'process', kind: 'process' }, { id: 'vm-full', kind: 'vm' }] as const;
const WISH: RunOptions = { runtimes, profile: 'thorough', benchmarks: ['startup', 'memory'], seed: 's', gapMs: 0, settleMs: 0, deadlineMs: 1000 };

function fakes(jitter: number, incidents: readonly { every: number; what: 'ends-early' }[] = []): ReturnType<typeof fakeRuntimes> {
  return fakeRuntimes({ runtimes: [{ name: 'process', kind: 'process', readyMs: 1, jitter, incidents: [...incidents] }, { name: 'vm-full', kind: 'vm', accelerator: 'tcg', readyMs: 900, jitter: 0.01 }] });
}

function request(jitter: number, signal = new AbortController().signal): Omit<Parameters<typeof takePilot>[3], 'runtimes'> & { readonly runtimes: ReturnType<typeof fakeRuntimes> } {
  return { runtimes: fakes(jitter), image: fakeImage(), signal, on: () => undefined };
}

test('only a profile that has one makes a pilot, and only of numbers that were not given', (t) => {
  const of = (wish: RunOptions): PilotWish | null => pilotOf(planRun(wish), wish);
  t.is(of(WISH), pilot);
  t.is(of({ ...WISH, profile: 'quick' }), null);
  t.is(of({ ...WISH, rounds: { startup: 7 } }), null);
  t.is(of({ ...WISH, benchmarks: ['memory'] }), null);
  t.is(of({ ...WISH, rounds: { memory: 7 } }), pilot);
});

test('its plan starts a slow runtime less often, and in another order than the run', (t) => {
  const most = planRun(WISH);
  const { benchmarks, samples, options } = planPilot(pilot, most, WISH);
  t.deepEqual(benchmarks.map(({ benchmark }) => benchmark), ['startup']);
  t.is(samples, pilot.starts + pilot.leastStarts);
  t.not(options.seed, most.options.seed);
});

test('the runtime that scatters most fixes the rounds; the boxes are put away', async (t) => {
  const most = planRun(WISH);
  const calm = request(0.01);
  const quiet = await takePilot(pilot, most, WISH, calm);
  t.is(quiet.rounds, pilot.least);
  t.deepEqual(quiet.runtimes.map(({ runtime, n, failed }) => [runtime, n, failed]), [['process', pilot.starts, 0], ['vm-full', pilot.leastStarts, 0]]);
  t.true(calm.runtimes.every(({ boxes }) => boxes.length === 1 && boxes.every(({ closed }) => closed)));
  const wild = await takePilot(pilot, most, WISH, request(0.12));
  t.true(wild.rounds > pilot.least && wild.rounds < PROFILES.thorough.rounds.startup, `${wild.rounds}`);
  t.is(wild.runtimes[0]?.planned, wild.rounds);
  t.is(wild.most, PROFILES.thorough.rounds.startup);
  t.is((await takePilot(pilot, most, WISH, request(1))).rounds, wild.most);
});

test('failed starts are counted and do not end it', async (t) => {
  const { runtimes: seen } = await takePilot(pilot, planRun(WISH), WISH, { ...request(0.01), runtimes: fakes(0.01, [{ every: 4, what: 'ends-early' }]) });
  const failed = seen[0]?.failed ?? 0;
  t.true(failed >= 8 && failed <= 11, `${failed}`);
  t.is((seen[0]?.n ?? 0) + failed, pilot.starts);
});

test('an interrupt in the pilot ends everything before there is a run', async (t) => {
  const controller = new AbortController();
  const asked = request(0.01, controller.signal);
  let starts = 0;
  const error = await t.throwsAsync(takePilot(pilot, planRun(WISH), WISH, { ...asked, on: (event) => void (event.type === 'sample-start' && ++starts === 5 && controller.abort()) }), { instanceOf: TareError });
  t.is(error.code, 'interrupted');
  t.true(asked.runtimes.every(({ boxes }) => boxes.every(({ closed }) => closed)));
});
