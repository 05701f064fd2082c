import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../errors.ts';
import type { SnapshotKey } from './key.ts';
import { obtainSnapshot, type Maker } from './obtain.ts';
import { ramFile, type Snapshot } from './snapshot.ts';

const KEY: SnapshotKey = { qemu: '7.2.22', program: 'p', processor: 'c', line: 'qemu -m 256M' };

interface Tried {
  readonly directory: string;
  readonly said: readonly string[];
  readonly saved: () => number;
  readonly obtain: (key?: SnapshotKey, maker?: Partial<Maker>) => Promise<Snapshot>;
  /** Folders that are there, whole or not. */
  readonly folders: () => string[];
}

function place(t: ExecutionContext): Tried {
  const directory = mkdtempSync(join(tmpdir(), 'tare-snapshots-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const said: string[] = [];
  let saved = 0;
  const maker: Maker = {
    async save(folder) {
      saved++;
      await writeFile(ramFile(folder), `memory ${saved}`);
      return Buffer.from('state');
    },
    prove: () => Promise.resolve(),
  };
  return {
    directory,
    said,
    saved: () => saved,
    obtain: (key = KEY, other = {}) => obtainSnapshot({ directory, name: 'tiny', say: (sentence) => said.push(sentence) }, key, { ...maker, ...other }),
    folders: () => readdirSync(directory).filter((name) => !name.startsWith('.lock-')),
  };
}

test('made once, then found; nothing is said', async (t) => {
  const { obtain, saved, said, folders } = place(t);
  const first = await obtain();
  t.is(Buffer.from(first.state).toString(), 'state');
  t.is(readFileSync(`${first.commands}.in`, 'utf8'), 'migrate_set_capability x-ignore-shared on\nmigrate_incoming fd:4\n');
  t.deepEqual(await obtain(), first);
  t.deepEqual([saved(), said.length, folders().length], [1, 0, 1]);
});

test('another QEMU has a snapshot of its own; the old one stays', async (t) => {
  const { obtain, saved, folders } = place(t);
  const old = await obtain();
  const recent = await obtain({ ...KEY, qemu: '8.0.0' });
  t.not(recent.directory, old.directory);
  t.deepEqual([saved(), folders().length], [2, 2]);
  t.is((await obtain()).savedAt, old.savedAt);
});

const DAMAGE: readonly (readonly [string, (directory: string) => void, RegExp])[] = [
  ['memory with other content', (at) => writeFileSync(join(at, 'ram'), 'mEmory 1'), /ram: its content is not what was saved; it is made anew$/],
  ['memory that is shorter', (at) => truncateSync(join(at, 'ram'), 3), /ram: it has 3 bytes in place of 8/],
  ['no state', (at) => unlinkSync(join(at, 'state')), /state: it is missing/],
  ['other commands', (at) => writeFileSync(join(at, 'resume.in'), 'quit\n'), /resume\.in: it has 5 bytes/],
  ['nowhere for answers', (at) => unlinkSync(join(at, 'resume.out')), /resume\.out: it is missing/],
  ['no list', (at) => unlinkSync(join(at, 'manifest.json')), /manifest\.json: it is missing/],
  ['a list that is no list', (at) => writeFileSync(join(at, 'manifest.json'), '{"version":1}'), /manifest\.json: it cannot be read/],
];

for (const [what, damage, sentence] of DAMAGE) {
  test(`damaged: ${what}: named, and made anew once`, async (t) => {
    const { obtain, saved, said } = place(t);
    damage((await obtain()).directory);
    const anew = await obtain();
    t.is(readFileSync(anew.ram, 'utf8'), 'memory 2');
    t.is(said.length, 1);
    t.regex(said[0] ?? '', sentence);
    t.true(said[0]?.includes(anew.directory));
    await obtain();
    t.is(saved(), 2);
  });
}

test('one that cannot be saved, or does not resume, leaves nothing, and the next attempt is made as the first', async (t) => {
  const { obtain, folders } = place(t);
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const error = await t.throwsAsync(obtain(KEY, { save: (at) => writeFile(ramFile(at), 'half').then(() => Promise.reject(full)) }), { instanceOf: TareError });
  t.is(error?.code, 'no-space');
  await t.throwsAsync(obtain(KEY, { prove: () => Promise.reject(new Error('it does not resume')) }), { message: 'it does not resume' });
  t.deepEqual(folders(), []);
  await t.notThrowsAsync(obtain());
});

test('it is proved before it has its name', async (t) => {
  const { obtain, folders } = place(t);
  await obtain(KEY, {
    async prove({ directory }) {
      t.deepEqual(folders(), [directory.slice(directory.lastIndexOf('/') + 1)]);
      t.regex(directory, /\/partial-tiny-/);
    },
  });
  t.regex(folders().join(), /^tiny-[0-9a-f]{12}$/);
});

test('two at once make one', async (t) => {
  const { obtain, saved } = place(t);
  const slowly: Partial<Maker> = { prove: () => sleep(100) };
  const both = await Promise.all([obtain(KEY, slowly), obtain(KEY, slowly)]);
  t.is(saved(), 1);
  t.is(both[0].directory, both[1].directory);
});

test('what one who was killed left half-made is not used', async (t) => {
  const { directory, obtain } = place(t);
  const { directory: whole } = await obtain();
  const partial = join(directory, `partial-${whole.slice(directory.length + 1)}`);
  rmSync(whole, { recursive: true });
  mkdirSync(partial);
  writeFileSync(join(partial, 'resume.out'), 'in the way');
  t.is(readFileSync((await obtain()).ram, 'utf8'), 'memory 2');
  t.false(existsSync(partial));
});
