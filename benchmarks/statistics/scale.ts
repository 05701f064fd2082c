/**
 * How the suite itself grows with the number of samples: `make scale`, or with ARGS="--samples 20000".
 * Each phase runs in a process of its own, so that its peak is its own. The samples are made up; the code
 * that keeps, sums up, writes and reads them is that of a run, but for the sync after each sample.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { JOURNAL_FILE, RESULT_FILE } from '../files.ts';
import { RunRecord } from '../record.ts';
import { resultOf } from '../result/build.ts';
import { readResult } from '../result/read.ts';
import { writeResult } from '../result/write.ts';
import { headerOf, planned, runtimeEntry, visits } from './made-up-run.ts';

interface Taken {
  readonly milliseconds: number;
  /** Of processor time: what others do on the machine is not in it. */
  readonly cpuMs: number;
}

type Phase = (directory: string, samples: number) => Promise<Readonly<Record<string, Taken>>>;

/** Name → what it does. Each yields parts: name → what it took. */
const PHASES: Readonly<Record<string, Phase>> = {
  run: async (directory, samples) => {
    const journal = createWriteStream(join(directory, JOURNAL_FILE));
    const plan = planned(samples);
    const append = async (record: unknown): Promise<void> => {
      if (!journal.write(`${JSON.stringify(record)}\n`)) await new Promise<void>((resolve) => journal.once('drain', () => resolve()));
    };
    const record = new RunRecord(plan, { append }, () => undefined);
    const times = new Stages();
    await record.begin(headerOf(plan), directory);
    for (const { id } of plan.runtimes) await record.provisioned(runtimeEntry(id));
    for (const { visit, outcome } of visits(samples)) await record.visited(visit, outcome, 1);
    await record.end('complete');
    await new Promise<void>((resolve, reject) => journal.end((error?: Error | null) => (error == null ? resolve() : reject(error))));
    times.done('keeping and journalling');
    const document = resultOf(record.fold);
    times.done('statistics');
    await writeResult(join(directory, RESULT_FILE), document);
    times.done('writing the result');
    return times.taken;
  },
  read: async (directory) => {
    const times = new Stages();
    await readResult(join(directory, RESULT_FILE));
    times.done('reading the result');
    return times.taken;
  },
  journal: async (directory) => {
    const times = new Stages();
    await readResult(join(directory, JOURNAL_FILE));
    times.done('reading the journal, with statistics');
    return times.taken;
  },
};

class Stages {
  readonly taken: Record<string, Taken> = {};
  #from = now();

  done(what: string): void {
    const to = now();
    this.taken[what] = { milliseconds: to.milliseconds - this.#from.milliseconds, cpuMs: to.cpuMs - this.#from.cpuMs };
    this.#from = to;
  }
}

function now(): Taken {
  const { user, system } = process.cpuUsage();
  return { milliseconds: performance.now(), cpuMs: (user + system) / 1000 };
}

async function measure(phase: string, directory: string, samples: number): Promise<void> {
  const own = PHASES[phase];
  if (own === undefined) throw new RangeError(`there is no phase "${phase}"`);
  const peak = (): number => process.resourceUsage().maxRSS * 1024;
  const before = peak();
  const parts = await own(directory, samples);
  process.stdout.write(JSON.stringify({ before, peak: peak(), parts }));
}

async function main(samples: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tare-scale-'));
  try {
    const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    for (const phase of Object.keys(PHASES)) {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), '--phase', phase, '--directory', directory, '--samples', String(samples)]);
      const { before, peak, parts } = JSON.parse(stdout) as { before: number; peak: number; parts: Record<string, Taken> };
      for (const [part, { milliseconds, cpuMs }] of Object.entries(parts)) console.log(`${part.padEnd(38)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s, ${(cpuMs / 1000).toFixed(2)} s of a processor`);
      console.log(`${'  peak memory'.padEnd(38)} ${mebibytes(peak).padStart(9)} (${mebibytes(before)} before it began)`);
    }
    for (const file of [JOURNAL_FILE, RESULT_FILE]) console.log(`${file.padEnd(38)} ${mebibytes((await stat(join(directory, file))).size).padStart(9)}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { samples: { type: 'string', default: '100000' }, phase: { type: 'string' }, directory: { type: 'string' } } });
const samples = Number.parseInt(values.samples, 10);
if (!Number.isInteger(samples) || samples < 4) throw new RangeError(`--samples cannot be ${values.samples}: give a whole number from 4 on`);
if (values.phase !== undefined && values.directory !== undefined) await measure(values.phase, values.directory, samples);
else await main(samples);
