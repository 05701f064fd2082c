/**
 * cgroups v2 for real, on a host that has v1: the launcher itself, with the plan that this code makes, inside a
 * guest whose kernel mounts nothing but v2.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { fileArchive } from '../image/cpio.ts';
import { loadImage } from '../image/load.ts';
import { LAUNCHER_PROGRAM } from '../launcher/client.ts';
import { slotName } from '../launcher/prepared.ts';
import { encodeLaunch, EventReader, type LauncherEvent } from '../launcher/wire.ts';
import { clone, descriptors, exec } from '../steps.ts';
import { vmMicro } from '../vm/micro.ts';
import { parseHierarchy } from './hierarchy.ts';
import { readCgroupMemory } from './memory.ts';
import { cgroupSteps } from './steps.ts';

const able = process.getuid?.() === 0 && (await vmMicro.availability()).state === 'available';
const guestTest = able ? test : test.skip;
const needs = able ? '' : ' (skipped: needs root and QEMU)';

const slot = { launcherPid: 1, number: 1 };
const AT = `/sys/fs/cgroup/${slotName(slot)}`;

/** As the guest has it: v2 alone, and nothing handed down yet. */
const GUEST = parseHierarchy('1 0 0:1 / /sys/fs/cgroup rw - cgroup2 none rw', (path) => (path.endsWith('cgroup.controllers') ? 'cpu memory pids' : ''));

/** What the new process says of itself, from inside its namespaces. */
const LOOK = `cat /proc/self/cgroup; for f in memory.max pids.max cpu.max memory.current; do echo "$f=$(cat ${AT}/$f)"; done; echo stat; cat ${AT}/memory.stat; printf R >&3`;

function message(): Buffer {
  const cgroup = cgroupSteps(GUEST, slot, { memoryBytes: 64 * 2 ** 20, cpus: 0.5, pids: 100 });
  return encodeLaunch(slot.number, [
    descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, ''),
    ...cgroup.before,
    clone(['pid', 'cgroup', 'uts', 'ipc', 'net', 'mnt'], cgroup.cloneInto, ''),
    ...cgroup.inside,
    exec('/bin/sh', ['sh', '-c', LOOK], ['PATH=/bin'], ''),
  ]);
}

async function inGuest(script: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'v2-guest-'));
  try {
    const speak = join(directory, 'speak');
    await execa('cc', ['-O2', '-static', '-Wall', '-Wextra', '-Werror', '-o', speak, fileURLToPath(new URL('../../fixtures/speak/speak.c', import.meta.url))]);
    const image = await loadImage('tiny');
    const initramfs = join(directory, 'initramfs.cpio');
    writeFileSync(initramfs, Buffer.concat([
      readFileSync(image.initramfs),
      fileArchive('usr/bin/speak', 0o755, readFileSync(speak)),
      fileArchive('usr/bin/tare-launcher', 0o755, readFileSync(LAUNCHER_PROGRAM)),
      fileArchive('message', 0o644, message()),
      fileArchive('usr/bin/entrypoint', 0o755, readFileSync(new URL('../../fixtures/fleet/entrypoint.sh', import.meta.url))),
    ]));
    const box = await vmMicro.prepare({ ...image, initramfs }, { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' });
    try {
      const instance = await box.start({ what: 'command', argv: ['sh', '-c', script], streams: 'capture' });
      const watchdog = setTimeout(() => void instance.stop(), 60_000);
      const { output } = await instance.ended;
      clearTimeout(watchdog);
      return output;
    } finally {
      await box.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

guestTest(`the plan holds on a kernel with v2 alone: born inside, limited, weighed, removed${needs}`, async (t) => {
  const output = await inGuest(
    'mount -t cgroup2 none /sys/fs/cgroup && echo "mode: $(cat /sys/fs/cgroup/cgroup.controllers)"; speak /usr/bin/tare-launcher < /message > /events; echo "status: $?"; echo "left: $(ls /sys/fs/cgroup | grep -c ^tare-)"; echo EVENTS; hexdump -ve \'1/1 "%02x"\' /events; echo; echo END',
  );
  t.regex(output, /mode: .*cpu.*memory.*pids/, output);
  t.regex(output, /status: 0/);
  t.regex(output, /left: 0/);
  const events: LauncherEvent[] = [];
  new EventReader().push(Buffer.from(/EVENTS\s+([0-9a-f]+)\s+END/.exec(output)?.[1] ?? '', 'hex'), (_id, event) => events.push(event));
  t.deepEqual(events.filter(({ kind }) => kind !== 'output').map(({ kind }) => kind), ['hello', 'started', 'mark', 'collected', 'exited', 'cleaned']);
  t.like(events.find(({ kind }) => kind === 'exited'), { signalled: false, status: 0 });
  t.like(events.find(({ kind }) => kind === 'cleaned'), { leftovers: [] });
  t.regex(String(events.flatMap((event) => (event.kind === 'collected' ? [event.content] : []))), /oom_kill 0/);
  const said = events.flatMap((event) => (event.kind === 'output' ? [event.bytes.toString()] : [])).join('');
  t.regex(said, /^0::\/\n/);
  t.regex(said, /memory\.max=67108864\npids\.max=100\ncpu\.max=50000 100000\n/);
  const [, current = '', stat = ''] = /memory\.current=(\d+)\nstat\n([^]*)$/.exec(said) ?? [];
  const memory = readCgroupMemory(2, (file) => (file === 'memory.stat' ? stat : current));
  t.true(memory.kernelBytes > 0 && memory.counterBytes > 0, said);
});

guestTest(`where a container sees a group of its own as the root, the entry point makes room, and the plan holds${needs}`, async (t) => {
  const hexdump = (file: string): string => `echo ${file}; hexdump -ve '1/1 "%02x"' /${file}; echo " END"`;
  const output = await inGuest([
    'mount -t cgroup2 none /sys/fs/cgroup; sh /usr/bin/entrypoint true; echo "in the true root: $(ls -d /sys/fs/cgroup/init)."',
    'cd /sys/fs/cgroup; echo "+cpu +memory +pids" > cgroup.subtree_control; mkdir pod; echo $$ > pod/cgroup.procs; cd /; mount --bind /sys/fs/cgroup/pod /sys/fs/cgroup',
    'speak /usr/bin/tare-launcher < /message > /without',
    'NODE_NAME=node-7 sh /usr/bin/entrypoint speak /usr/bin/tare-launcher < /message > /with; echo "on $(hostname), left: $(ls /sys/fs/cgroup | grep -c ^tare-)."',
    hexdump('without'),
    hexdump('with'),
  ].join('; '));
  t.regex(output, /in the true root: \./);
  t.regex(output, /on node-7, left: 0\./);
  const told = (file: string): LauncherEvent[] => {
    const events: LauncherEvent[] = [];
    new EventReader().push(Buffer.from(new RegExp(`^${file}\\s+([0-9a-f]+) END`, 'm').exec(output)?.[1] ?? '', 'hex'), (_id, event) => events.push(event));
    return events;
  };
  t.like(told('without').find(({ kind }) => kind === 'failed'), { errno: 16, path: '/sys/fs/cgroup/cgroup.subtree_control' }, output);
  t.like(told('with').find(({ kind }) => kind === 'exited'), { signalled: false, status: 0 }, output);
});
