import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { containerRuntime } from '../../runtime/container/container.ts';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import type { BoxOptions } from '../../runtime/runtime.ts';
import { CONTAINER_LOOP, containerFloorArguments, containerFloorRate, containerFloorStarter } from './container-floor.ts';

const rootTest = process.getuid?.() === 0 ? test : test.skip;
const needsRoot = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

const options: BoxOptions = { memoryBytes: 64 * 2 ** 20, cpus: 1, accelerator: 'auto' };

/** What makes a box, as seen from inside. Numbers of mounts and devices are new each time and left out. */
const LOOK = [
  'hostname; echo $$ $PWD; umask; ulimit -n; env | grep -v ^TERM= | sort; ls -A / /sys/class/net; cat /proc/self/cgroup',
  'grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Sig(Pnd|Blk|Ign|Cgt)|NSsid)" /proc/self/status',
  'while read id parent device rest; do echo "$rest"; done < /proc/self/mountinfo',
  'find /dev | sort | while read path; do stat -c "%n %A %u:%g %t:%T %N" $path; done',
].join('\n');

async function containerSees(): Promise<{ saw: string; seccomp: Uint8Array | null }> {
  const box = await containerRuntime.prepare(await loadImage('tiny'), options);
  try {
    const request = { what: 'command', argv: ['sh', '-c', LOOK], streams: 'capture' } as const;
    const filter = box.plan(request).find(({ op }) => op === 'seccomp')?.args[0];
    return { saw: (await (await box.start(request)).ended).output, seccomp: filter instanceof Uint8Array ? filter : null };
  } finally {
    await box.close();
  }
}

async function floorSees(seccomp: Uint8Array | null): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-floor-'));
  try {
    const seccompFile = join(directory, 'filter');
    if (seccomp !== null) writeFileSync(seccompFile, seccomp);
    const before = containerFloorArguments(await loadImage('tiny'), { ...options, ...(seccomp === null ? {} : { seccompFile }) });
    const child = spawn(CONTAINER_LOOP, [...before, '--', '/bin/sh', '-c', `exec 4>&3 3>&-; (exec 4>&-; ${LOOK}\n)\nprintf R >&4`], { stdio: 'pipe' });
    child.stdin.end('x');
    const [said] = await Promise.all([text(child.stderr), once(child, 'close')]);
    return said;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

rootTest(`the floor makes the very box that container makes${needsRoot}`, async (t) => {
  const { saw, seccomp } = await containerSees();
  t.regex(saw, /NoNewPrivs:\t1/);
  t.deepEqual((await floorSees(seccomp)).split('\n'), saw.split('\n'));
});

rootTest(`it starts one a call, by its own clock, or back to back${needsRoot}`, async (t) => {
  const starter = containerFloorStarter(await loadImage('tiny'), options);
  for (let turn = 0; turn < 3; turn++) {
    const { ready, gone } = await starter.start();
    t.true(ready > 10_000 && gone > ready && gone < 1e10, `${ready} ${gone}`);
  }
  await starter.close();
  t.true(await containerFloorRate(await loadImage('tiny'), options, 0.1) > 0);
});

rootTest(`a loop that cannot says why${needsRoot}`, async (t) => {
  const image = { ...(await loadImage('tiny')), workload: '/nowhere' };
  const starter = containerFloorStarter(image, options);
  await t.throwsAsync(() => starter.start(), { instanceOf: TareError, message: /execve.*No such file/ });
  await starter.close();
  await t.throwsAsync(() => containerFloorRate(image, options, 1), { instanceOf: TareError, message: /execve.*No such file/ });
  await t.throwsAsync(() => containerFloorRate(image, { ...options, memoryBytes: -1 }, 1), { instanceOf: TareError, message: /--memory is a number of bytes: -1/ });
});
