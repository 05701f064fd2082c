/** The image whose application is a server, in the boxes that it is for: ready when the server has answered. */
import test from 'ava';
import { containerRuntime } from './container/container.ts';
import { loadImage } from './image/load.ts';
import type { BoxOptions, Runtime } from './runtime.ts';
import { vmMicro } from './vm/micro.ts';

const OPTIONS: BoxOptions = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' };

/** Generous: an emulated boot on a busy host. Nothing is judged by it. */
const DEADLINE_MS = 60_000;

const RUNTIMES: readonly Runtime[] = [containerRuntime, vmMicro];
// Asked before any test is declared: ava wants them all at once.
const states = await Promise.all(RUNTIMES.map(async (runtime) => ({ runtime, state: await runtime.availability() })));

for (const { runtime, state } of states) {
  const realTest = state.state === 'available' ? test.serial : test.skip;
  const suffix = state.state === 'available' ? '' : ` (skipped: ${state.reason})`;

  realTest(`${runtime.name}: the server is started, answers, and is ended${suffix}`, async (t) => {
    t.timeout(2 * DEADLINE_MS);
    const box = await runtime.prepare(await loadImage('web'), OPTIONS);
    try {
      const instance = await box.start({ what: 'workload', then: 'exit', account: true });
      t.true(await instance.ready(DEADLINE_MS) > instance.timeline.requested);
      const ended = await instance.ended;
      t.like(ended, { how: 'exited', status: 0 });
      t.deepEqual(ended.leftovers, []);
    } finally {
      await box.close();
    }
  });

  realTest(`${runtime.name}: Debian’s own tools run in it, and the exit code comes back${suffix}`, async (t) => {
    t.timeout(2 * DEADLINE_MS);
    const box = await runtime.prepare(await loadImage('web'), OPTIONS);
    try {
      const instance = await box.start({ what: 'command', argv: ['bash', '-c', '. /etc/os-release; echo "$ID"; nginx -v; cat /var/www/html/index.html; exit 3'], streams: 'capture' });
      const { status, output } = await instance.ended;
      t.is(status, 3, output);
      t.regex(output, /^debian|^ubuntu/m);
      t.regex(output, /nginx version: nginx\//);
      t.regex(output, /<title>tare<\/title>/);
    } finally {
      await box.close();
    }
  });
}
