/**
 * Ending a virtual machine in good order: its guest is asked, then QEMU, then nobody. Each has its time, so that
 * no machine is waited for without end.
 */
import { TareError } from '../errors.ts';
import type { QmpClient } from './qmp/client.ts';
import { quit, systemPowerdown } from './qmp/commands.ts';
import { QmpError } from './qmp/error.ts';

export interface Patience {
  /** How long a guest may take to shut down when its power button is pressed. 0: it does not listen, and is not asked. */
  readonly powerdownMs: number;
  /** After so long the button is pressed again: a guest that is up may not yet have had its button's driver, and a press is not kept. */
  readonly againMs: number;
  /** How long QEMU may take to answer that it was asked. One that does not answer hangs, and its guest is not waited for. */
  readonly answerMs: number;
  /** How long QEMU may take to end when told to: it writes back what its disks still hold. */
  readonly quitMs: number;
  /** How long the kernel may take to end a killed process. */
  readonly killMs: number;
}

export const PATIENCE: Patience = { powerdownMs: 0, againMs: 3000, answerMs: 5000, quitMs: 2000, killMs: 10_000 };

/** What is to be ended. */
export interface Running {
  readonly pid: number;
  /** Resolves when it is gone. */
  readonly ended: Promise<unknown>;
  readonly reach: () => Promise<QmpClient>;
  readonly kill: () => void;
}

export interface Shutdown {
  /** What it heeded. */
  readonly by: 'powerdown' | 'quit' | 'kill';
  /** From when it was first asked until it was gone. */
  readonly milliseconds: number;
  /** What was tried before in vain, and why it was not enough. */
  readonly tried: readonly { readonly by: 'powerdown' | 'quit'; readonly why: string }[];
}

/**
 * @throws {TareError} `host` for a process that even SIGKILL does not end in time
 */
export async function shutDown(machine: Running, patience: Patience = PATIENCE): Promise<Shutdown> {
  const began = performance.now();
  const tried: Shutdown['tried'][number][] = [];
  const done = (by: Shutdown['by']): Shutdown => ({ by, milliseconds: performance.now() - began, tried });
  for (const [by, command, limitMs] of [['powerdown', systemPowerdown, patience.powerdownMs], ['quit', quit, patience.quitMs]] as const) {
    if (limitMs === 0) continue;
    const ask = async (): Promise<void> => {
      const qmp = await machine.reach();
      await qmp.execute(command, Math.min(limitMs, patience.answerMs));
    };
    const again = by === 'powerdown' ? setInterval(() => void ask().catch(() => undefined), patience.againMs) : undefined;
    const why = await within(machine.ended, ask(), limitMs).finally(() => clearInterval(again));
    if (why === null) return done(by);
    tried.push({ by, why });
  }
  machine.kill();
  const why = await within(machine.ended, Promise.resolve(), patience.killMs);
  if (why === null) return done('kill');
  throw new TareError('host', `QEMU (pid ${machine.pid}) does not end, killed ${patience.killMs} ms ago`, `the kernel holds it: see /proc/${machine.pid}/stack and the kernel log`);
}

/** @returns null when it has ended in time, or why not: what was asked failed, or the time is up */
async function within(ended: Promise<unknown>, asked: Promise<void>, limitMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(`it had not ended ${limitMs} ms later`), limitMs)));
  const gone = ended.then(() => null);
  const failed = asked.then(
    () => gone,
    // A connection that closes is what is wanted: QEMU may end before it has answered.
    (error: unknown) => (error instanceof QmpError && error.trouble === 'closed' ? Promise.race([gone, after(CLOSED_MS, error.message)]) : (error as Error).message),
  );
  try {
    return await Promise.race([gone, failed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** From a closed connection to the end of the process. */
const CLOSED_MS = 500;

function after(milliseconds: number, message: string): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(message), milliseconds).unref());
}
