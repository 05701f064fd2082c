import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { fileArchive } from '../../image/cpio.ts';
import { commandInitramfs } from './initramfs.ts';
import { commandScript, shellQuoted } from './script.ts';

const NASTY = ['', 'a b', "it's", '$HOME `id` "x" \\ ;&|', 'line\nbreak', '-n', '日本', "'''"];

test('any word survives the shell', (t) => {
  const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${NASTY.map(shellQuoted).join(' ')}`]).toString();
  t.deepEqual(said.split('\0').slice(0, -1), NASTY);
});

test('the script is one that a shell accepts, whatever the command', (t) => {
  for (const terminal of [null, { type: 'xterm-256color', rows: 24, columns: 80 }]) {
    const script = commandScript(['/bin/sh', '-c', ...NASTY], terminal, '/usr/bin/ready');
    t.notThrows(() => execFileSync('/bin/sh', ['-n'], { input: script }));
  }
});

test('kept output is raw; on a terminal the size is the user’s', (t) => {
  t.regex(commandScript(['true'], null, '/r'), /^stty raw -echo$/m);
  t.regex(commandScript(['true'], { type: 'vt100', rows: 24, columns: 80 }, '/r'), /^stty sane -onlcr rows 24 cols 80$/m);
  t.regex(commandScript(['true'], { type: 'vt100', rows: 0, columns: 0 }, '/r'), /^stty sane -onlcr$/m);
});

test('an archive of one file: header, name, content, trailer, all at multiples of four', (t) => {
  const archive = fileArchive('.tare-command', 0o755, Buffer.from('hello'));
  t.is(archive.length % 4, 0);
  t.is(archive.toString('latin1', 0, 6), '070701');
  const field = (index: number): number => Number.parseInt(archive.toString('latin1', 6 + 8 * index, 14 + 8 * index), 16);
  t.is(field(1), 0o100755);
  t.is(field(6), 5);
  t.is(field(11), '.tare-command'.length + 1);
  t.is(archive.toString('latin1', 110, 123), '.tare-command');
  t.is(archive.toString('latin1', 124, 129), 'hello');
  t.is(archive.toString('latin1', 132, 138), '070701');
  t.true(archive.toString('latin1').includes('TRAILER!!!\0'));
});

test('an initramfs for one command: the image’s archive, then the script’s; and no file is left', (t) => {
  const before = fileArchive('first', 0o644, Buffer.from('of the image'));
  const source = commandInitramfsSource(before);
  t.is(source.content.subarray(0, before.length).compare(before), 0);
  t.true(source.content.subarray(before.length).equals(fileArchive('.tare-command', 0o755, Buffer.from('#!/bin/sh\n'))));
  t.regex(source.link, /\(deleted\)$/);
});

/** Writes an archive to a file of its own, and reads the initramfs made from it. */
function commandInitramfsSource(archive: Buffer): { content: Buffer; link: string } {
  const directory = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    const file = `${directory}/image`;
    execFileSync('tee', [file], { input: archive, stdio: ['pipe', 'ignore', 'inherit'] });
    const made = commandInitramfs(file, '#!/bin/sh\n');
    try {
      return { content: readFileSync(made.path), link: execFileSync('readlink', [made.path]).toString().trim() };
    } finally {
      made.close();
    }
  } finally {
    execFileSync('rm', ['-r', directory]);
  }
}
