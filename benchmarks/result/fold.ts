/** What a result document needs of a journal's records, taken from them one by one. None of them is kept. */
import type { JournalHeader, JournalRecord } from '../journal/record.ts';
import { resumedWarning } from '../warnings/resumed.ts';
import { warmupWarning } from '../warnings/samples.ts';
import type { ConditionsPoint } from './conditions.ts';
import type { Harness, Like, Resumption } from './origin.ts';
import type { ResultDocument, RuntimeEntry, Sample, Warning } from './schema.ts';
import { TimelineLabels } from './timeline.ts';

export type Ending = Pick<ResultDocument['run'], 'state' | 'finishedAt' | 'durationMs'>;

export class ResultFold {
  readonly runtimes: RuntimeEntry[] = [];
  readonly samples: Sample[] = [];
  readonly labels = new TimelineLabels();
  /** Warnings of the run itself, in the order they came. */
  readonly noticed: Warning[] = [];
  readonly looks: ConditionsPoint[] = [];
  readonly resumed: Resumption[] = [];
  like: Like | null = null;
  harness: Harness | null = null;
  #header: JournalHeader | null = null;
  #ending: Ending | null = null;
  #lastAtMs = 0;

  /** @throws {RangeError} when no header has come */
  get header(): JournalHeader {
    if (this.#header === null) throw new RangeError('the first record of a journal is that of the run');
    return this.#header;
  }

  /** How it ended; without an `end` it was cut off, and finished with its last sample. */
  get ending(): Ending {
    return this.#ending ?? { state: 'interrupted', finishedAt: new Date(Date.parse(this.header.startedAt) + this.#lastAtMs).toISOString(), durationMs: this.#lastAtMs };
  }

  add(record: JournalRecord): void {
    switch (record.record) {
      case 'run':
        this.#header = record;
        break;
      case 'runtime':
        this.runtimes.push(record.entry);
        break;
      case 'warm-up':
        this.#lastAtMs = record.at;
        if (record.result.outcome === 'failed') this.noticed.push(warmupWarning(record.benchmark, record.runtime, record.result.failure));
        break;
      case 'sample':
        this.samples.push(this.labels.compact(record.sample));
        this.#lastAtMs = record.sample.at;
        break;
      case 'conditions':
        this.looks.push(record.point);
        break;
      case 'warning':
        this.noticed.push(record.warning);
        break;
      case 'like':
        this.like = record.like;
        break;
      case 'resumed':
        this.#resume(record);
        break;
      case 'end':
        this.harness = record.harness ?? null;
        this.#ending = { state: record.state, finishedAt: record.finishedAt, durationMs: record.durationMs };
        break;
    }
  }

  /** It had been interrupted in good order, perhaps: that was not the end after all. */
  #resume({ at, resumedAt, pausedMs, samples, tornBytes }: Resumption): void {
    const resumption = { at, resumedAt, pausedMs, samples, tornBytes };
    this.resumed.push(resumption);
    this.noticed.push(resumedWarning(resumption));
    this.#lastAtMs = at;
    this.#ending = null;
  }
}
