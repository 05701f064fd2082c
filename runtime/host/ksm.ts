/**
 * The kernel's merging of equal pages (KSM), held for a measurement and put back as it was found, however that ends.
 *
 * Putting it back is the work of a shell that waits for the end of a pipe: the pipe closes when it is told to, and just
 * as well when this process is killed outright.
 *
 * Source: Linux, Documentation/admin-guide/mm/ksm.rst.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../errors.ts';

export const KSM_DIRECTORY = '/sys/kernel/mm/ksm';

/** What is set here, and so has to be put back. */
const SETTINGS = ['pages_to_scan', 'sleep_millisecs', 'run'] as const;

export type KsmSettings = Readonly<Record<(typeof SETTINGS)[number], string>>;

export interface KsmCounters {
  /** Pages that are kept for all that are equal to them. */
  readonly pagesShared: number;
  /** Pages that are not needed because of them: what is saved. */
  readonly pagesSharing: number;
  /** How often all that may be merged has been looked through. */
  readonly fullScans: number;
}

/** `run`: what the kernel does, in its own numbers. */
export const RUN = { stop: '0', merge: '1', unmerge: '2' } as const;

function file(directory: string, name: string): string {
  return join(directory, name);
}

function read(directory: string, name: string): string {
  return readFileSync(file(directory, name), 'utf8').trim();
}

export function ksmCounters(directory = KSM_DIRECTORY): KsmCounters {
  const figure = (name: string): number => Number(read(directory, name));
  return { pagesShared: figure('pages_shared'), pagesSharing: figure('pages_sharing'), fullScans: figure('full_scans') };
}

function settingsNow(directory: string): KsmSettings {
  return Object.fromEntries(SETTINGS.map((name) => [name, read(directory, name)])) as KsmSettings;
}

/**
 * Why KSM cannot be switched here, or null. Writes to `run` what stands there, which changes nothing.
 * @param uid the caller's
 */
export function ksmRefusal(directory = KSM_DIRECTORY, uid = process.getuid?.()): TareError | null {
  if (!existsSync(file(directory, 'run'))) return new TareError('host', `this kernel has no KSM: ${directory} is not there (CONFIG_KSM)`, 'measure it on a host whose kernel merges pages');
  if (uid !== 0) return new TareError('no-root', `switching KSM needs root, and this is uid ${uid}`, 'run it with sudo');
  const found = settingsNow(directory);
  const { pagesSharing } = ksmCounters(directory);
  if (found.run === RUN.merge && pagesSharing > 0) {
    return new TareError('host', `KSM is on here and saves ${Math.round((pagesSharing * 4096) / 2 ** 20)} MiB: switching it off would take as much at once from whoever lives on it`, 'measure it on a host where it is off');
  }
  if (existsSync(file(directory, 'advisor_mode')) && !read(directory, 'advisor_mode').includes('[none]')) {
    return new TareError('host', 'an advisor sets the pace of KSM here (advisor_mode), so none can be chosen', `echo none > ${file(directory, 'advisor_mode')}, and back afterwards`);
  }
  try {
    writeFileSync(file(directory, 'run'), found.run);
  } catch (error) {
    return new TareError('host', `${file(directory, 'run')} cannot be written: ${(error as Error).message}`, 'in a container /sys is read-only: run it on the host itself', { cause: error });
  }
  return null;
}

/** What is merged is parted before merging is stopped, if nothing was merged before: as it was found. */
function shellScript(directory: string, found: KsmSettings, wasMerged: boolean): string {
  const set = (name: string, value: string): string => `echo '${value}' > '${file(directory, name)}'`;
  const first = wasMerged ? [] : [set('run', RUN.unmerge)];
  return ['trap "" INT TERM HUP', 'read -r _', ...first, ...SETTINGS.map((name) => set(name, found[name]))].join('\n');
}

export class KsmHold {
  readonly found: KsmSettings;
  readonly #directory: string;
  readonly #guard: ChildProcess;

  private constructor(directory: string, found: KsmSettings, guard: ChildProcess) {
    this.#directory = directory;
    this.found = found;
    this.#guard = guard;
  }

  /** @throws {TareError} saying why KSM cannot be switched here; nothing is changed then */
  static async take(directory = KSM_DIRECTORY): Promise<KsmHold> {
    const refusal = ksmRefusal(directory);
    if (refusal !== null) throw refusal;
    const found = settingsNow(directory);
    // In a session of its own: Ctrl-C at a terminal is for this process.
    const guard = spawn('sh', ['-c', shellScript(directory, found, ksmCounters(directory).pagesSharing > 0)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    await once(guard, 'spawn');
    return new KsmHold(directory, found, guard);
  }

  set(settings: Partial<KsmSettings>): void {
    for (const name of SETTINGS) if (settings[name] !== undefined) writeFileSync(file(this.#directory, name), settings[name]);
  }

  counters(): KsmCounters {
    return ksmCounters(this.#directory);
  }

  /** @throws {TareError} naming what is not as it was found */
  async release(): Promise<void> {
    const gone = once(this.#guard, 'exit');
    this.#guard.stdin?.end();
    if (this.#guard.exitCode === null && this.#guard.signalCode === null) await gone;
    const now = settingsNow(this.#directory);
    const wrong = SETTINGS.filter((name) => now[name] !== this.found[name]);
    if (wrong.length > 0) throw new TareError('host', `KSM is not as it was found: ${wrong.map((name) => `${name} is ${now[name]} in place of ${this.found[name]}`).join(', ')}`, wrong.map((name) => `echo ${this.found[name]} > ${file(this.#directory, name)}`).join('; '));
  }
}
