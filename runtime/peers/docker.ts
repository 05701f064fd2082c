/**
 * Docker Engine: a client asks dockerd, which asks containerd, which starts a shim, which starts runc. What the
 * client's death ends is the client alone: a container is removed through the daemon.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupOf } from './cgroups.ts';
import { dockerDaemons, socketLack } from './daemon.ts';
import { CAPABILITIES_KEPT, HOSTNAME, PIDS } from './equal.ts';
import { option, type Peer } from './peer.ts';
import { weighHelpers } from './processes.ts';
import type { Remains } from './leftovers.ts';
import { findTool, toolOutput } from './tool.ts';

const REMEDY = 'systemctl start docker; where there is no systemd: fixtures/private-dockerd/dockerd.sh start DIR, and DOCKER_HOST=unix://DIR/docker.sock';

/** As the docker command finds it. */
function host(): string {
  return process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
}

function socketOf(address: string): string {
  return address.slice('unix://'.length);
}

async function versions(program: string): Promise<Record<string, string>> {
  const format = '{{.Client.Version}} {{.Server.Version}} {{range .Server.Components}}{{.Name}}={{.Version}} {{end}}';
  const [client = '', server = '', ...components] = (await toolOutput(program, ['--host', host(), 'version', '--format', format], { timeoutMs: 900 })).trim().split(' ');
  const component = (name: string): string => components.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? 'unknown';
  return { docker: server, 'docker client': client, containerd: component('containerd'), runc: component('runc') };
}

export const docker: Peer = {
  name: 'docker',
  summary: 'Docker Engine: client, dockerd, containerd, a shim for each container, runc',
  program: 'docker',
  remedy: 'apt install docker.io',
  mark: 1,
  readyBy: 'the workload’s standard output, through the shim’s pipe, dockerd and the client: later than the byte itself by these three hand-overs; a shell of 0.5 ms connects it',
  versions,
  async lacks() {
    const address = host();
    if (!address.startsWith('unix:///')) return { reason: `DOCKER_HOST=${address} is not a Unix socket: a daemon of another machine cannot be weighed`, remedy: 'unset DOCKER_HOST' };
    return socketLack(socketOf(address), 'dockerd', REMEDY);
  },
  async stand({ program, root, state, boxName, memoryBytes, cpus }) {
    const address = host();
    const global = ['--host', address, '--config', join(state, 'docker')];
    const image = `${boxName}:root`;
    const ask = (...words: string[]): Promise<string> => toolOutput(program, [...global, ...words]);
    const archive = join(state, 'root.tar');
    await toolOutput('tar', ['-C', root, '-cf', archive, '.']);
    await ask('import', archive, image);
    rmSync(archive);
    /** `PID ID` of a container, or nothing when there is none of that name. */
    const inspect = async (name: string): Promise<readonly [pid: number, id: string] | null> => {
      try {
        const [pid = '0', id = ''] = (await ask('inspect', '--format', '{{.State.Pid}} {{.Id}}', name)).trim().split(' ');
        return [Number(pid), id];
      } catch {
        return null;
      }
    };
    return {
      options: (name, { argv, environment, interactive }) => [
        option(['--host', address], 'the daemon that was found'),
        option(['--config', join(state, 'docker')], 'not the settings of whoever runs this'),
        option('run', 'create, attach, start, wait'),
        option('--rm', 'and remove'),
        ...(interactive ? [option('--interactive', 'standard input is handed on')] : []),
        option(`--name ${name}`, 'the container’s name'),
        option(`--hostname ${HOSTNAME}`, 'the name that it has for itself'),
        option('--pull never', 'the image is here'),
        option('--network none', 'loopback alone'),
        option('--log-driver none', 'no log is written: its output goes to the client'),
        option(`--memory ${memoryBytes}b`, 'the memory limit of our container'),
        option(`--cpus ${cpus}`, 'its processor time'),
        option(`--pids-limit ${PIDS}`, 'its number of processes'),
        option(['--cap-drop', 'ALL', ...CAPABILITIES_KEPT.flatMap((each) => ['--cap-add', each.slice('CAP_'.length)])], 'the capabilities that Docker keeps anyway'),
        option('--security-opt no-new-privileges', 'as in our container; the seccomp profile is Docker’s own'),
        ...environment.map((each) => option(['--env', each], 'the environment inside')),
        option([image, ...argv], 'the root file system, imported from the same directory, and what runs in it'),
      ],
      cgroupElsewhere: true,
      cgroup: async (name) => cgroupOf((await inspect(name))?.[0] ?? 0, 'memory'),
      // Its shim knows it by the number that dockerd gave it.
      aliases: async (name) => ((await inspect(name)) ?? []).slice(1).map(String),
      remove: async (name) => void ((await inspect(name)) !== null && (await ask('rm', '--force', name))),
      daemons: async () => weighHelpers(dockerDaemons(socketOf(address))),
      close: async () => void (await ask('rmi', '--force', image)),
    };
  },
};

/** Containers and images of boxes, running or not; none where there is no docker or its daemon does not answer. */
export async function dockerLeftovers(): Promise<Remains[]> {
  const program = findTool(docker.program);
  if (program === null || process.getuid?.() !== 0 || (await docker.lacks?.()) !== null) return [];
  const ask = (...words: string[]): Promise<string> => toolOutput(program, ['--host', host(), ...words]);
  const found = async (noun: string, pattern: RegExp, list: readonly string[], remove: readonly string[]): Promise<Remains[]> =>
    (await ask(...list)).split('\n').flatMap((name): Remains[] => {
      const boxName = pattern.exec(name)?.[1];
      return boxName === undefined ? [] : [{ what: `${noun} ${name} of docker`, boxName, remove: async () => void (await ask(...remove, name)) }];
    });
  return [
    ...(await found('container', /^(tare-\d+)-\d+$/, ['ps', '--all', '--format', '{{.Names}}'], ['rm', '--force'])),
    ...(await found('image', /^(tare-\d+):root$/, ['images', '--format', '{{.Repository}}:{{.Tag}}'], ['rmi', '--force'])),
  ];
}
