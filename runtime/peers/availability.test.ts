import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ctr } from './ctr.ts';
import { optionOf, socketLack } from './daemon.ts';
import { docker } from './docker.ts';
import { ALL_PEERS, PEERS } from './peers.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test.serial : test.serial.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

for (const peer of ALL_PEERS) {
  test.serial(`${peer.name}: without its program, says which and how to get it`, async (t) => {
    const path = process.env['PATH'];
    t.teardown(() => void (process.env['PATH'] = path));
    process.env['PATH'] = '/nonexistent';
    const found = await PEERS.find(({ name }) => name === peer.name)?.availability();
    t.deepEqual(found, { state: 'unavailable', reason: `no program ${peer.program} in PATH`, remedy: peer.remedy });
    t.regex(peer.remedy, /^apt install \S+$/);
  });
}

rootTest(`a tool that fails is reported with its own words${needsRoot}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'peers-'));
  const path = process.env['PATH'] ?? '';
  t.teardown(() => {
    process.env['PATH'] = path;
    rmSync(directory, { recursive: true });
  });
  writeFileSync(join(directory, 'crun'), '#!/bin/sh\necho "crun: cannot find libfoo" >&2\nexit 1\n', { mode: 0o755 });
  process.env['PATH'] = `${directory}:${path}`;
  const found = await PEERS.find(({ name }) => name === 'crun')?.availability();
  t.is(found?.state, 'unavailable');
  t.regex((found as { reason: string }).reason, /crun --version: crun: cannot find libfoo/);
});

for (const [peer, variable, address, socket] of [
  [docker, 'DOCKER_HOST', 'unix:///nonexistent/docker.sock', '/nonexistent/docker.sock'],
  [ctr, 'CONTAINERD_ADDRESS', '/nonexistent/containerd.sock', '/nonexistent/containerd.sock'],
] as const) {
  test.serial(`${peer.name}: without its daemon, names the socket and how to start one`, async (t) => {
    const before = process.env[variable];
    t.teardown(() => {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    });
    process.env[variable] = address;
    const lack = await peer.lacks?.();
    t.regex(lack?.reason ?? '', new RegExp(`there is no socket ${socket}`));
    t.regex(lack?.remedy ?? '', /systemctl start .*private-dockerd/);
  });
}

test.serial('docker: a daemon of another machine is refused', async (t) => {
  const before = process.env['DOCKER_HOST'];
  t.teardown(() => {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });
  process.env['DOCKER_HOST'] = 'tcp://10.0.0.1:2375';
  t.regex((await docker.lacks?.())?.reason ?? '', /DOCKER_HOST=tcp:\/\/10\.0\.0\.1:2375 is not a Unix socket/);
});

test('a socket is asked: who listens is there, who does not is not', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'peers-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.is(await socketLack(path, 'daemon', 'start it'), null);
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(path, '');
  t.regex((await socketLack(path, 'daemon', 'start it'))?.reason ?? '', /daemon does not answer at .*socket: connect E/);
});

test('an option of a running process is found in both its forms', async (t) => {
  const child = spawn('sh', ['-c', 'echo up; read line', 'sh', '--containerd', '/a', '--root=/b'], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.teardown(() => child.stdin.end());
  await once(child.stdout, 'data');
  t.is(optionOf(child.pid ?? 0, '--containerd'), '/a');
  t.is(optionOf(child.pid ?? 0, '--root'), '/b');
  t.is(optionOf(process.pid, '--no-such-option'), null);
  t.is(optionOf(999_999_999, '--any'), null);
});
