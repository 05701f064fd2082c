import { createHash } from 'node:crypto';
import { closeSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { StartFailure } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { loadImage } from '../image/load.ts';
import { Launcher, LAUNCHER_PROGRAM } from '../launcher/client.ts';
import { MS } from '../steps.ts';
import { imageDisk, warm } from './box.ts';
import { hostSpec, openContainer } from './container.ts';
import type { ContainerSpec } from './spec.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

type Change = (spec: ContainerSpec) => ContainerSpec;
const same: Change = (spec) => spec;

async function run(argv: readonly string[], change: Change = same, image?: Image): Promise<{ output: string; status: number }> {
  const from = image ?? (await loadImage('tiny'));
  const box = await openContainer(change(hostSpec(from, { memoryBytes: 2 ** 26, cpus: 1 })), warm(from));
  try {
    const { output, status } = await (await box.start({ what: 'command', argv, streams: 'capture' })).ended;
    return { output, status };
  } finally {
    await box.close();
  }
}

async function attempts(lines: readonly string[], change: Change = same, image?: Image): Promise<string> {
  return (await run(['sh', '-c', [...lines, 'echo done'].join('\n')], change, image)).output;
}

/** An image with one more layer on top. */
async function layered(fill: (directory: string) => void): Promise<{ image: Image; remove: () => void }> {
  const image = await loadImage('tiny');
  const directory = mkdtempSync(join(tmpdir(), 'tare-escapes-'));
  const layer = join(directory, 'layer');
  mkdirSync(layer);
  fill(layer);
  const top = { ...(image.layers[0] as Image['layers'][number]), name: 'more', directory: layer };
  return { image: { ...image, layers: [...image.layers, top] }, remove: () => rmSync(directory, { recursive: true }) };
}

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

rootTest(`host processes cannot be seen, signalled or traced${needsRoot}`, async (t) => {
  const output = await attempts([
    `[ -d /proc/${process.pid} ] && echo saw a host process`,
    `kill -0 ${process.pid} 2>/dev/null && echo could signal a host process`,
    'ls /proc | grep -c "^[0-9]" | grep -qE "^[1-5]$" || echo saw too many processes',
    `cd /proc/1/root && ls .${LAUNCHER_PROGRAM} boot/vmlinuz* 2>/dev/null && echo saw host files through /proc/1/root; cd`,
    'cat /proc/1/environ | tr "\\0" "\\n" | grep -q "^SUDO" && echo saw the host’s environment',
  ]);
  t.is(output, 'done\n');
});

rootTest(`no new namespace, mount, root or device is to be had${needsRoot}`, async (t) => {
  const output = await attempts([
    ...['-m', '-u', '-i', '-n', '-p', '-U', '-C'].map((flag) => `unshare ${flag} true 2>/dev/null && echo unshared ${flag}`),
    'nsenter -t 1 -m true 2>/dev/null && echo entered a namespace',
    'mount -t proc proc /mnt 2>/dev/null && echo mounted proc',
    'mount -o bind / /mnt 2>/dev/null && echo bound',
    'mount -o remount,rw /proc/sys 2>/dev/null && echo remounted /proc/sys',
    'umount /proc/sys 2>/dev/null && echo uncovered /proc/sys',
    'umount /proc/kcore 2>/dev/null && echo uncovered kcore',
    'pivot_root . . 2>/dev/null && echo pivoted',
    'swapon /dev/null 2>/dev/null && echo swapped',
    'losetup /dev/loop0 /etc/passwd 2>/dev/null && echo a loop device',
    'mknod /dev/mem c 1 1 && head -c 1 /dev/mem 2>/dev/null | grep -q . && echo read memory',
    'mknod /dev/disk b 254 0 && head -c 1 /dev/disk >/dev/null 2>&1 && echo read a disk in /dev',
    'mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk >/dev/null 2>&1 && echo read a disk in /tmp',
    'mknod /tmp/null c 1 3 && echo x 2>/dev/null > /tmp/null && echo opened a node of its own',
    'mknod /dev/shm/null c 1 3 2>/dev/null; echo x 2>/dev/null > /dev/shm/null && [ -c /dev/shm/null ] && echo opened a node in shm',
    'echo x > /dev/null || echo its own null does not work',
  ]);
  t.is(output, 'done\n');
});

rootTest(`no module, no clock, no log, no reboot, no kernel setting${needsRoot}`, async (t) => {
  const output = await attempts([
    'insmod /etc/passwd 2>&1 | grep -qi "not permitted" || echo insmod was not refused',
    'date -s 2001-01-01 >/dev/null 2>&1; [ "$(date +%Y)" = 2001 ] && echo set the clock',
    'dmesg 2>/dev/null | grep -q . && echo read the kernel’s log',
    'reboot -f 2>/dev/null && echo rebooted',
    'for f in /proc/sys/kernel/panic /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /sys/kernel/mm/ksm/run /sys/power/state; do echo 1 2>/dev/null > $f && echo wrote $f; done',
    'for f in /proc/kcore /proc/keys /proc/timer_list; do [ -s $f ] && echo read $f; done',
    'ls -A /sys/firmware /proc/scsi /proc/acpi 2>/dev/null | grep -v ":" | grep -q . && echo saw a masked directory',
    'sysctl -w net.ipv4.ip_forward=1 2>/dev/null | grep -q "= 1" && echo set a sysctl',
    'true',
  ]);
  t.is(output, 'done\n');
});

rootTest(`a setuid program gains nothing${needsRoot}`, async (t) => {
  const nobody: Change = (spec) => ({ ...spec, user: { uid: 65534, gid: 65534, groups: [] }, capabilities: spec.capabilities === null ? null : { ...spec.capabilities, effective: [], permitted: [] } });
  // Directory and file are root's and setuid; whoever runs it is nobody.
  const { image, remove } = await layered((layer) => {
    mkdirSync(join(layer, 'opt'));
    cpSync(join(dirname(LAUNCHER_PROGRAM), '../../../fixtures/.built'), join(layer, 'opt'), { recursive: false, filter: () => false });
  });
  t.teardown(remove);
  const prepared = await attempts(['cp /bin/busybox /tmp/id && chmod 4755 /tmp/id && ls -l /tmp/id | cut -c1-10'], same, image);
  t.regex(prepared, /^-rwsr-xr-x\n/);
  const output = await run(['sh', '-c', 'id -u; grep -E "^(CapPrm|CapEff|NoNewPrivs)" /proc/self/status'], nobody);
  t.regex(output.output, /^65534\nCapPrm:\t0{16}\nCapEff:\t0{16}\nNoNewPrivs:\t1\n$/);
});

rootTest(`no descriptor of the launcher’s leaks (CVE-2024-21626)${needsRoot}`, async (t) => {
  // No pipeline: the shell, which is process 1, would hold an end of its own pipe while `ls` looks.
  const { output } = await run(['sh', '-c', 'ls /proc/1/fd; for n in 0 1 2; do [ -d /proc/1/fd/$n ] && echo descriptor $n is a directory; done; echo done']);
  t.is(output, '0\n1\n2\ndone\n');
  for (const number of [3, 5, 7, 8, 9]) {
    const error = await t.throwsAsync(run(['true'], (spec) => ({ ...spec, workdir: `/proc/self/fd/${number}` })), { instanceOf: StartFailure }, String(number));
    t.regex(error.message, /chdir \/proc\/self\/fd\/\d, failed/);
  }
});

rootTest(`the runtime’s own program cannot be overwritten from inside (CVE-2019-5736)${needsRoot}`, async (t) => {
  const before = digest(LAUNCHER_PROGRAM);
  // The container's program is a link to what performs its exec: the launcher, which then runs inside.
  const { image, remove } = await layered((layer) => symlinkSync('/proc/self/exe', join(layer, 'trap')));
  t.teardown(remove);
  const { output } = await run(['/trap', '--operations'], same, image);
  t.regex(output, /22 exec/, 'the trap works: it is the launcher that ran inside');
  t.is(digest(LAUNCHER_PROGRAM), before);
  // What it ran from is sealed: even root on the host, with the file in hand, cannot write to it.
  const launcher = await Launcher.open();
  const held = openSync(`/proc/${launcher.pid}/exe`, constants.O_RDONLY);
  await launcher.close();
  t.throws(() => {
    const writable = openSync(`/proc/self/fd/${held}`, constants.O_WRONLY);
    try {
      writeSync(writable, 'x');
    } finally {
      closeSync(writable);
    }
  }, { message: /EPERM|ETXTBSY/ });
  closeSync(held);
});

rootTest(`symbolic links in an image lead to places inside it${needsRoot}`, async (t) => {
  const host = mkdtempSync(join(tmpdir(), 'tare-host-'));
  writeFileSync(join(host, 'secret'), 'of the host');
  const { image, remove } = await layered((layer) => {
    symlinkSync(`/../../../../../../../..${host}`, join(layer, 'out'));
    symlinkSync('../../../../../../../../../..', join(layer, 'up'));
  });
  t.teardown(() => {
    remove();
    rmSync(host, { recursive: true });
  });
  const change: Change = (spec) => ({
    ...spec,
    mounts: [...spec.mounts, { target: `/up${host}/made`, type: 'tmpfs', source: 'tmpfs', flags: 0, data: '', why: 'through a link upwards' }, { target: '/out', type: 'bind', source: '/usr', flags: MS.rdonly, data: '', why: 'over a link' }],
  });
  const output = await attempts([`cat /out/secret 2>/dev/null`, `cat /up${host}/secret 2>/dev/null`, `ls /up | grep -q usr || echo up leads nowhere`, `touch /up${host}/made/x`], change, image).catch((error: Error) => error.message);
  t.false(output.includes('of the host'), output);
  t.deepEqual(readdirSync(host), ['secret'], 'nothing was made on the host');
});

rootTest(`a bind shows what was asked for, and no more of the host${needsRoot}`, async (t) => {
  const host = mkdtempSync(join(tmpdir(), 'tare-bind-'));
  t.teardown(() => rmSync(host, { recursive: true }));
  writeFileSync(join(host, 'file'), 'lent');
  const bind = (readonly: boolean): Change => (spec) => ({ ...spec, mounts: [...spec.mounts, { target: '/mnt/a/b', type: 'bind', source: host, flags: readonly ? MS.rdonly : 0, data: '', why: '' }] });
  t.is(await attempts(['cat /mnt/a/b/file; echo', 'touch /mnt/a/b/new 2>/dev/null && echo wrote', 'ls /mnt/a/b/.. | grep -v "^b$"'], bind(true)), 'lent\ndone\n');
  t.is(await attempts(['touch /mnt/a/b/new && echo wrote', 'mknod /mnt/a/b/node c 1 3; echo x 2>/dev/null > /mnt/a/b/node && echo opened a node'], bind(false)), 'wrote\ndone\n');
  t.true(existsSync(join(host, 'new')));
});

rootTest(`what a container without its own root keeps of the host is said by its plan, and it mounts nothing there${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const box = await openContainer({ ...hostSpec(image, { memoryBytes: 2 ** 26, cpus: 1 }), root: { kind: 'host' } }, { ...warm(image), disk: imageDisk(image) });
  const { output } = await (await box.start({ what: 'command', argv: ['cat', '/proc/self/mountinfo'], streams: 'capture' })).ended;
  await box.close();
  t.true(output.includes(' /proc '));
  t.is(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
});
