import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Image } from '../image/image.ts';
import { slotName } from '../launcher/prepared.ts';
import { ociConfigSchema } from '../oci/config.ts';
import type { Plan } from '../plan.ts';
import { stepText } from '../steps.ts';
import { peerPlan } from './box.ts';
import { crun } from './crun.ts';
import { ctr } from './ctr.ts';
import { docker } from './docker.ts';
import type { Ground, Inside, Peer } from './peer.ts';
import { ALL_PEERS } from './peers.ts';
import { runc } from './runc.ts';

const SLOT = { launcherPid: 12, number: 7 };
const NAME = slotName(SLOT);

const IMAGE = { name: 'none', layers: [], workload: '/usr/bin/ready', mountpoint: '/none' } as unknown as Image;

/** A ground without the image's files: what a plan is made of is names. */
function withGround(t: ExecutionContext, run: (ground: Ground) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'peers-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const root = join(directory, 'root');
  const state = join(directory, 'state');
  for (const each of [root, state]) mkdirSync(each);
  // Stands for docker: its box imports the root file system when it is made.
  const program = join(directory, 'tool');
  writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return run({ image: IMAGE, memoryBytes: 64 * 2 ** 20, cpus: 0.5, program, root, state, boxName: 'tare-12', slot: { launcherPid: 12, number: 0 } });
}

function inside(peer: Peer, more: Partial<Inside> = {}): Inside {
  return { argv: ['/usr/bin/ready', `fd:${peer.mark}`, 'exit'], environment: ['A=1'], marks: true, interactive: false, ...more };
}

/** The step in which the tool takes over. */
function lastStep(plan: Plan): string {
  const last = plan.at(-1);
  return last === undefined ? '' : stepText(last);
}

const KEPT = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'NET_RAW', 'SYS_CHROOT', 'MKNOD', 'AUDIT_WRITE', 'SETFCAP'];
const CAP = KEPT.map((name) => `CAP_${name}`);

/** As they were when they last started containers; ROOT and STATE stand for the box's directories. */
const COMMANDS: Readonly<Record<string, string>> = {
  unshare: 'unshare --mount --uts --ipc --net --pid --cgroup --fork --kill-child=SIGKILL --root=ROOT --wd=/ --mount-proc=/proc -- /usr/bin/ready fd:3 exit',
  bwrap: `bwrap --unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup --hostname tare --bind ROOT / --proc /proc --dev /dev --mqueue /dev/mqueue MASKS --cap-drop ALL ${CAP.map((name) => `--cap-add ${name}`).join(' ')} --seccomp 4 --die-with-parent --as-pid-1 --chdir / -- /usr/bin/ready fd:3 exit`,
  crun: 'crun --root STATE/crun run --preserve-fds 1 --bundle STATE/bundles/NAME NAME',
  runc: 'runc --root STATE/runc run --preserve-fds 1 --bundle STATE/bundles/NAME NAME',
  nspawn: `sh -c exec "$@" >&3 3>&- sh TOOL --quiet --register=no --keep-unit --machine=NAME --hostname=tare --directory ROOT --private-network --capability=${CAP.join()} --drop-capability=CAP_AUDIT_CONTROL,CAP_DAC_READ_SEARCH,CAP_IPC_OWNER,CAP_LEASE,CAP_LINUX_IMMUTABLE,CAP_NET_ADMIN,CAP_NET_BROADCAST,CAP_SYS_ADMIN,CAP_SYS_BOOT,CAP_SYS_NICE,CAP_SYS_PTRACE,CAP_SYS_RESOURCE,CAP_SYS_TTY_CONFIG --no-new-privileges=yes --link-journal=no --resolv-conf=off --timezone=off --pipe --setenv A=1 -- /usr/bin/ready fd:1 exit`,
  ctr: 'sh -c exec "$@" >&3 3>&- sh TOOL --address /run/test/containerd.sock --namespace tare-12 run --rm --fifo-dir STATE/fifo --runc-root STATE/runc --config STATE/bundles/NAME/config.json NAME',
  podman: `podman --root STATE/storage --runroot STATE/run --tmpdir STATE/tmp --storage-driver vfs --cgroup-manager=cgroupfs --events-backend=none --runtime RUNTIME run --rm --name NAME --hostname tare --network none --log-driver none --preserve-fds 1 --cgroup-parent /NAME --memory 67108864b --cpus 0.5 --pids-limit 1024 --ulimit host --cap-drop all --cap-add ${CAP.join()} --security-opt no-new-privileges --env A=1 --rootfs ROOT /usr/bin/ready fd:3 exit`,
  docker: `sh -c exec "$@" >&3 3>&- sh TOOL --host unix:///run/test/docker.sock --config STATE/docker run --rm --name NAME --hostname tare --pull never --network none --log-driver none --memory 67108864b --cpus 0.5 --pids-limit 1024 --cap-drop ALL ${KEPT.map((name) => `--cap-add ${name}`).join(' ')} --security-opt no-new-privileges --env A=1 tare-12:root /usr/bin/ready fd:1 exit`,
};

test.before(() => {
  process.env['DOCKER_HOST'] = 'unix:///run/test/docker.sock';
  process.env['CONTAINERD_ADDRESS'] = '/run/test/containerd.sock';
});

for (const peer of ALL_PEERS) {
  test(`${peer.name}: the command line, and a reason for each step of its plan`, (t) =>
    withGround(t, async (ground) => {
      const stand = await peer.stand(ground);
      const plan = peerPlan(peer, stand, ground.program, SLOT, { what: 'workload', then: 'exit', account: true }, inside(peer));
      const command = lastStep(plan)
        .replace(/^exec /, '')
        .replaceAll(ground.root, 'ROOT').replaceAll(ground.state, 'STATE').replaceAll(ground.program, 'TOOL').replaceAll(NAME, 'NAME')
        // Of these, what the host has: its kernel's files, and podman's choice of what is installed.
        .replace(/(--dev \/dev --mqueue \/dev\/mqueue)( --(ro-bind \/dev\/null|tmpfs) \/proc\/\w+)*/, '$1 MASKS')
        .replace(/--runtime (crun|runc)/, '--runtime RUNTIME');
      t.is(command, COMMANDS[peer.name] ?? '');
      t.deepEqual(plan.filter(({ why, label }) => why === '' || label === ''), []);
      t.deepEqual(stand.options(NAME, inside(peer)).filter(({ why }) => why === ''), []);
    }));

  test(`${peer.name}: a command that makes no mark gets no channel for it`, (t) =>
    withGround(t, async (ground) => {
      const stand = await peer.stand(ground);
      const request = { what: 'command', argv: ['id'], streams: 'capture' } as const;
      const text = lastStep(peerPlan(peer, stand, ground.program, SLOT, request, inside(peer, { argv: ['/bin/id'], marks: false })));
      t.notRegex(text, />&3|preserve-fds|fd:/);
    }));
}

for (const peer of [crun, runc, ctr]) {
  test(`${peer.name}: the bundle names the instance’s cgroup, and asks for what our container has`, (t) =>
    withGround(t, async (ground) => {
      const stand = await peer.stand(ground);
      stand.lay?.(NAME, inside(peer));
      const { linux, process: program, root } = ociConfigSchema.parse(JSON.parse(readFileSync(join(ground.state, 'bundles', NAME, 'config.json'), 'utf8')));
      t.is(linux?.cgroupsPath, `/${NAME}`);
      t.is(linux?.resources?.memory?.limit, ground.memoryBytes);
      t.truthy(linux?.seccomp?.['syscalls']);
      t.true(linux?.maskedPaths?.includes('/proc/kcore'));
      t.deepEqual(program.args, inside(peer).argv);
      t.deepEqual([...(program.capabilities?.bounding ?? [])].sort(), [...CAP].sort());
      t.is(root.path, ground.root);
      stand.unlay?.(NAME);
      t.throws(() => readFileSync(join(ground.state, 'bundles', NAME, 'config.json')), { code: 'ENOENT' });
    }));
}

test('where the ready byte takes another way, the box says so', (t) => {
  t.deepEqual(ALL_PEERS.filter(({ mark, readyBy }) => (mark === 1) !== (readyBy !== undefined)).map(({ name }) => name), []);
  t.regex(docker.readyBy ?? '', /shim.*dockerd.*client/);
  t.regex(ctr.readyBy ?? '', /shim.*client/);
});
