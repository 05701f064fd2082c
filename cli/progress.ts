/**
 * Progress of a run, on standard error: one line that is rewritten on a terminal, plain lines elsewhere.
 */
import pc from 'picocolors';
import type { Progress, RunEvent, Visit } from '../benchmarks/events.ts';
import { likeLines } from './bench/like-text.ts';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Without a terminal a line comes at most this often. */
const QUIET_MS = 10_000;

/** `9 s`, `1 min 05 s`, `1 h 02 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function barText(fraction: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** `startup  [████░░░░]  40 %  round 12/30  vm-micro  1 min 05 s left` */
export function progressLine(visit: Visit, progress: Progress, columns: number): string {
  const failed = progress.failed > 0 ? `  ${progress.failed} failed` : '';
  const round = visit.warmup ? 'warm-up' : `round ${visit.round + 1}/${visit.rounds}`;
  const tail = `${failed}  ${durationText(progress.remainingMs)} left`;
  const head = visit.benchmark.padEnd(8);
  const fraction = progress.total === 0 ? 1 : progress.done / progress.total;
  const line = `${head} ${barText(fraction, 12)} ${String(Math.floor(fraction * 100)).padStart(3)} %  ${round}  ${visit.runtime}${tail}`;
  return line.slice(0, Math.max(20, columns - 1));
}

export class ProgressDisplay {
  readonly #stream: ProgressStream;
  readonly #colours: ReturnType<typeof pc.createColors>;
  #open = false;
  #spoke = 0;

  constructor(stream: ProgressStream, colours: boolean) {
    this.#stream = stream;
    this.#colours = pc.createColors(colours);
  }

  show(event: RunEvent): void {
    const { dim, yellow, red } = this.#colours;
    switch (event.type) {
      case 'run-start':
        this.say(`results go to ${event.directory}`);
        break;
      case 'run-resumed': {
        const { resumption, directory, progress } = event;
        this.say(`goes on in ${directory}: ${resumption.samples} samples are there${resumption.tornBytes > 0 ? ', one was cut short' : ''}, ${progress.total - progress.done} are left, about ${durationText(progress.remainingMs)}`);
        break;
      }
      case 'like':
        for (const line of likeLines(event.like)) this.say(line);
        break;
      case 'provision-start':
        this.#rewrite(`preparing ${event.runtime} (${event.index + 1}/${event.count})`);
        break;
      case 'provision-step':
        this.say(event.text);
        break;
      case 'provision-done':
        this.say(`prepared ${event.runtime}${event.accelerator === null ? '' : ` (${event.accelerator}${event.emulated ? ', emulated' : ''})`} ${dim(`in ${durationText(event.milliseconds)}`)}`);
        break;
      case 'runtime-unavailable':
        this.say(`${yellow('not measured:')} ${event.runtime}: ${event.reason}${event.remedy === '' ? '' : `\n  next: ${event.remedy}`}`);
        break;
      case 'benchmark-start':
        this.say(`${event.benchmark}: ${event.rounds} ${event.rounds === 1 ? 'round' : 'rounds'} (benchmark ${event.index + 1} of ${event.count}, ${durationText(event.progress.remainingMs)} left in all)`);
        break;
      case 'sample-start':
        this.#visit(event.visit, event.progress);
        break;
      case 'sample-done':
        if (event.outcome.outcome === 'failed') this.say(`${red('failed:')} ${event.visit.benchmark} of ${event.visit.runtime}, round ${event.visit.round + 1}: ${event.outcome.failure.message}`);
        break;
      case 'warning':
        this.say(`${yellow('warning:')} ${event.warning.symptom}`);
        break;
      case 'interrupted':
        this.say('stopping');
        break;
      case 'benchmark-done':
      case 'run-done':
        this.#clear();
        break;
    }
  }

  /** A line of its own, above the progress line. */
  say(line: string): void {
    this.#clear();
    this.#stream.write(`${line}\n`);
    this.#spoke = Date.now();
  }

  #visit(visit: Visit, progress: Progress): void {
    if (this.#stream.isTTY === true) this.#rewrite(progressLine(visit, progress, this.#stream.columns ?? 80));
    else if (Date.now() - this.#spoke >= QUIET_MS) this.say(`${visit.benchmark}: ${progress.done}/${progress.total} samples, ${durationText(progress.remainingMs)} left`);
  }

  #rewrite(line: string): void {
    if (this.#stream.isTTY !== true) return;
    this.#stream.write(`\r\u001B[2K${line}`);
    this.#open = true;
  }

  #clear(): void {
    if (this.#open) this.#stream.write('\r\u001B[2K');
    this.#open = false;
  }
}
