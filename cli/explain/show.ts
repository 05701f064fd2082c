/**
 * `tare explain container --show`: each namespace from both sides. A container is started with a shell that looks
 * around; the host looks at the same process from outside.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Box } from '../../runtime/runtime.ts';
import { TareError } from '../../runtime/errors.ts';

export interface Sight {
  readonly what: string;
  readonly outside: string;
  readonly inside: string;
  /** Whether the two differ: they should. */
  readonly differs: boolean;
}

const MARK = '@@';
const NAMESPACES = ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'user'] as const;

/** What the shell inside looks at, each under its mark; then it waits to be looked at itself. */
const LOOK = [
  ['hostname', 'hostname'],
  ['processes', 'for p in /proc/[0-9]*; do echo "${p#/proc/} $(cat $p/comm)"; done 2>/dev/null'],
  ['mounts', 'cat /proc/self/mountinfo | wc -l'],
  ['root', 'ls / | tr "\\n" " "'],
  ['interfaces', 'ls /sys/class/net | tr "\\n" " "'],
  ['cgroup', 'cat /proc/self/cgroup'],
  ['user', 'echo "$(id -u) $(cat /proc/self/uid_map)"'],
  ['capabilities', 'grep CapEff /proc/self/status'],
  ...NAMESPACES.map((name) => [`ns-${name}`, `readlink /proc/self/ns/${name}`] as const),
] as const;

const SCRIPT = `${LOOK.map(([name, command]) => `echo "${MARK}${name}"; ${command}`).join('\n')}\necho "${MARK}end"; exec sleep 1000`;

async function inside(box: Box): Promise<{ readonly pid: number; readonly seen: ReadonlyMap<string, string>; readonly stop: () => Promise<void> }> {
  const instance = await box.start({ what: 'command', argv: ['sh', '-c', SCRIPT], streams: 'capture' });
  let output = '';
  for (let tries = 0; tries < 500 && !output.includes(`${MARK}end`); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    output = instance.outputSoFar();
  }
  if (!output.includes(`${MARK}end`)) {
    await instance.stop();
    throw new TareError('start-failed', 'the shell in the container did not finish looking around', 'try again; tare run container -- sh shows what is wrong');
  }
  const seen = new Map(output.split(MARK).slice(1).map((block) => {
    const at = block.indexOf('\n');
    return [block.slice(0, at), block.slice(at + 1).trim()] as const;
  }));
  return { pid: instance.pid, seen, stop: async () => void (await instance.stop()) };
}

function words(text: string, most: number): string {
  const all = text.trim().split(/\s+/);
  return all.length <= most ? all.join(' ') : `${all.slice(0, most).join(' ')} … ${all.length} in all`;
}

function processes(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return `${pids.length}, the first: ${readFileSync('/proc/1/comm', 'utf8').trim()}`;
}

function processesInside(list: string): string {
  const all = list.split('\n').filter(Boolean);
  return `${all.length}: ${all.map((line) => line.split(' ').reverse().join(' = ')).join(', ')}`;
}

/** The innermost of the last line of NSpid: what number it has in its own namespace. */
function pidInside(pid: number): string {
  return /^NSpid:\t.*?(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

function cgroupLine(text: string): string {
  return text.split('\n').find((line) => /memory|^0::/.test(line)) ?? text.split('\n')[0] ?? '';
}

/** @throws {TareError} when the container does not start or its shell does not answer */
export async function lookFromBothSides(box: Box): Promise<Sight[]> {
  const { pid, seen, stop } = await inside(box);
  try {
    const from = (name: string): string => seen.get(name) ?? '';
    const sight = (what: string, outside: string, within: string): Sight => ({ what, outside, inside: within, differs: outside !== within });
    return [
      sight('host name', hostname(), from('hostname')),
      sight('its process number', String(pid), pidInside(pid)),
      sight('processes', processes(), processesInside(from('processes'))),
      sight('mounts', readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n').length.toString(), from('mounts')),
      sight('root directory', words(readdirSync('/').join(' '), 8), words(from('root'), 8)),
      sight('network interfaces', words(readdirSync('/sys/class/net').join(' '), 6), words(from('interfaces'), 6)),
      sight('its cgroup', cgroupLine(readFileSync(`/proc/${pid}/cgroup`, 'utf8')), cgroupLine(from('cgroup'))),
      sight('its user', `uid ${readFileSync(`/proc/${pid}/status`, 'utf8').match(/^Uid:\t(\d+)/m)?.[1] ?? ''}`, `uid ${from('user').split(/\s+/)[0] ?? ''}`),
      sight('capabilities of root', capabilities(readFileSync('/proc/self/status', 'utf8')), capabilities(from('capabilities'))),
      ...NAMESPACES.map((name) => sight(`${name} namespace`, readlinkSync(`/proc/self/ns/${name}`), from(`ns-${name}`))),
    ];
  } finally {
    await stop();
  }
}

function capabilities(status: string): string {
  const mask = BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(status)?.[1] ?? '0'}`);
  return `${[...mask.toString(2)].filter((bit) => bit === '1').length} of 41`;
}

export function sightsText(sights: readonly Sight[], columns: number): string {
  const first = Math.max(...sights.map(({ what }) => what.length)) + 2;
  const half = Math.floor((columns - first) / 2) - 2;
  const cut = (text: string): string[] => text.match(new RegExp(`.{1,${half}}`, 'g')) ?? [''];
  const row = (a: string, b: string, c: string): string => {
    const [left, right] = [cut(b), cut(c)];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => `${(index === 0 ? a : '').padEnd(first)}${(left[index] ?? '').padEnd(half + 2)}${right[index] ?? ''}`.trimEnd()).join('\n');
  };
  const same = sights.filter(({ differs }) => !differs).map(({ what }) => what);
  return `${[
    row('', 'from outside, on the host', 'from inside'),
    row('', '─'.repeat(half), '─'.repeat(half)),
    ...sights.map(({ what, outside, inside: within }) => row(what, outside, within)),
    '',
    same.length === 0 ? 'Everything differs: one process, two views.' : `The same on both sides, so shared with the host: ${same.join(', ')}.`,
  ].join('\n')}\n`;
}
