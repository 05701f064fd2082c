/** What can go wrong on a QMP connection, told apart for whoever has to decide what to do next. */
import { TareError } from '../../errors.ts';

export type QmpTrouble =
  /** QEMU answered with an error. */
  | 'refused'
  /** No answer in time; it may still come, and is dropped then. */
  | 'deadline'
  /** The connection is closed: QEMU has ended, or we have let go. */
  | 'closed'
  /** QEMU said something that is no QMP, or no answer to this command. */
  | 'malformed';

export class QmpError extends TareError {
  override readonly name = 'QmpError';
  readonly trouble: QmpTrouble;
  /** QEMU's class of the error (`GenericError`, `CommandNotFound`, …); null unless it refused. */
  readonly errorClass: string | null;
  /** QEMU's own words; null unless it refused. */
  readonly desc: string | null;

  constructor(trouble: QmpTrouble, message: string, remedy: string, details: { errorClass?: string; desc?: string; cause?: unknown } = {}) {
    super('host', message, remedy, details.cause === undefined ? undefined : { cause: details.cause });
    this.trouble = trouble;
    this.errorClass = details.errorClass ?? null;
    this.desc = details.desc ?? null;
  }
}
