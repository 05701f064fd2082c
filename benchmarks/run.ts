/** A run, from a plan to a result document. */
import { randomBytes } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../runtime/errors.ts';
import type { HostFacts } from '../runtime/host/facts.ts';
import type { Image } from '../runtime/image/image.ts';
import type { Box, Runtime } from '../runtime/runtime.ts';
import { metricsOf } from './catalogue.ts';
import { conditionsNow } from './conditions.ts';
import type { RunEvent } from './events.ts';
import type { JournalHeader } from './journal/record.ts';
import { diskError, JournalWriter } from './journal/write.ts';
import type { RunPlan } from './plan/plan.ts';
import { RunRecord } from './record.ts';
import { buildResult } from './result/build.ts';
import { imageEntry } from './result/image.ts';
import { SCHEMA_VERSION, type Conditions, type ResultDocument, type Tare } from './result/schema.ts';
import { writeResult } from './result/write.ts';
import { provision } from './rounds/provision.ts';
import { takeRounds } from './rounds/rounds.ts';

export { planRun, type PlannedRuntime, type RunOptions, type RunPlan } from './plan/plan.ts';
export type { Progress, RunEvent, Visit } from './events.ts';

export const RESULT_FILE = 'result.json';
export const JOURNAL_FILE = 'journal.jsonl';

export interface BenchRequest {
  readonly plan: RunPlan;
  /** Those the plan names, found by their names; more do no harm. */
  readonly runtimes: readonly Runtime[];
  readonly image: Image;
  readonly host: HostFacts;
  /** Default: as the machine is found now. */
  readonly conditions?: Conditions;
  readonly tare: Tare;
  /** The command line that repeats this very run, the seed included. */
  readonly command: readonly string[];
  /** Made if need be. The journal and the result document go there. */
  readonly outDirectory: string;
  /** Stops the run: what was measured up to then is kept, and the document says `interrupted`. */
  readonly signal: AbortSignal;
  readonly on: (event: RunEvent) => void;
}

/**
 * Prepares every runtime, takes all rounds, and writes `journal.jsonl` and `result.json`.
 * A start that fails is an outcome of its sample, a runtime that cannot be prepared is left out with the
 * reason: neither ends the run.
 * @throws {TareError} `host` when no runtime can be prepared (nothing is written then), `no-space` when the
 *   disk is full (the journal keeps what there was), `usage` when the directory holds another run
 */
export async function runBench(request: BenchRequest): Promise<ResultDocument> {
  const made = await makeDirectory(request.outDirectory);
  const journal = await JournalWriter.create(join(request.outDirectory, JOURNAL_FILE));
  const record = new RunRecord(request.plan, journal, request.on);
  const boxes = new Map<string, Box>();
  let worthKeeping = false;
  try {
    try {
      await record.begin(headerOf(request), request.outDirectory);
      await prepareBoxes(request, record, boxes);
      worthKeeping = true;
      await takeRounds(request.plan, boxes, record, request.signal);
    } finally {
      await closeBoxes(boxes, record);
    }
    await record.end(request.signal.aborted ? 'interrupted' : 'complete');
  } finally {
    if (worthKeeping) await journal.close();
    else await discard(journal, made ? request.outDirectory : null);
  }
  const result = join(request.outDirectory, RESULT_FILE);
  const document = buildResult(record.records);
  await writeResult(result, document);
  request.on({ type: 'run-done', state: document.run.state, result, journal: journal.path, progress: record.progress() });
  return document;
}

async function prepareBoxes({ plan, runtimes, image, signal, on }: BenchRequest, record: RunRecord, boxes: Map<string, Box>): Promise<void> {
  const reasons: string[] = [];
  const remedies = new Set<string>();
  for (const [index, planned] of plan.runtimes.entries()) {
    if (signal.aborted) return;
    on({ type: 'provision-start', runtime: planned.id, index, count: plan.runtimes.length });
    const runtime = runtimes.find(({ name }) => name === (planned.runtime ?? planned.id));
    const provisioned = await provision(planned, runtime, image, plan.options);
    if (provisioned.state === 'ready') boxes.set(planned.id, provisioned.box);
    if (provisioned.state === 'unavailable') {
      reasons.push(`${planned.id}: ${provisioned.reason}`);
      remedies.add(provisioned.remedy);
    }
    await record.provisioned(provisioned.entry);
  }
  if (boxes.size === 0) throw new TareError('host', `no runtime can be measured here: ${reasons.join('; ')}`, [...remedies].join('; '));
}

async function closeBoxes(boxes: ReadonlyMap<string, Box>, record: RunRecord): Promise<void> {
  for (const [id, box] of boxes) {
    try {
      await box.close();
    } catch (error) {
      await record.warn({
        id: 'leftovers',
        symptom: `${id} could not be put away cleanly.`,
        cause: error instanceof Error ? error.message : String(error),
        remedy: 'tare clean',
      });
    }
  }
}

function headerOf(request: BenchRequest): JournalHeader {
  const { plan, image, host, tare, command } = request;
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
    host: { ...host, securityModules: [...host.securityModules], versions: { ...host.versions } },
    image: imageEntry(image),
    metrics: [...metricsOf(plan.options.benchmarks)],
  };
}

/** @returns whether it was made here */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true })) !== undefined;
  } catch (error) {
    throw diskError(error, path);
  }
}

/** A run that measured nothing leaves nothing. */
async function discard(journal: JournalWriter, directory: string | null): Promise<void> {
  await journal.discard();
  if (directory !== null) await rmdir(directory).catch(() => undefined);
}
