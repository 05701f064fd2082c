/** A whole run of scripted runtimes in a directory of its own: what the harness's tests look at. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeHost } from '../runtime/fake/host.ts';
import { recordedFiles } from '../runtime/host/files.ts';
import { fakeImage } from '../runtime/fake/image.ts';
import { fakeRuntimes, type FakeRuntime } from '../runtime/fake/runtime.ts';
import type { FakeScriptInput } from '../runtime/fake/script.ts';
import type { RunEvent } from './events.ts';
import { openUnfinished, resumeBench } from './resume.ts';
import { JOURNAL_FILE, planRun, RESULT_FILE, runBench, type BenchRequest, type RunOptions } from './run.ts';
import type { ResultDocument } from './result/schema.ts';

export interface FakeRun {
  readonly directory: string;
  readonly journal: string;
  readonly result: string;
  readonly runtimes: readonly FakeRuntime[];
  readonly events: readonly RunEvent[];
  /** Starts it; rejects as `runBench` does. */
  go(): Promise<ResultDocument>;
  /** Goes on with what lies in the directory, with runtimes of its own; rejects as `openUnfinished` and `resumeBench` do. */
  goOn(changes?: Partial<BenchRequest>): Promise<ResultDocument>;
}

export interface FakeRunOptions extends Partial<RunOptions> {
  readonly signal?: AbortSignal;
  readonly on?: (event: RunEvent) => void;
  readonly request?: Partial<BenchRequest>;
}

/** @param teardown is given what removes the directory again */
export async function fakeRun(script: FakeScriptInput, teardown: (done: () => Promise<void>) => void, options: FakeRunOptions = {}): Promise<FakeRun> {
  const directory = await mkdtemp(join(tmpdir(), 'tare-fake-run-'));
  teardown(() => rm(directory, { recursive: true, force: true }));
  const { signal, on, request, ...wish } = options;
  const runtimes = fakeRuntimes(script);
  const events: RunEvent[] = [];
  const planned = (those: readonly FakeRuntime[]): { id: string; kind: FakeRuntime['kind'] }[] => those.map(({ name, kind }) => ({ id: name, kind }));
  const out = join(directory, 'run');
  const circumstances = { image: fakeImage(), host: fakeHost(), conditions: { loadAverage1: 0, swapUsedBytes: 0 }, files: recordedFiles({}), tare: { version: '0.0.0', commit: null } };
  const tell = (event: RunEvent): void => {
    events.push(event);
    on?.(event);
  };
  return {
    directory: out,
    journal: join(out, JOURNAL_FILE),
    result: join(out, RESULT_FILE),
    runtimes,
    events,
    go: () =>
      runBench({
        plan: planRun({ runtimes: planned(runtimes.filter(({ rung }) => rung === undefined)), rungs: planned(runtimes.filter(({ rung }) => rung !== undefined)), seed: 'seed', samples: 6, gapMs: 0, settleMs: 0, deadlineMs: 40, ...wish }),
        runtimes,
        ...circumstances,
        command: ['tare', 'bench', '--seed', 'seed'],
        outDirectory: out,
        signal: signal ?? new AbortController().signal,
        on: tell,
        ...request,
      }),
    goOn: async (changes = {}) => resumeBench(await openUnfinished(out), { runtimes: fakeRuntimes(script), ...circumstances, signal: new AbortController().signal, on: tell, ...changes }),
  };
}
