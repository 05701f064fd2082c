/** Anything that can be started over and over and timed: boxes of ours and of peers, and the same exec from plain C. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Box } from '../../runtime/runtime.ts';

/** Nanoseconds from the request to the ready byte, and until everything was gone. */
export interface Start {
  readonly ready: number;
  readonly gone: number;
}

export interface Starter {
  readonly name: string;
  start(): Promise<Start>;
  close(): Promise<void>;
}

const DEADLINE_MS = 10_000;

/** A runtime of ours or a peer. */
export function boxStarter(name: string, box: Box): Starter {
  return {
    name,
    async start() {
      const instance = await box.start({ what: 'workload', then: 'exit', account: false });
      const ready = await instance.ready(DEADLINE_MS);
      await instance.ended;
      const { requested, cleaned } = instance.timeline;
      return { ready: Number(ready - requested), gone: Number((cleaned ?? requested) - requested) };
    },
    close: () => box.close(),
  };
}

/** The same exec from plain C: the physical limit. See fixtures/spawn-floor. */
export function floorStarter(program: string, workload: string): Starter {
  const child = spawn(program, [workload, 'fd:3', 'exit'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: AsyncIterator<string> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: 'c-floor',
    async start() {
      child.stdin.write('x');
      const next = await lines.next();
      const [ready = Number.NaN, gone = Number.NaN] = next.done === true ? [] : next.value.split(' ').map(Number);
      return { ready, gone };
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
