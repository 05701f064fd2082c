/**
 * Other people's ways to start the same program on the same root file system, through the same launcher,
 * with the same ready byte: descriptor 3 is handed on to what they start.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KEPT } from '../../runtime/container/capabilities.ts';
import { MASKED_DIRECTORIES, MASKED_FILES, READ_ONLY } from '../../runtime/container/paths.ts';
import type { Image } from '../../runtime/image/image.ts';
import { findInPath } from '../../runtime/image/lookup.ts';
import { hierarchy, startInstance } from '../../runtime/instance.ts';
import { Launcher } from '../../runtime/launcher/client.ts';
import type { Step } from '../../runtime/plan.ts';
import type { Box } from '../../runtime/runtime.ts';
import { clone, descriptors, exec, flags, mount, MS, umount } from '../../runtime/steps.ts';

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

/** A runtime of ours. */
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

async function commandStarter(name: string, argv: () => readonly string[], before: readonly Step[]): Promise<Starter | null> {
  const program = findInPath(name, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  if (program === null) return null;
  const launcher = await Launcher.open();
  return {
    name,
    async start() {
      const instance = await startInstance(launcher, () => [
        descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, ''),
        clone(before.length > 0 ? ['mnt'] : [], '', ''),
        ...before,
        exec(program, [name, ...argv()], ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'XDG_RUNTIME_DIR=/run'], ''),
      ]);
      const ready = await instance.ready(DEADLINE_MS);
      await instance.ended;
      const { requested, cleaned } = instance.timeline;
      return { ready: Number(ready - requested), gone: Number((cleaned ?? requested) - requested) };
    },
    close: () => launcher.close(),
  };
}

/** The image's layers copied into one tree, since these tools have no layers. */
export function flatRoot(image: Image, into: string): string {
  const root = join(into, 'root');
  for (const layer of image.layers) cpSync(layer.directory, root, { recursive: true, verbatimSymlinks: true, force: true });
  return root;
}

/** An OCI bundle that asks for what our container does. */
export function writeBundle(directory: string, root: string, workload: string, memoryBytes: number): string {
  const bundle = join(directory, 'bundle');
  mkdirSync(bundle, { recursive: true });
  const kept = KEPT.map(({ name }) => name);
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'] },
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  ];
  const config = {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [workload, 'fd:3', 'exit'],
      env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: '/',
      capabilities: { bounding: kept, effective: kept, permitted: kept },
      noNewPrivileges: true,
    },
    root: { path: root, readonly: false },
    hostname: 'tare',
    mounts,
    linux: {
      resources: { memory: { limit: memoryBytes }, cpu: { quota: 100_000, period: 100_000 }, pids: { limit: 1024 } },
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      maskedPaths: [...MASKED_FILES, ...MASKED_DIRECTORIES],
      readonlyPaths: READ_ONLY,
    },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config, null, 2));
  return bundle;
}

/** crun refuses a hybrid host whose v2 tree carries a controller: it is shown one without that tree. */
function withoutUnifiedTree(): Step[] {
  const { mode, unified } = hierarchy();
  if (mode !== 'hybrid' || unified === null) return [];
  return [mount('', '/', '', flags(MS.private, MS.rec), '', ''), umount(unified, 2, 'hide the v2 tree', '')];
}

/** Those of bwrap, crun and runc that this host has. */
export async function peerStarters(root: string, bundle: string, workload: string): Promise<Starter[]> {
  let number = 0;
  const oci = (...options: string[]) => (): string[] => ['run', ...options, '--bundle', bundle, `tare-peer-${process.pid}-${number++}`];
  const all = await Promise.all([
    commandStarter('bwrap', () => ['--unshare-all', '--bind', root, '/', '--proc', '/proc', '--dev', '/dev', workload, 'fd:3', 'exit'], []),
    commandStarter('crun', oci('--preserve-fds=1'), withoutUnifiedTree()),
    commandStarter('runc', oci('--preserve-fds=1'), []),
  ]);
  return all.filter((starter) => starter !== null);
}

export function removeTree(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
