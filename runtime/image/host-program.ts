/** Runs a program of the host, and words what goes wrong with it. */
import { execa, ExecaError } from 'execa';
import { TareError } from '../errors.ts';

/** The Debian package that brings a program, for the remedy. */
const packageOf: Readonly<Record<string, string>> = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  bzip2: 'bzip2',
  cc: 'gcc libc6-dev',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  lz4: 'lz4',
  mcopy: 'mtools',
  mke2fs: 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  'qemu-img': 'qemu-utils',
  sfdisk: 'fdisk',
  syslinux: 'syslinux syslinux-common',
  tar: 'tar',
  unshare: 'util-linux',
  xz: 'xz-utils',
  zstd: 'zstd',
};

export interface HostProgramOptions {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A program that ran and failed. `output` is its standard error, for whoever knows that program's words. */
export class HostProgramFailure extends TareError {
  override readonly name = 'HostProgramFailure';
  readonly output: string;

  constructor(program: string, command: string, output: string, options: ErrorOptions) {
    super('host', `${program} failed: ${lastLines(output) || 'without a word'} (${command})`, '', options);
    this.output = output;
  }
}

/**
 * @returns what it wrote to standard output
 * @throws {HostProgramFailure} when it failed
 * @throws {TareError} 'missing-program', 'interrupted'
 */
export async function runHostProgram(program: string, args: readonly string[], options: HostProgramOptions = {}): Promise<Buffer> {
  try {
    const { stdout } = await execa(program, args, hostOptions(options));
    return Buffer.from(stdout);
  } catch (error) {
    throw worded(program, error);
  }
}

/** As {@link runHostProgram}, for the output of `first` put through `second`. */
export async function pipeHostPrograms(first: readonly [string, readonly string[]], second: readonly [string, readonly string[]], options: HostProgramOptions = {}): Promise<Buffer> {
  try {
    // What goes through the pipe is not kept as well: of a failure execa would put all of it into words, for half a minute.
    const { stdout } = await execa(first[0], first[1], { ...hostOptions(options), buffer: { stdout: false } }).pipe(second[0], second[1], hostOptions(options));
    return Buffer.from(stdout);
  } catch (error) {
    throw worded(error instanceof ExecaError && error.command.startsWith(first[0]) ? first[0] : second[0], error);
  }
}

function hostOptions({ cwd, input, env, signal }: HostProgramOptions) {
  return {
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: 1 << 30,
    // Its words are read by us, so they have to be in one language.
    // Ordinary users have no sbin in their PATH, where the makers of file systems are.
    env: { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`, ...env },
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  } as const;
}

function worded(program: string, error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error;
  if (error.isCanceled) return new TareError('interrupted', `${program} was interrupted`, '', { cause: error });
  if (error.code === 'ENOENT') {
    return new TareError('missing-program', `${program} is not installed`, `run: apt-get install ${packageOf[program] ?? program}`, { cause: error });
  }
  const said: unknown = error.stderr;
  const output = said instanceof Uint8Array ? Buffer.from(said).toString() : typeof said === 'string' ? said : '';
  return new HostProgramFailure(program, error.escapedCommand, output || error.shortMessage, { cause: error });
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join('; ');
}
