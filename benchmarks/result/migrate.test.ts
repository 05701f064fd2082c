import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { migrated, STEPS, type Raw, type Step } from './migrate.ts';
import { parseResult } from './read.ts';
import { SCHEMA_VERSION } from './schema.ts';

/** Made up: there has been one version only. */
const TWO_STEPS: Readonly<Record<number, Step>> = {
  1: ({ host, ...rest }) => ({ ...rest, machine: host }),
  2: (document) => ({ ...document, samples: (document['samples'] as number[]).map((ms) => ({ ms })) }),
};

test('a document takes every step from its own version on, and no other', (t) => {
  const old: Raw = { schemaVersion: 1, host: 'lab', samples: [4, 5] };
  t.deepEqual(migrated(old, 'old.json', TWO_STEPS, 3), { schemaVersion: 3, machine: 'lab', samples: [{ ms: 4 }, { ms: 5 }] });
  t.deepEqual(migrated({ schemaVersion: 2, host: 'kept', samples: [4] }, 'newer.json', TWO_STEPS, 3), { schemaVersion: 3, host: 'kept', samples: [{ ms: 4 }] });
  t.deepEqual(old, { schemaVersion: 1, host: 'lab', samples: [4, 5] }, 'it was changed');
});

test('one of this version, or that does not say of which it is, is left as it is', (t) => {
  for (const document of [{ schemaVersion: 3, host: 'x' }, { host: 'x' }, { schemaVersion: '1' }]) t.is(migrated(document, 'a.json', TWO_STEPS, 3), document);
});

test('a gap and a step that fails are told with both versions', (t) => {
  const gap = t.throws(() => migrated({ schemaVersion: 0 }, 'old.json', TWO_STEPS, 3), { instanceOf: TareError });
  t.regex(gap.message, /^old\.json is of schema version 0, and nothing leads from version 0 to 1; this tare reads version 3$/);
  const failed = t.throws(() => migrated({ schemaVersion: 2, samples: 7 }, 'old.json', TWO_STEPS, 3), { instanceOf: TareError });
  t.regex(failed.message, /version 2 and could not be brought from version 2 to 3/);
  t.truthy(failed.cause);
});

test('there is a step for every version that was ever written', (t) => {
  t.deepEqual(Object.keys(STEPS).map(Number), Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 1));
});

test('a result is brought up to date when it is read: version 0 was never written', (t) => {
  const error = t.throws(() => parseResult(JSON.stringify({ format: 'tare-result', schemaVersion: 0 }), 'odd.json'), { instanceOf: TareError });
  t.is(error.code, 'bad-file');
  t.regex(error.message, /odd\.json is of schema version 0, and nothing leads from version 0 to 1/);
});
