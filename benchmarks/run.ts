/** A run, from a plan to a result document. */
import { randomBytes } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostFacts } from '../runtime/host/facts.ts';
import { hostFiles, type HostFiles } from '../runtime/host/files.ts';
import { closeBoxes, prepareBoxes, type Boxes, type BoxRequest } from './boxes.ts';
import { metricsOf } from './catalogue.ts';
import { differences, runtimeDifferences } from './circumstances.ts';
import { conditionsNow } from './conditions/at-start.ts';
import { ConditionsWatch } from './conditions/watch.ts';
import { JOURNAL_FILE, RESULT_FILE } from './files.ts';
import type { JournalHeader } from './journal/record.ts';
import { planDigest } from './journal/taken.ts';
import { diskError, JournalWriter, syncDirectory } from './journal/write.ts';
import { RunRecord } from './record.ts';
import { resultOf } from './result/build.ts';
import { imageEntry } from './result/image.ts';
import type { Origins, Pilot } from './result/origin.ts';
import { SCHEMA_VERSION, type Conditions, type Host, type ResultDocument, type Tare } from './result/schema.ts';
import { writeResult } from './result/write.ts';
import { takeRounds } from './rounds/rounds.ts';

export { planRun, type PlannedRuntime, type RunOptions, type RunPlan } from './plan/plan.ts';
export type { Progress, RunEvent, Visit } from './events.ts';
export { JOURNAL_FILE, RESULT_FILE } from './files.ts';

export interface BenchRequest extends BoxRequest {
  readonly host: HostFacts;
  /** Default: as the machine is found now. */
  readonly conditions?: Conditions;
  /** Where the machine is looked at between visits. Default: this host. */
  readonly files?: HostFiles;
  readonly tare: Tare;
  /** The command line that repeats this very run, the seed included. */
  readonly command: readonly string[];
  /** Option → where its value came from. */
  readonly origins?: Origins;
  /** What the numbers of rounds were fixed from. */
  readonly pilot?: Pilot;
  /** The run that this one repeats. */
  readonly like?: ResultDocument;
  /** Made if need be. The journal and the result document go there. */
  readonly outDirectory: string;
}

/**
 * Prepares every runtime, takes all rounds, and writes `journal.jsonl` and `result.json`.
 * A start that fails is an outcome of its sample, a runtime that cannot be prepared is left out with the
 * reason: neither ends the run. The signal does: what was measured up to then is kept, and the document says
 * `interrupted`.
 * @throws {TareError} `host` when no runtime can be prepared (nothing is written then), `no-space` when the
 *   disk is full (the journal keeps what there was), `usage` when the directory holds another run
 */
export async function runBench(request: BenchRequest): Promise<ResultDocument> {
  const made = await makeDirectory(request.outDirectory);
  const journal = await JournalWriter.create(join(request.outDirectory, JOURNAL_FILE));
  const record = new RunRecord(request.plan, journal, request.on);
  const boxes: Boxes = new Map();
  let worthKeeping = false;
  try {
    try {
      await record.begin(headerOf(request), request.outDirectory);
      await prepareBoxes(request, record, boxes);
      await sayLike(request, record);
      worthKeeping = true;
      await takeWatched(request, boxes, record);
    } finally {
      await closeBoxes(boxes, record);
    }
    await record.end(request.signal.aborted ? 'interrupted' : 'complete');
  } finally {
    if (worthKeeping) await journal.close();
    else await discard(journal, made ? request.outDirectory : null);
  }
  return finishRun(request, record);
}

/** All rounds, with a look at the machine before, between and after them. */
export async function takeWatched({ plan, files, signal }: Pick<BenchRequest, 'plan' | 'files' | 'signal'>, boxes: Boxes, record: RunRecord): Promise<void> {
  const watch = new ConditionsWatch(files ?? hostFiles(), (point) => record.conditions(point));
  await watch.lookNow();
  await takeRounds(plan, boxes, record, signal, watch);
  await watch.lookNow();
}

/** From the records of a run that came to its end to `result.json`. */
export async function finishRun({ outDirectory, on }: Pick<BenchRequest, 'outDirectory' | 'on'>, record: RunRecord): Promise<ResultDocument> {
  const result = join(outDirectory, RESULT_FILE);
  const document = resultOf(record.fold);
  await writeResult(result, document);
  on({ type: 'run-done', state: document.run.state, result, journal: join(outDirectory, JOURNAL_FILE), progress: record.progress() });
  return document;
}

async function sayLike(request: BenchRequest, record: RunRecord): Promise<void> {
  const { like } = request;
  if (like === undefined || request.signal.aborted) return;
  const here = { tare: request.tare, host: hostEntry(request.host), image: imageEntry(request.image) };
  const entries = request.plan.runtimes.flatMap(({ id }) => record.standing.entryOf(id) ?? []);
  await record.repeats({ id: like.run.id, startedAt: like.run.startedAt, differences: [...differences(like, here, 'hosts'), ...runtimeDifferences(like.runtimes, entries)] });
}

/** The host as the result document records it. */
export function hostEntry(host: HostFacts): Host {
  return { ...host, securityModules: [...host.securityModules], versions: { ...host.versions } };
}

function headerOf(request: BenchRequest): JournalHeader {
  const { plan, image, host, tare, command, origins, pilot } = request;
  return {
    record: 'run',
    format: 'tare-journal',
    schemaVersion: SCHEMA_VERSION,
    tare,
    id: randomBytes(8).toString('hex'),
    startedAt: new Date().toISOString(),
    command: [...command],
    conditions: request.conditions ?? conditionsNow(),
    options: plan.options,
    host: hostEntry(host),
    image: imageEntry(image),
    metrics: [...metricsOf(plan.options.benchmarks)],
    plan: {
      subjects: plan.runtimes.map(({ id, runtime, kind, rung }) => ({ id, kind, ...(runtime === undefined ? {} : { runtime }), ...(rung === undefined ? {} : { rung }) })),
      serves: plan.serves,
      samples: plan.samples,
      digest: planDigest(plan),
    },
    ...(origins === undefined ? {} : { origins }),
    ...(pilot === undefined ? {} : { pilot }),
  };
}

/** @returns whether it was made here */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    const made = (await mkdir(path, { recursive: true })) !== undefined;
    if (made) await syncDirectory(dirname(path));
    return made;
  } catch (error) {
    throw diskError(error, path);
  }
}

/** A run that measured nothing leaves nothing. */
async function discard(journal: JournalWriter, directory: string | null): Promise<void> {
  await journal.discard();
  if (directory !== null) await rmdir(directory).catch(() => undefined);
}
