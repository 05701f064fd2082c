import test from 'ava';
import { fakeRuntimes } from '../../runtime/fake/runtime.ts';
import { Attempt } from '../rounds/attempt.ts';
import { crowd, hostMemory, LEAST_STARTED, MOST_STARTED } from './density.ts';
import { density } from './projection.ts';

const MIB = 2 ** 20;

test('a budget that was used up is counted, not reckoned', (t) => {
  t.deepEqual(density([100, 200, 300, 400], 350), { fits: 3, projected: 0, eachBytes: 100 });
  t.deepEqual(density([100, 200, 300], 50), { fits: 0, projected: 0, eachBytes: 100 });
});

test('what was not started is reckoned by the slope, and its share said', (t) => {
  const found = density([130, 230, 330, 430], 1030);
  t.deepEqual(found, { fits: 10, projected: 0.6, eachBytes: 100 });
});

test('one wild reading moves neither slope nor count', (t) => {
  const taken = Array.from({ length: 20 }, (_, index) => 100 * (index + 1));
  taken[4] = 9000;
  t.is(density(taken, 4000)?.fits, 40);
});

test('a host on which others come and go gives no density', (t) => {
  const others = [0, 900, 0, 1800, 900, 0, 900, 1800, 0, 900];
  t.is(density(others.map((bytes, index) => bytes + 20 * (index + 1)), 4000), null);
});

test('what takes nothing has no density', (t) => {
  t.is(density([0, 0, 0], 1000), null);
  t.is(density([300, 200, 100], 1000), null);
});

/** A host that has one more box's worth less each time it is read, and boxes that play along. */
async function gather(eachBytes: number, budgetBytes: number, options: { readonly total?: number; readonly incidents?: readonly unknown[] } = {}) {
  const total = options.total ?? 4096 * MIB;
  const [runtime] = fakeRuntimes({ runtimes: [{ name: 'container', kind: 'container', readyMs: 1, incidents: options.incidents ?? [] }] } as never);
  const box = await runtime?.prepare();
  if (box === undefined) throw new Error('no runtime');
  const attempt = new Attempt(box, { deadlineMs: 1000, settleMs: 0, gapMs: 0, memoryBytes: MIB, budgetBytes, signal: new AbortController().signal });
  // Those that run are counted by what the box has started, the first left out.
  const memory = () => ({ totalBytes: total, availableBytes: total - eachBytes * Math.max(0, box.instances.length - 1) });
  try {
    return { values: await crowd(attempt, memory), box };
  } finally {
    await attempt.finish();
    await box.close();
  }
}

test('they are started until the budget is used', async (t) => {
  const { values, box } = await gather(100 * MIB, 950 * MIB);
  t.deepEqual(values, { fits: 9, started: 9, projected: 0, each: 100 * MIB });
  t.is(box.instances.length, 1 + 10);
});

test('no more than the most are started: the rest is reckoned', async (t) => {
  const { values } = await gather(MIB, 2560 * MIB);
  t.deepEqual(values, { fits: 2560, started: MOST_STARTED, projected: (2560 - MOST_STARTED) / 2560, each: MIB });
});

test('the host keeps a tenth of its memory, whatever the budget', async (t) => {
  const { values, box } = await gather(100 * MIB, 4000 * MIB, { total: 1000 * MIB });
  t.is(box.instances.length, 1 + 10);
  t.is(values['started'], 10);
  t.is(values['fits'], 40);
});

test('too small a budget: the least are started all the same, and none fits', async (t) => {
  const { values, box } = await gather(100 * MIB, 50 * MIB);
  t.is(box.instances.length, 1 + LEAST_STARTED);
  t.is(values['fits'], 0);
});

test('one that does not become ready ends it, with its reason', async (t) => {
  await t.throwsAsync(gather(100 * MIB, 1000 * MIB, { incidents: [{ start: 3, what: 'ends-early' }] }), { message: /ended before it was ready/ });
});

test('memory that does not fall is no measurement', async (t) => {
  await t.throwsAsync(gather(0, 1000 * MIB), { message: /could be told from the noise/ });
});

test('the host’s memory is read', (t) => {
  const { totalBytes, availableBytes } = hostMemory();
  t.true(totalBytes > availableBytes && availableBytes > 0);
});
