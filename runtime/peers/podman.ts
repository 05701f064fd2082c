/**
 * podman: no daemon; each container has a monitor (conmon), which outlives the command that starts it and clears up
 * by starting podman once more. Everything that podman remembers is kept in the box's own directory, so that a
 * podman of the host's users is not touched.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeEverywhere } from './cgroups.ts';
import { CAPABILITIES_KEPT, HOSTNAME, memoryDirectory, PIDS } from './equal.ts';
import { withoutUnifiedTree } from './hybrid.ts';
import { type Ground, type Option, option, type Peer } from './peer.ts';
import { findTool, toolOutput, versionOf } from './tool.ts';

/** The OCI runtime that podman is given: its own first choice, where the host has it. */
function ociRuntime(): string | null {
  return ['crun', 'runc'].find((name) => findTool(name) !== null) ?? null;
}

/** What no option of the command line says. Source: containers.conf(5). */
function configuration(state: string): string {
  return [
    '[containers]',
    'default_ulimits = [] # podman’s own wish for more than the caller has may be refused',
    '[engine]',
    'lock_type = "file" # locks in shared memory would stay on the host',
    `static_dir = "${state}/static"`,
    `tmp_dir = "${state}/tmp"`,
    `volume_path = "${state}/volumes"`,
    '[network]',
    `network_config_dir = "${state}/network"`,
    '',
  ].join('\n');
}

function globalOptions(state: string): Option[] {
  return [
    option(['--root', `${state}/storage`, '--runroot', `${state}/run`, '--tmpdir', `${state}/tmp`], 'what it remembers, where it can be found and removed'),
    option('--storage-driver vfs', 'no layers are mounted: the root file system is a directory'),
    option('--cgroup-manager=cgroupfs', 'makes its cgroups itself: systemd need not run'),
    option('--events-backend=none', 'no journal is written'),
    option(`--runtime ${ociRuntime() ?? 'crun'}`, 'the OCI runtime below it'),
  ];
}

function limits({ memoryBytes, cpus }: Ground): Option[] {
  return [
    option(`--memory ${memoryBytes}b`, 'the memory limit of our container'),
    option(`--cpus ${cpus}`, 'its processor time'),
    option(`--pids-limit ${PIDS}`, 'its number of processes'),
    option('--ulimit host', 'the caller’s limits on files and processes'),
  ];
}

/** How long the podman that clears up may take. */
const CLEAN_UP_MS = 5000;

function containerCgroup(name: string): string | null {
  const parent = memoryDirectory(name);
  if (parent === null) return null;
  try {
    const own = readdirSync(parent).find((each) => each.startsWith('libpod-') && !each.includes('conmon'));
    return own === undefined ? null : `${parent}/${own}`;
  } catch {
    return null; // not yet made, or gone
  }
}

async function versions(program: string): Promise<Record<string, string>> {
  const runtime = ociRuntime() ?? 'crun';
  const [podman, below, conmon] = await Promise.all([versionOf(program), versionOf(runtime), versionOf('conmon')]);
  return { podman, conmon, [runtime]: below };
}

export const podman: Peer = {
  name: 'podman',
  summary: 'podman: no daemon, a monitor (conmon) for each container, which crun or runc makes',
  program: 'podman',
  remedy: 'apt install podman',
  mark: 3,
  versions,
  lacks: async () => {
    if (ociRuntime() === null) return { reason: 'podman has no OCI runtime to make containers with', remedy: 'apt install crun' };
    return findTool('conmon') === null ? { reason: 'podman has no conmon to watch containers with', remedy: 'apt install conmon' } : null;
  },
  async stand(ground) {
    const { state, program, root } = ground;
    const file = join(state, 'containers.conf');
    writeFileSync(file, configuration(state));
    const environment = [`CONTAINERS_CONF=${file}`, `HOME=${state}`];
    const global = globalOptions(state);
    const words = global.flatMap(({ words: each }) => each);
    const surroundings = ociRuntime() === 'crun' ? withoutUnifiedTree() : {};
    return {
      options: (name, { argv, environment: inside, marks, interactive }) => [
        ...global,
        option('run', 'create, start, wait'),
        option('--rm', 'and remove'),
        ...(interactive ? [option('--interactive', 'standard input is handed on')] : []),
        option(`--name ${name}`, 'the container’s name'),
        option(`--hostname ${HOSTNAME}`, 'the name that it has for itself'),
        option('--network none', 'loopback alone'),
        option('--log-driver none', 'no log is written: its output goes to whoever asked'),
        ...(marks ? [option('--preserve-fds 1', 'hands on descriptor 3, the mark channel')] : []),
        option(`--cgroup-parent /${name}`, 'its cgroup lies in one that bears the instance’s name'),
        ...limits(ground),
        option(['--cap-drop', 'all', '--cap-add', CAPABILITIES_KEPT.join(',')], 'the capabilities that Docker keeps'),
        option('--security-opt no-new-privileges', 'as in our container; the seccomp profile is podman’s own'),
        ...inside.map((each) => option(['--env', each], 'the environment inside')),
        option(['--rootfs', root, ...argv], 'the root file system, and what runs in it'),
      ],
      environment: (_inside, usual) => [...usual, ...environment],
      surroundings: () => surroundings,
      cgroup: async (name) => containerCgroup(name),
      async settle(name) {
        for (const giveUp = Date.now() + CLEAN_UP_MS; containerCgroup(name) !== null && Date.now() < giveUp; ) await sleep(2);
        await removeEverywhere(name);
      },
      async remove(name) {
        await toolOutput(program, [...words, 'rm', '--force', '--ignore', '--time', '0', name], { environment });
        await removeEverywhere(name);
      },
    };
  },
};

/**
 * Removes what crun and runc remember of the containers of a podman with this state: a directory each, in a place
 * that podman leaves to them. Its containers have ended by then.
 */
export function podmanForget(state: string): void {
  let ids: string[] = [];
  try {
    ids = readdirSync(join(state, 'storage', 'vfs-containers')).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch {
    return; // it was no podman's
  }
  for (const id of ids) for (const place of ['/run/crun', '/run/runc']) rmSync(join(place, id), { recursive: true, force: true });
}
