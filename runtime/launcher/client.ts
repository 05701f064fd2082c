/**
 * The launcher's client: starts it, sends it plans, hands its events to whoever asked.
 *
 * Only this module speaks to the launcher. The socket is an inherited pair, so nobody else can; when it
 * closes, even because this process was killed outright, the launcher removes everything it started.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { TareError } from '../errors.ts';
import type { Plan } from '../plan.ts';
import { PreparedPlan, type Slot } from './prepared.ts';
import { encodeSignal, EventReader, type LauncherEvent } from './wire.ts';

export const LAUNCHER_PROGRAM = fileURLToPath(new URL('.built/tare-launcher', import.meta.url));

export interface LaunchListener {
  /** An event of this instance; `cleaned` is always the last, unless the launcher is lost. */
  event(event: LauncherEvent): void;
  /** The launcher is gone; what it had started is being removed, or already is. */
  lost(error: TareError): void;
}

export interface LauncherOptions {
  /** Give it this process's standard streams, for instances that `inherit` them. */
  readonly terminal?: boolean;
}

export class Launcher {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #listeners = new Map<number, LaunchListener>();
  readonly #gone: Promise<void>;
  #next = 1;
  #closed = false;
  #stderr = '';

  private constructor(child: ChildProcess, socket: Socket, pid: number, reader: EventReader) {
    this.#child = child;
    this.#socket = socket;
    this.pid = pid;
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-4096)));
    socket.on('data', (chunk: Buffer) => this.#receive(reader, chunk));
    socket.on('error', () => undefined); // 'close' follows, and says all there is to say
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#lose(code, signal);
        resolve();
      });
    });
  }

  /**
   * Starts a launcher and waits for its greeting.
   * @throws {TareError} `launcher` when it is not built or does not start
   */
  static async open(options: LauncherOptions = {}): Promise<Launcher> {
    if (!existsSync(LAUNCHER_PROGRAM)) {
      throw new TareError('launcher', `the launcher is not built: ${LAUNCHER_PROGRAM} does not exist`, 'run: make setup');
    }
    const streams = options.terminal === true ? 'inherit' : 'ignore';
    const child = spawn(LAUNCHER_PROGRAM, [], {
      stdio: [streams, streams, options.terminal === true ? 'inherit' : 'pipe', 'pipe'],
      // A session of its own keeps the terminal's Ctrl-C away from instances: the client decides.
      detached: options.terminal !== true,
      env: {},
    });
    const socket = child.stdio[3] as Socket;
    const reader = new EventReader();
    const pid = await new Promise<number>((resolve, reject) => {
      const fail = (cause: string): void =>
        reject(new TareError('launcher', `the launcher did not start: ${cause}`, 'run: make -C runtime/launcher clean && make setup'));
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`));
      socket.once('data', (chunk: Buffer) => {
        try {
          reader.push(chunk, (_id, event) => {
            if (event.kind === 'hello') resolve(event.pid);
          });
        } catch (error) {
          child.kill('SIGKILL');
          fail(String(error));
        }
      });
    });
    child.removeAllListeners('exit');
    return new Launcher(child, socket, pid, reader);
  }

  /** The name of the next instance. */
  slot(): Slot {
    return { launcherPid: this.pid, number: this.#next++ };
  }

  /**
   * Makes a plan ready to be started many times.
   * @throws {RangeError} when it is too long for one message
   */
  prepare(makePlan: (slot: Slot) => Plan): PreparedPlan {
    return new PreparedPlan({ launcherPid: this.pid, number: 0 }, makePlan);
  }

  /**
   * Sends the plan. Its outcome arrives as `started`, `failed` (then `cleaned`) or `error`.
   * @throws {TareError} `launcher` when the launcher is gone
   */
  launch(slot: Slot, plan: PreparedPlan): void {
    if (this.#closed) throw this.#lostError();
    this.#socket.write(plan.message(slot));
  }

  /** Who hears of an instance. To be said in the same turn as `launch`, and after it: the launcher is at work by then. */
  listen(slot: Slot, listener: LaunchListener): void {
    this.#listeners.set(slot.number, listener);
  }

  /** Sends a signal to an instance's main process; to one that has ended, nothing happens. */
  signal(slot: Slot, signal: number): void {
    if (!this.#closed) this.#socket.write(encodeSignal(slot.number, signal));
  }

  /** Ends the launcher; instances still running are killed and removed. Resolves when all is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#socket.end();
    await this.#gone;
    this.#socket.destroy();
  }

  #receive(reader: EventReader, chunk: Buffer): void {
    try {
      reader.push(chunk, (id, event) => {
        const listener = this.#listeners.get(id);
        if (event.kind === 'cleaned' || event.kind === 'error') this.#listeners.delete(id);
        listener?.event(event);
      });
    } catch (error) {
      this.#stderr += String(error);
      this.#child.kill('SIGKILL');
    }
  }

  #lose(code: number | null, signal: NodeJS.Signals | null): void {
    const expected = this.#closed;
    this.#closed = true;
    if (!expected) this.#stderr += ` (ended with ${signal ?? code})`;
    const error = this.#lostError();
    for (const listener of this.#listeners.values()) listener.lost(error);
    this.#listeners.clear();
  }

  #lostError(): TareError {
    return new TareError('launcher', `the launcher (pid ${this.pid}) is gone${this.#stderr === '' ? '' : `: ${this.#stderr.trim()}`}`, 'run: tare clean, then try again');
  }
}
