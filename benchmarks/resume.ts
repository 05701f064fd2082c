/** A run that broke off goes on: the same plan, on the same host, with the visits that are missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../runtime/errors.ts';
import { closeBoxes, prepareAgain, prepareBoxes, type Boxes } from './boxes.ts';
import { differences } from './circumstances.ts';
import { conditionsNow } from './conditions/at-start.ts';
import { JOURNAL_FILE, RESULT_FILE } from './files.ts';
import { holdFile, type Hold } from './journal/hold.ts';
import { readJournal } from './journal/read.ts';
import type { JournalHeader } from './journal/record.ts';
import { planDigest, takenVisits } from './journal/taken.ts';
import { JournalWriter } from './journal/write.ts';
import { planOf, type RunPlan } from './plan/plan.ts';
import { RunRecord, type Earlier } from './record.ts';
import { imageEntry } from './result/image.ts';
import type { ResultDocument } from './result/schema.ts';
import { finishRun, hostEntry, takeWatched, type BenchRequest } from './run.ts';

/** A run that broke off. Nobody else can write to its journal until it is let go. */
export interface Unfinished extends Earlier {
  readonly directory: string;
  readonly header: JournalHeader;
  readonly plan: RunPlan;
  /** Where the last whole line of the journal ends. */
  readonly wholeBytes: number;
  readonly hold: Hold;
  /** Everything was taken, and only the result is missing: its disk was full. */
  readonly complete: boolean;
}

/**
 * Reads what is there and changes nothing.
 * @throws {TareError} `usage` when there is nothing to resume: no journal, one that came to its end, one that is
 *   being written; `bad-file` with the line for a damaged journal, or one of another plan than its options give
 */
export async function openUnfinished(directory: string): Promise<Unfinished> {
  const path = join(directory, JOURNAL_FILE);
  if (!existsSync(path)) throw new TareError('usage', `there is no ${path}, so there is nothing to resume`, 'give the directory that the run was writing to: tare bench said it at its start');
  const hold = await holdFile(path);
  try {
    const { header, records, wholeBytes, tornBytes } = await readJournal(path);
    const complete = isComplete(records);
    if (complete && existsSync(join(directory, RESULT_FILE))) throw nothingMissing(records, directory);
    const plan = plannedIn(header, path);
    return { directory, header, plan, records, wholeBytes, tornBytes, taken: takenVisits(plan, records, path), hold, complete };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

/**
 * Takes what is missing, and writes the result of it all.
 * @throws {TareError} `host` when host, kernel, image or tare are not those that the run began with, naming both:
 *   the journal is untouched then. Otherwise as `runBench`; what was measured before is kept whatever happens.
 */
export async function resumeBench(unfinished: Unfinished, request: Omit<BenchRequest, 'plan' | 'outDirectory' | 'command'>): Promise<ResultDocument> {
  const { plan, directory, tornBytes, hold } = unfinished;
  const whole = { ...request, plan, outDirectory: directory };
  let journal: JournalWriter | null = null;
  try {
    if (unfinished.complete) return await finishRun(whole, new RunRecord(plan, { append: async () => undefined }, request.on, unfinished));
    refuseOtherCircumstances(unfinished, request);
    journal = await JournalWriter.reopen(join(directory, JOURNAL_FILE), hold);
    const record = new RunRecord(plan, journal, request.on, unfinished);
    const boxes: Boxes = new Map();
    try {
      await prepareAgain(whole, record, boxes);
      await journal.cut(unfinished.wholeBytes);
      await record.resumed(tornBytes, request.tare, request.conditions ?? conditionsNow(), directory);
      await prepareBoxes(whole, record, boxes);
      await takeWatched(whole, boxes, record);
    } finally {
      await closeBoxes(boxes, record);
    }
    await record.end(request.signal.aborted ? 'interrupted' : 'complete');
    return await finishRun(whole, record);
  } finally {
    if (journal === null) await hold.release();
    else await journal.close();
  }
}

function isComplete(records: Earlier['records']): boolean {
  // A run that was interrupted in good order has an end as well, and may have gone on behind it.
  const last = records.findLast(({ record }) => record === 'end' || record === 'resumed');
  return last?.record === 'end' && last.state === 'complete';
}

function nothingMissing(records: Earlier['records'], directory: string): TareError {
  const samples = records.filter(({ record }) => record === 'sample').length;
  return new TareError('usage', `the run in ${directory} came to its end with ${samples} samples: nothing is missing`, `draw its report again: tare report ${join(directory, RESULT_FILE)}`);
}

/** The plan of the journal's options. @throws {TareError} `bad-file` when it is not the one that was begun */
function plannedIn({ plan: recorded, options, tare }: JournalHeader, path: string): RunPlan {
  const by = `resume it with the tare that began it (${tare.version}, commit ${tare.commit ?? 'unknown'}), and with its first line as it was written`;
  if (recorded === undefined) throw new TareError('bad-file', `${path} does not say whom its plan visits: it was written by an older tare, ${tare.version}`, by);
  const subjects = recorded.subjects.map(({ id, kind, runtime, rung }) => ({ id, kind, ...(runtime === undefined ? {} : { runtime }), ...(rung === undefined ? {} : { rung }) }));
  const plan = planOf(options, subjects, recorded.serves);
  const digest = planDigest(plan);
  if (digest === recorded.digest) return plan;
  const [was, is] = [`${recorded.samples} samples in the order ${recorded.digest.slice(0, 12)}`, `${plan.samples} samples in the order ${digest.slice(0, 12)}`];
  throw new TareError('bad-file', `${path} is of another plan: it was begun for ${was}, and its options give ${is} with this tare`, by);
}

function refuseOtherCircumstances({ header }: Unfinished, { tare, host, image }: Pick<BenchRequest, 'tare' | 'host' | 'image'>): void {
  const found = differences(header, { tare, host: hostEntry(host), image: imageEntry(image) }, 'host');
  if (found.length === 0) return;
  const list = found.map(({ what, there, here }) => `${what}: ${there} when it began, ${here} now`).join('; ');
  throw new TareError(
    'host',
    `the run cannot go on here, its samples would mix two things: ${list}`,
    'resume it where and with what it began; to measure the same here: tare bench --like with its result.json or journal.jsonl',
  );
}
