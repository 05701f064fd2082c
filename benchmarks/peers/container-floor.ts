/**
 * The physical limit of a container's start: the same steps from plain C, with nothing between. See
 * fixtures/container-floor. The command line is composed here, since a fixture knows of no image.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ALWAYS } from '../../runtime/cgroup/hierarchy.ts';
import { PIDS } from '../../runtime/container/defaults.ts';
import { TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { hierarchy } from '../../runtime/instance.ts';
import type { Starter } from './starters.ts';

export const CONTAINER_LOOP = fileURLToPath(new URL('../../fixtures/.built/container-floor/loop', import.meta.url));

export interface ContainerFloorOptions {
  readonly memoryBytes: number;
  readonly cpus: number;
  /** A file with a compiled filter, 8 bytes an instruction. */
  readonly seccompFile?: string;
  /** `host` leaves the network namespace out. */
  readonly network?: 'loopback' | 'host';
}

/** The arguments up to the program: image, limits, and where this host has its cgroups. */
export function containerFloorArguments(image: Image, options: ContainerFloorOptions): string[] {
  const places = [...hierarchy().controllers].filter(([controller]) => ALWAYS.includes(controller));
  const has = (name: string): boolean => places.some(([controller]) => controller === name);
  const unified = places.find(([, { version }]) => version === 2)?.[1].mount;
  return [
    ...image.layers.flatMap(({ directory }) => ['--layer', directory]),
    ...['--at', image.mountpoint],
    ...(has('memory') ? ['--memory', String(options.memoryBytes)] : []),
    ...(has('cpu') ? ['--cpus', String(options.cpus)] : []),
    ...(has('pids') ? ['--pids', String(PIDS)] : []),
    ...places.flatMap(([controller, { version, mount }]) => (version === 1 ? ['--cgroup1', `${controller}=${mount}`] : [])),
    ...(unified === undefined ? [] : ['--cgroup2', unified]),
    ...(options.seccompFile === undefined ? [] : ['--seccomp', options.seccompFile]),
    ...(options.network === 'host' ? ['--no-net'] : []),
  ];
}

function open(image: Image, before: readonly string[]): { child: ChildProcess; lines: AsyncIterator<string>; fail: () => TareError } {
  const child = spawn(CONTAINER_LOOP, [...before, '--', image.workload, 'fd:3', 'exit'], { stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4096)));
  child.on('error', (error) => (said += error.message));
  child.stdin.on('error', () => undefined); // it has ended; the line that does not come says so
  return {
    child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    fail: () => new TareError('launcher', `the bare loop of container starts ended: ${said.trim() || 'without a word'}`, 'run: make built'),
  };
}

/**
 * Starts one container a call; nanoseconds by the loop's own clock, so no pipe to it is in the figure.
 * @throws {TareError} (from `start`) when the loop ended; what it said is in the message
 */
export function containerFloorStarter(image: Image, options: ContainerFloorOptions): Starter {
  const { child, lines, fail } = open(image, containerFloorArguments(image, options));
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    name: 'container-floor',
    async start() {
      child.stdin?.write('x');
      const next = await lines.next();
      if (next.done === true) {
        await ended;
        throw fail();
      }
      const [ready = Number.NaN, gone = Number.NaN] = next.value.split(' ').map(Number);
      return { ready, gone };
    },
    async close() {
      child.stdin?.end();
      await ended;
    },
  };
}

/**
 * Starts a second, clean-up included, of one loop that starts back to back. Several may run at once.
 * @throws {TareError} when the loop ended before its time
 */
export async function containerFloorRate(image: Image, options: ContainerFloorOptions, seconds: number): Promise<number> {
  const { child, lines, fail } = open(image, [...containerFloorArguments(image, options), '--rate', String(seconds)]);
  const [line] = await Promise.all([lines.next(), once(child, 'close')]);
  if (line.done === true) throw fail();
  return Number(line.value);
}
