import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { sha256 } from './content.ts';
import { fetchPackage, findPackage, parsePackageRecord, resolvePackage, type DebianPackage } from './debian-package.ts';

const CLOUD = `Package: linux-image-cloud-amd64
Source: linux-signed-amd64 (6.1.192+2)
Version: 6.1.192-2
Installed-Size: 13
Architecture: amd64
Depends: linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)
SHA256: 00be21c0c17f08ddf26e82d3b53fe7a41efa4a288938da6bb69e89c4b25c281d
`;

const wanted: DebianPackage = { name: 'thing', version: '1:2.0-1', architecture: 'amd64', dependencies: [], sha256: sha256('the package') };

/** A folder of programs that stand before the host's own, and an empty cache. */
function hostWith(t: { teardown(undo: () => void): void }, programs: Readonly<Record<string, string>>, { only = false } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tare-packages-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const path = process.env['PATH'];
  process.env['PATH'] = only ? bin : `${bin}:${path}`;
  t.teardown(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'cache');
}

test('a record of the package lists is read', (t) => {
  t.deepEqual(parsePackageRecord(CLOUD), {
    name: 'linux-image-cloud-amd64',
    version: '6.1.192-2',
    architecture: 'amd64',
    dependencies: ['linux-image-6.1.0-56-cloud-amd64'],
    sha256: '00be21c0c17f08ddf26e82d3b53fe7a41efa4a288938da6bb69e89c4b25c281d',
  });
});

test('alternatives, versions and architectures of dependencies are taken apart', (t) => {
  const record = 'Package: p\nVersion: 1\nArchitecture: all\nDepends: a (>= 1) | b:any, c\nDescription: Depends: not on this\n';
  t.deepEqual(parsePackageRecord(record)?.dependencies, ['a', 'b', 'c']);
  t.is(parsePackageRecord(record)?.sha256, null);
  t.is(parsePackageRecord('N: nothing\n'), null);
});

test.serial('a package that the lists do not know is named, with the remedy', async (t) => {
  hostWith(t, { 'apt-cache': 'echo "E: No packages found" >&2; exit 100' });
  t.is(await findPackage('tare-none'), null);
  const error = await t.throwsAsync(resolvePackage('tare-none'), { instanceOf: TareError });
  t.regex(error.message, /no package tare-none/);
  t.regex(error.remedy, /apt-get update/);
});

test.serial('a package is downloaded once, checked, and kept under its name', async (t) => {
  const cache = hostWith(t, { 'apt-get': 'printf "the package" > thing_1%3a2.0-1_amd64.deb; echo "$@" >> ../../calls' });
  const path = await fetchPackage(wanted, cache);
  t.is(path, join(cache, 'thing_1%3a2.0-1_amd64.deb'));
  t.is(await fetchPackage(wanted, cache), path);
  t.deepEqual(readdirSync(cache).sort(), ['.lock', 'thing_1%3a2.0-1_amd64.deb']);
  const calls = readFileSync(join(cache, '..', 'calls'), 'utf8').trim().split('\n');
  t.is(calls.length, 1);
  t.regex(calls[0] ?? '', /APT::Sandbox::User=root .*download thing=1:2\.0-1$/);
});

test.serial('a package that is damaged in the cache is downloaded again', async (t) => {
  const cache = hostWith(t, { 'apt-get': 'printf "the package" > thing_1%3a2.0-1_amd64.deb' });
  mkdirSync(cache);
  writeFileSync(join(cache, 'thing_1%3a2.0-1_amd64.deb'), 'the pack');
  const path = await fetchPackage(wanted, cache);
  hostWith(t, { 'apt-get': 'exit 1' });
  t.is(await fetchPackage(wanted, cache), path);
});

const failures = [
  { what: 'the network is down', says: "E: Failed to fetch http://deb/thing.deb  Temporary failure resolving 'deb'", remedy: /network/ },
  { what: 'the lists are older than the mirror', says: 'E: Failed to fetch http://deb/thing.deb  404  Not Found', remedy: /apt-get update/ },
];
for (const { what, says, remedy } of failures) {
  test.serial(`${what}: said so, and nothing is left`, async (t) => {
    const cache = hostWith(t, { 'apt-get': `echo half > thing_1%3a2.0-1_amd64.deb; echo "${says}" >&2; exit 100` });
    const error = await t.throwsAsync(fetchPackage(wanted, cache), { instanceOf: TareError });
    t.is(error.code, 'host');
    t.true(error.message.includes(`thing 1:2.0-1 cannot be downloaded: ${says}`));
    t.regex(error.remedy, remedy);
    t.deepEqual(readdirSync(cache), ['.lock']);
  });
}

test.serial('what an interrupted download left is removed by the next one', async (t) => {
  const cache = hostWith(t, { 'apt-get': 'printf "the package" > thing_1%3a2.0-1_amd64.deb' });
  mkdirSync(join(cache, 'partial-left'), { recursive: true });
  writeFileSync(join(cache, 'partial-left', 'half.deb'), 'half');
  await fetchPackage(wanted, cache);
  t.false(existsSync(join(cache, 'partial-left')));
});

test.serial('a host without apt is told what to install', async (t) => {
  hostWith(t, {}, { only: true });
  const error = await t.throwsAsync(findPackage('thing'), { instanceOf: TareError });
  t.is(error.code, 'missing-program');
  t.regex(error.message, /apt-cache is not installed/);
});
