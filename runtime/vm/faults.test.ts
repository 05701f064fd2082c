/**
 * What can go wrong with a virtual machine, each for real: QEMU and its guest are made to fail, and what a person is
 * told is looked at. What this host cannot do is replayed, as it was recorded on one that does.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { StartFailure, type FailureReason } from '../errors.ts';
import { besides, FaultyMachine, instead, type Fault } from './faulty-machine.fixture.ts';
import type { GuestInstance } from './guest-instance.ts';
import { guestKernelLog } from './autopsy/guest-ram.ts';
import { DEADLINE_MS, lack, runs, suffix } from './real-machines.ts';

const realTest = lack === null ? test.serial : test.skip;

interface Expected {
  readonly fault: Fault;
  readonly meanwhile?: (instance: GuestInstance) => void;
  readonly deadlineMs?: number;
  /** What its kernel is to have logged before the deadline begins, however busy the host. */
  readonly after?: RegExp;
  readonly reason: FailureReason;
  readonly message: RegExp;
  readonly remedy: RegExp;
  /** What the log has besides: QEMU's words, the console's, or the kernel's own log. */
  readonly log: RegExp;
  readonly phase: 'not known' | 'firmware' | 'kernel' | 'initramfs' | 'init';
  /** Why it cannot be tried on this host. */
  readonly lack?: string | null;
}

const SILENT = /^(--- last phase)/;
const REBUILD = /tare image build tiny --force/;

/** Says what was recorded, and then stays, as what it was recorded from does. */
function replay(text: string): Fault {
  return { before: ['/bin/sh', '-c', `printf '%s' "$0" >&2; exec sleep 600`, text], inPlace: true };
}

const noDevice = existsSync('/dev/kvm') ? null : 'no /dev/kvm to be denied';
const kvm = (words: readonly string[]): string[] => instead('-accel', 'kvm')(words);

const FAULTS: Readonly<Record<string, Expected>> = {
  'a guest that panics, and whose kernel reboots': {
    fault: { kernel: (line) => line.replace(/rdinit=.*/, 'rdinit=/bin/true') },
    reason: 'ended', message: /the guest’s kernel panicked: Attempted to kill init! exitcode=0x0/, remedy: /console is in the log/, log: /Kernel panic - not syncing/, phase: 'kernel',
  },
  'a guest that panics, and stands still: it is not waited for': {
    fault: { kernel: (line) => line.replace('panic=-1 ', '').replace(/rdinit=.*/, 'rdinit=/bin/true') },
    reason: 'ended', message: /the guest’s kernel panicked: Attempted to kill init! exitcode=0x0/, remedy: /console is in the log/, log: /---\[ end Kernel panic/, phase: 'kernel',
  },
  'a guest without a first program': {
    fault: { kernel: (line) => line.replace(/rdinit=\S+/, 'rdinit=/nonexistent') },
    reason: 'ended', message: /found no program to start \("(No working init found|VFS: Unable to mount root fs)/, remedy: REBUILD, log: /Kernel panic/, phase: 'kernel',
  },
  'a guest whose kernel waits for ever, without a word': {
    fault: { kernel: (line) => line.replace(/rdinit=\S+/, 'rdinit=/nonexistent root=/dev/vda rootwait') }, after: /Waiting for root device/, deadlineMs: 100,
    reason: 'deadline', message: /not ready within 100 ms: stopped; it had come as far as its kernel/, remedy: /--deadline/, log: /the log of the guest’s kernel[\s\S]*\nWaiting for root device \/dev\/vda/, phase: 'kernel',
  },
  'a guest whose workload never makes its mark': {
    fault: { kernel: (line) => line.replace(/rdinit=.*/, 'rdinit=/bin/sleep -- 600') }, after: /Run \/bin\/sleep/, deadlineMs: 100,
    reason: 'deadline', message: /as far as its first program, \/bin\/sleep$/, remedy: /--deadline/, log: /\nRun \/bin\/sleep as init process/, phase: 'init',
  },
  'memory too small to say anything in': {
    fault: { memoryMebibytes: 16 }, deadlineMs: 1500,
    reason: 'deadline', message: /not ready within 1500 ms: stopped; it had come as far as the firmware: no kernel had logged anything$/, remedy: /--memory 72M is the least/, log: SILENT, phase: 'firmware',
  },
  'memory too small to unpack the root in': {
    fault: { memoryMebibytes: 64 },
    reason: 'ended', message: /(ran out of memory in 64 MiB|the guest’s kernel panicked)/, remedy: /--memory 72M is the least|log/, log: /Kernel panic/, phase: 'kernel',
  },
  'more memory than the host lets it have': {
    fault: { words: (words) => words.map((word) => word.replace(/\b128M\b/, '900000G')) },
    reason: 'ended', message: /no memory for a guest of 128 MiB: /, remedy: /free some memory/, log: /annot|large|failed/, phase: 'not known',
  },
  'QEMU that is killed': {
    fault: {}, meanwhile: ({ pid }) => process.kill(pid, 'SIGKILL'),
    reason: 'ended', message: /QEMU was killed \(signal 9\)/, remedy: /out of memory: see its kernel log/, log: SILENT, phase: 'not known',
  },
  'QEMU that ends with status 0, without the mark': {
    fault: { kernel: (line) => line.replace(/rdinit=.*/, 'rdinit=/bin/sleep -- 600') }, meanwhile: ({ pid }) => void sleep(500).then(() => process.kill(pid, 'SIGTERM')),
    reason: 'ended', message: /QEMU was told to end \(signal 15\) before its guest had made its mark/, remedy: /who ends it/, log: /terminating on signal 15/, phase: 'not known',
  },
  'a kernel that is no kernel': {
    fault: { words: instead('-kernel', '/etc/passwd') },
    reason: 'ended', message: /the guest kernel is no kernel that QEMU can boot/, remedy: REBUILD, log: /invalid kernel header|too old/, phase: 'not known',
  },
  'a kernel that is not there': {
    fault: { words: instead('-kernel', '/nonexistent/vmlinux') },
    reason: 'ended', message: /cannot open the guest kernel \/nonexistent\/vmlinux: No such file/, remedy: REBUILD, log: /could not open kernel file/, phase: 'not known',
  },
  'an initramfs that is not there': {
    fault: { words: instead('-initrd', '/nonexistent/initramfs') },
    reason: 'ended', message: /cannot read the initramfs \/nonexistent\/initramfs/, remedy: REBUILD, log: /error reading initrd/, phase: 'not known',
  },
  'firmware that is not there': {
    fault: { words: besides('-bios', '/nonexistent/bios.bin') },
    reason: 'ended', message: /cannot load the firmware \/nonexistent\/bios\.bin/, remedy: /apt-get install seabios/, log: /could not load PC BIOS/, phase: 'not known',
  },
  'a processor that nobody knows': {
    fault: { words: instead('-cpu', 'i999') },
    reason: 'ended', message: /does not know the processor model i999/, remedy: /newer qemu-system-x86/, log: /CPU model/, phase: 'not known',
  },
  'a machine that nobody knows': {
    fault: { words: instead('-machine', 'abacus') },
    reason: 'ended', message: /does not know the machine type/, remedy: /qemu-system-x86/, log: /unsupported machine type/, phase: 'not known',
  },
  'an accelerator that nobody knows': {
    fault: { words: instead('-accel', 'steam') },
    reason: 'ended', message: /built without the accelerator steam/, remedy: /qemu-system-x86/, log: /invalid accelerator/, phase: 'not known',
  },
  'KVM that may not be opened': {
    fault: { words: kvm, before: ['/usr/bin/setpriv', '--reuid=65534', '--clear-groups', '--'] }, lack: noDevice,
    reason: 'ended', message: /\/dev\/kvm cannot be opened: Permission denied/, remedy: /tare doctor.*--accelerator tcg/, log: /Could not access KVM/, phase: 'not known',
  },
  'KVM that is not there': {
    fault: { words: kvm, before: ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', 'mount -t tmpfs tmpfs /dev && mkdir /dev/fd && mount -t proc proc /proc && rmdir /dev/fd && ln -s /proc/self/fd /dev/fd && exec "$0" "$@"'] },
    reason: 'ended', message: /\/dev\/kvm cannot be opened: No such file/, remedy: /tare doctor.*--accelerator tcg/, log: /Could not access KVM/, phase: 'not known',
  },
  'a device called kvm that is none': {
    fault: { words: kvm, before: ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', 'mount --bind /dev/null /dev/kvm && exec "$0" "$@"'] }, lack: noDevice,
    reason: 'ended', message: /KVM cannot be used: Inappropriate ioctl/, remedy: /tare doctor/, log: /failed to initialize/, phase: 'not known',
  },
  'KVM that another hypervisor holds (as recorded)': {
    fault: { before: ['/bin/sh', '-c', 'echo "ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy"; echo "qemu-system-x86_64: -accel kvm: failed to initialize kvm: Device or resource busy" >&2; exit 1'], inPlace: true },
    reason: 'ended', message: /KVM is in use by something that shares it with nobody/, remedy: /other hypervisor/, log: /busy/, phase: 'not known',
  },
  'KVM that opens and does not work (as recorded): it is not waited for': {
    fault: replay('KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000002\nemulation failure\nEAX=00000000 EBX=00000000\nEIP=0000fff0\nCode=0f 01 ca\n'),
    reason: 'ended', message: /KVM gave up running the guest \(internal error, suberror 1\)/, remedy: /--accelerator tcg/, log: /Code=0f/, phase: 'not known',
  },
  'vm-full’s initramfs that finds no disk (as recorded): it is not waited for': {
    fault: replay('Gave up waiting for root file system device.  Common problems:\r\nALERT!  UUID=8d1f5a52 does not exist.  Dropping to a shell!\r\n(initramfs) '),
    reason: 'ended', message: /found no root file system \("ALERT!  UUID=8d1f5a52 does not exist\."\)/, remedy: /tare image build/, log: /\(initramfs\)/, phase: 'initramfs',
  },
};

let faulty: FaultyMachine;
let close = async (): Promise<void> => undefined;

test.before(async () => {
  if (lack !== null) return;
  faulty = await FaultyMachine.open();
  close = () => faulty.close();
});

test.after.always(() => close());

/** @throws when it became ready after all */
async function failure(instance: GuestInstance, deadlineMs: number): Promise<StartFailure> {
  try {
    await instance.ready(deadlineMs);
  } catch (error) {
    if (error instanceof StartFailure) return error;
    throw error;
  }
  throw new Error('it became ready');
}

/** Looks into its memory, from outside, until its kernel has logged so much. */
async function logged({ pid }: GuestInstance, pattern: RegExp): Promise<void> {
  for (const late = performance.now() + DEADLINE_MS; performance.now() < late; await sleep(200)) {
    if (pattern.test((await guestKernelLog(pid, 128 * 2 ** 20, DEADLINE_MS)).join('\n'))) return;
  }
  throw new Error(`its kernel did not log ${pattern.source}`);
}

for (const [name, { fault, meanwhile, after, deadlineMs = DEADLINE_MS, reason, message, remedy, log, phase, lack: here = null }] of Object.entries(FAULTS)) {
  const faultTest = here === null ? realTest : test.skip;
  faultTest(`${name}${here === null ? suffix : ` (skipped: ${here})`}`, async (t) => {
    const began = performance.now();
    const instance = await faulty.start(fault);
    meanwhile?.(instance);
    if (after !== undefined) await logged(instance, after);
    const failed = await failure(instance, deadlineMs);
    t.is(failed.reason, reason, failed.message);
    t.regex(failed.message, message);
    t.regex(failed.message, /^vm-micro (did not start: |was not ready within )/);
    t.regex(failed.remedy, remedy);
    t.regex(failed.log, log);
    t.regex(failed.log, new RegExp(`--- last phase reached: ${phase}`));
    if (after === undefined) t.true(performance.now() - began < DEADLINE_MS, 'it was not waited for');
    t.deepEqual((await instance.ended).leftovers, []);
    t.false(runs(instance.pid));
  });
}

realTest(`a disk that another machine holds${suffix}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tare-locked-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const disk = join(directory, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '1M']);
  const words = besides('-drive', `file=${disk},format=qcow2,if=none,id=disk`, '-device', 'virtio-blk-device,drive=disk');
  const holder = await faulty.start({ words: (all) => [...words(all), '-S'] });
  try {
    await sleep(500);
    const failed = await failure(await faulty.start({ words }), DEADLINE_MS);
    t.regex(failed.message, /the disk is in use by another virtual machine/);
    t.true(failed.log.includes(disk));
    t.regex(failed.remedy, /tare clean/);
  } finally {
    await holder.stop();
  }
});

realTest(`a port that somebody else listens on${suffix}`, async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const failed = await failure(await faulty.start({ words: besides('-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:80`) }), DEADLINE_MS);
  t.true(failed.message.includes(`the port of the rule tcp:127.0.0.1:${port}-:80 cannot be had`));
  t.regex(failed.remedy, /in use.*choose another/);
});

realTest(`QEMU that is held: its guest’s memory can be read, a deadline ends it, and so does stopping it${suffix}`, async (t) => {
  const asleep = { kernel: (line: string) => line.replace(/rdinit=.*/, 'rdinit=/bin/sleep -- 600') };
  const [first, second] = [await faulty.start(asleep), await faulty.start(asleep)];
  for (const each of [first, second]) await logged(each, /Run \/bin\/sleep/);
  for (const { pid } of [first, second]) process.kill(pid, 'SIGSTOP');
  t.true((await guestKernelLog(first.pid, 128 * 2 ** 20, 5000)).length > 50);
  t.true((await first.memory()).pssBytes > 0);
  const failed = await failure(first, 100);
  t.regex(failed.log, /Linux version[\s\S]*--- last phase reached: init/);
  t.deepEqual((await second.stop()).leftovers, []);
});

realTest(`a launcher that is closed takes with it a QEMU that is held${suffix}`, async (t) => {
  const other = await FaultyMachine.open();
  const instance = await other.start({ words: besides('-S') });
  process.kill(instance.pid, 'SIGSTOP');
  await other.close();
  await instance.ended;
  t.false(runs(instance.pid));
});
