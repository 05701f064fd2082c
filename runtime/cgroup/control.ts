/**
 * The cgroup of a running instance: what it has used, and the means to hold it still or to end it.
 *
 * Sources: Documentation/admin-guide/cgroup-v2.rst; cgroup-v1/{cpuacct,freezer-subsystem}.rst.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TareError } from '../errors.ts';
import type { Slot } from '../launcher/prepared.ts';
import type { CgroupHierarchy, Controller } from './hierarchy.ts';
import { cgroupPath } from './steps.ts';
import { slotName } from '../launcher/prepared.ts';

/** How a state is asked for, and how one sees that it has come. */
interface Switch {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  frozen(): boolean;
}

const PATIENCE_MS = 2_000;

export class CgroupControl {
  readonly #hierarchy: CgroupHierarchy;
  readonly #slot: Slot;

  constructor(hierarchy: CgroupHierarchy, slot: Slot) {
    this.#hierarchy = hierarchy;
    this.#slot = slot;
  }

  /**
   * Processor time of all its processes, those that have ended included, in microseconds.
   * @throws {TareError} `host` where the instance has no cgroup that counts it: on v1, one started without `cpuTime`
   */
  cpuMicroseconds(): number {
    const version = this.#hierarchy.controllers.get('cpu')?.version;
    if (version === 2) return Number(/^usage_usec (\d+)$/m.exec(this.#read('cpu', 'cpu.stat'))?.[1]);
    const accounting = this.#hierarchy.controllers.get('cpuacct');
    // Mounted together, as systemd does it, the two share a directory.
    const together = accounting !== undefined && accounting.mount === this.#hierarchy.controllers.get('cpu')?.mount;
    return Math.round(Number(this.#read(together ? 'cpu' : 'cpuacct', 'cpuacct.usage')) / 1000);
  }

  /** The most it was ever charged, in bytes; `null` on a v2 kernel before 5.19, which does not keep it. */
  peakBytes(): number | null {
    const version = this.#hierarchy.controllers.get('memory')?.version;
    try {
      return Number(this.#read('memory', version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes'));
    } catch (error) {
      if (version === 2 && (error as { cause?: NodeJS.ErrnoException }).cause?.code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Stops all its processes where they stand, until `thaw`. Resolves once they stand.
   * @throws {TareError} `host` when it was started without `freezable` on a v1 host, or does not come to rest
   */
  async freeze(): Promise<void> {
    await this.#turn(true);
  }

  async thaw(): Promise<void> {
    await this.#turn(false);
  }

  /** Ends every process in it: by one write where the kernel has `cgroup.kill`, which no fork outruns, else one by one. */
  kill(): void {
    if (this.#hierarchy.controllers.get('memory')?.version === 2) {
      try {
        writeFileSync(`${this.#directory('memory')}/cgroup.kill`, '1');
        return;
      } catch {
        // before Linux 5.14
      }
    }
    for (const pid of this.#read('memory', 'cgroup.procs').split('\n').filter(Boolean).map(Number)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone already
      }
    }
  }

  async #turn(freeze: boolean): Promise<void> {
    const control = this.#switch();
    try {
      writeFileSync(control.file, freeze ? control.freeze : control.thaw);
    } catch (error) {
      throw new TareError('host', `cannot ${freeze ? 'freeze' : 'thaw'} ${slotName(this.#slot)}: ${(error as Error).message}`, 'it has ended, or was started without `freezable`', { cause: error });
    }
    for (const end = Date.now() + PATIENCE_MS; control.frozen() !== freeze; await sleep(1)) {
      if (Date.now() > end) throw new TareError('host', `${slotName(this.#slot)} did not ${freeze ? 'come to rest' : 'go on'} within ${PATIENCE_MS} ms`, 'one of its processes waits in the kernel; try again');
    }
  }

  #switch(): Switch {
    const { unified, controllers } = this.#hierarchy;
    const memory = controllers.get('memory');
    if (memory?.version === 2 && unified !== null) {
      const directory = this.#directory('memory');
      return { file: `${directory}/cgroup.freeze`, freeze: '1', thaw: '0', frozen: () => /^frozen 1$/m.test(readFileSync(`${directory}/cgroup.events`, 'utf8')) };
    }
    const file = `${this.#directory('freezer')}/freezer.state`;
    return { file, freeze: 'FROZEN', thaw: 'THAWED', frozen: () => readFileSync(file, 'utf8').trim() === 'FROZEN' };
  }

  #directory(controller: Controller): string {
    const directory = cgroupPath(this.#hierarchy, this.#slot, controller);
    if (directory === null) throw new TareError('host', `no cgroup controller ${controller} on this host (mode ${this.#hierarchy.mode})`, 'mount it, or see tare doctor');
    return directory;
  }

  #read(controller: Controller, file: string): string {
    try {
      return readFileSync(`${this.#directory(controller)}/${file}`, 'utf8').trim();
    } catch (error) {
      if (error instanceof TareError) throw error;
      throw new TareError('host', `cannot read ${file} of ${slotName(this.#slot)}: ${(error as Error).message}`, 'the instance was started without a cgroup, or has ended', { cause: error });
    }
  }
}
