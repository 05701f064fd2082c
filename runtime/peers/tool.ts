/** Running a peer's tool for something else than a container: its version, what its daemon knows, removing. */
import { execFile } from 'node:child_process';
import { findInPath, IMAGE_PATH } from '../image/lookup.ts';
import { TareError } from '../errors.ts';

/** In the PATH of whoever runs this. */
export function findTool(name: string): string | null {
  return findInPath(name, process.env['PATH'] ?? IMAGE_PATH);
}

/**
 * What a command prints.
 * @throws {TareError} `host` with its words, when it fails or takes longer than `timeoutMs`
 */
export function toolOutput(program: string, args: readonly string[], options: { readonly timeoutMs?: number; readonly environment?: readonly string[] } = {}): Promise<string> {
  const own = Object.fromEntries((options.environment ?? []).map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]));
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: options.timeoutMs ?? 20_000, killSignal: 'SIGKILL', env: { ...process.env, LC_ALL: 'C', ...own } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new TareError('host', `${[program, ...args].join(' ')}: ${lastLine(stderr) || error.message}`, 'run it by hand to see more', { cause: error }));
    });
    child.stdin?.end();
  });
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** The first version number in what `PROGRAM --version` prints. */
export async function versionOf(program: string, args: readonly string[] = ['--version']): Promise<string> {
  return /\d+\.\d+(?:\.\d+)?/.exec(await toolOutput(program, args, { timeoutMs: 900 }))?.[0] ?? /\b\d{3,}\b/.exec(await toolOutput(program, args, { timeoutMs: 900 }))?.[0] ?? 'unknown';
}
