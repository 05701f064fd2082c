/** Limits on the command line: what is no number, or none that can be, is refused by its option. */
import { statSync } from 'node:fs';
import { RLIMITS, UNBOUNDED } from '../../runtime/container/rlimits.ts';
import type { ContainerSpec, Rlimit } from '../../runtime/container/spec.ts';
import type { IoLimit } from '../../runtime/cgroup/limits.ts';
import { TareError } from '../../runtime/errors.ts';
import { sizeInBytes, wholeNumber } from '../numbers.ts';
import { suggestion } from '../suggest.ts';
import type { ContainerOptions } from './options.ts';

/** Mounts and the stack of the first program: found by trying. */
const LEAST_BYTES = 2 ** 20;

const NAMES = Object.keys(RLIMITS).map((name) => name.slice('RLIMIT_'.length).toLowerCase());

/** `nofile=1024:2048`, `core=0`, `nproc=unlimited`. @throws {TareError} `usage` */
export function rlimitFrom(text: string): Rlimit {
  const [name = '', values = ''] = text.split('=');
  const resource = RLIMITS[`RLIMIT_${name.toUpperCase()}`];
  if (resource === undefined) throw new TareError('usage', `--ulimit: there is no limit "${name}"`, suggestion(name, NAMES));
  const number = (value: string): number => {
    if (value === 'unlimited' || value === '-1') return UNBOUNDED;
    if (!/^\d+$/.test(value)) throw new TareError('usage', `--ulimit ${text}: "${value}" is no number`, `for example: --ulimit ${name}=1024, or unlimited`);
    return Number(value);
  };
  const [soft = '', hard = soft] = values.split(':');
  const limit = { resource, soft: number(soft), hard: number(hard) };
  if (limit.hard < limit.soft) throw new TareError('usage', `--ulimit ${text}: the hard limit is below the soft one`, `write ${name}=${hard}:${soft}`);
  return limit;
}

/** Lists of numbers and ranges, as the kernel writes them. */
const LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

const IO_WORDS: Readonly<Record<string, keyof IoLimit>> = { read: 'readBytesPerSecond', write: 'writeBytesPerSecond', reads: 'readsPerSecond', writes: 'writesPerSecond' };

/** `/dev/sda:write=1M`. */
function ioFrom(text: string): IoLimit {
  const example = 'for example: --io /dev/sda:write=1M';
  const [device = '', rule = ''] = text.split(':');
  const [word = '', value = ''] = rule.split('=');
  const field = IO_WORDS[word];
  if (!device.startsWith('/') || field === undefined) throw new TareError('usage', `--io: "${text}" is no DEVICE:WHAT=N with one of ${Object.keys(IO_WORDS).join(', ')}`, example);
  let status;
  try {
    status = statSync(device);
  } catch (error) {
    throw new TareError('usage', `--io: cannot look at "${device}": ${(error as Error).message}`, 'name a block device of this host: lsblk lists them');
  }
  if (!status.isBlockDevice()) throw new TareError('usage', `--io: "${device}" is no block device`, 'lsblk lists them');
  const amount = field.endsWith('BytesPerSecond') ? sizeInBytes('io', value) : wholeNumber('io', value, 1);
  return { major: (status.rdev >> 8) & 0xfff, minor: (status.rdev & 0xff) | ((status.rdev >> 12) & 0xfff00), [field]: amount };
}

type LimitOptions = ContainerOptions & { readonly memory?: string | undefined; readonly cpus?: string | undefined };

function refuseWithoutRoot(given: LimitOptions, spec: ContainerSpec): void {
  const asked = (['stats', 'memory', 'cpus', 'memory-swap', 'cpuset-cpus', 'cpu-weight', 'pids', 'io'] as const).find((name) => given[name] !== undefined);
  if (spec.limits === null && asked !== undefined) {
    throw new TareError('no-root', `--${asked}: cgroups belong to root on this host, and none is delegated to uid ${process.getuid?.()}`, 'run it with sudo, or leave the limit out');
  }
}

/** @throws {TareError} `usage`; `no-root` for a limit that only root can set */
export function limitsFrom(given: LimitOptions): (spec: ContainerSpec) => ContainerSpec {
  const cpuset = given['cpuset-cpus'];
  if (cpuset !== undefined && !LIST.test(cpuset)) throw new TareError('usage', `--cpuset-cpus: "${cpuset}" is no list of processors`, 'for example: --cpuset-cpus 0-3,6');
  const weight = given['cpu-weight'] === undefined ? null : wholeNumber('cpu-weight', given['cpu-weight'], 1);
  if (weight !== null && weight > 10_000) throw new TareError('usage', `--cpu-weight: ${weight} is above 10000`, 'others have 100');
  const swap = given['memory-swap'];
  const swapBytes = swap === undefined ? undefined : swap === '0' ? 0 : sizeInBytes('memory-swap', swap);
  const pids = given.pids === undefined ? undefined : wholeNumber('pids', given.pids, 1);
  const io = (given.io ?? []).map(ioFrom);
  return (spec) => {
    refuseWithoutRoot(given, spec);
    if (spec.limits === null) return spec;
    if ((spec.limits.memoryBytes ?? LEAST_BYTES) < LEAST_BYTES) throw new TareError('usage', `--memory: no container starts within ${given.memory ?? ''}`, 'the least that does is 1M');
    return {
      ...spec,
      limits: {
        ...spec.limits,
        ...(pids === undefined ? {} : { pids }),
        ...(swapBytes === undefined ? {} : { swapBytes }),
        ...(cpuset === undefined ? {} : { cpuset }),
        ...(weight === null ? {} : { cpuWeight: weight }),
        ...(io.length === 0 ? {} : { io }),
        ...(given.stats === true ? { cpuTime: true } : {}),
      },
    };
  };
}
