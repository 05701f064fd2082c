/**
 * What a person is told when something cannot be done: what was tried, what came of it, and the next step.
 *
 * One class with a closed set of codes rather than a tree of classes: callers branch on `code`, people read
 * the three sentences.
 */
export type ErrorCode =
  | 'usage'
  | 'no-root'
  | 'missing-program'
  | 'missing-file'
  | 'bad-file'
  | 'newer-schema'
  | 'no-space'
  | 'no-memory'
  | 'no-kvm'
  | 'host'
  | 'launcher'
  | 'start-failed'
  | 'interrupted';

export class TareError extends Error {
  override readonly name: string = 'TareError';
  readonly code: ErrorCode;
  /** What to do next, in the imperative. */
  readonly remedy: string;

  /**
   * @param message what was tried and what came of it; names the value and the place
   * @param remedy the next step, in the imperative; '' when the message says it all
   */
  constructor(code: ErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Why an instance did not become ready. Recorded as the outcome of its sample. */
export type FailureReason =
  /** A step of the plan failed: the sentence names it. */
  | 'step'
  /** The deadline passed without the ready byte. */
  | 'deadline'
  /** The main process ended without the ready byte. */
  | 'ended'
  /** Figures that cannot be (a clock that ran backwards, a missing stamp). */
  | 'measurement';

export class StartFailure extends TareError {
  override readonly name = 'StartFailure';
  readonly reason: FailureReason;
  /** Standard error, console: whatever was kept of the attempt. */
  readonly log: string;

  constructor(reason: FailureReason, message: string, remedy: string, log: string, options?: ErrorOptions) {
    super('start-failed', message, remedy, options);
    this.reason = reason;
    this.log = log;
  }
}
