/**
 * Documents of older schema versions, brought up to this one step by step. A step knows two neighbouring versions and
 * nothing else, so a document of any age takes all the steps from its own version on. Steps are never taken out:
 * reports are opened years later.
 */
import { TareError } from '../../runtime/errors.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** A document as JSON gives it: nothing about it is known yet but its version. */
export type Raw = Readonly<Record<string, unknown>>;

/** @returns the same document in the next version, `schemaVersion` apart; changes nothing it was given */
export type Step = (document: Raw) => Raw;

/** From which version → how it becomes the next. Version 1 is the first that was written, so there is none yet. */
export const STEPS: Readonly<Record<number, Step>> = {};

/**
 * @param place how the source is called in messages
 * @returns the document as it is, when it is of this version already, or does not say of which it is
 * @throws {TareError} `bad-file` when no step leads on from its version; a step's own error with the version it failed at
 */
export function migrated(document: Raw, place: string, steps: Readonly<Record<number, Step>> = STEPS, to: number = SCHEMA_VERSION): Raw {
  const from = document['schemaVersion'];
  if (typeof from !== 'number' || !Number.isInteger(from)) return document;
  let current = document;
  for (let version = from; version < to; version++) {
    const step = steps[version];
    if (step === undefined) throw new TareError('bad-file', `${place} is of schema version ${from}, and nothing leads from version ${version} to ${version + 1}; this tare reads version ${to}`, 'take the original that tare bench wrote: no tare has written that version');
    try {
      current = { ...step(current), schemaVersion: version + 1 };
    } catch (error) {
      throw new TareError('bad-file', `${place} is of schema version ${from} and could not be brought from version ${version} to ${version + 1}: ${error instanceof Error ? error.message : String(error)}`, 'it was changed after it was written; take the original, or the journal.jsonl beside it', { cause: error });
    }
  }
  return current;
}
