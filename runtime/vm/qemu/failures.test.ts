import test from 'ava';
import { StartFailure } from '../../errors.ts';
import { explainDeadline, explainQemuEnd, type Attempt } from './failures.ts';

const attempt: Attempt = { runtime: 'vm-micro', memoryMebibytes: 256, leastMebibytes: 72, image: 'tiny' };

/** As QEMU 7.2 and Linux 6.1 say it. */
const RECORDED: readonly (readonly [output: string, status: number, message: RegExp, remedy: RegExp])[] = [
  ["qemu: could not open kernel file '/nope/vmlinux': No such file or directory\n", 1, /cannot open the guest kernel \/nope\/vmlinux: No such file/, /tare image build tiny --force/],
  ['qemu: invalid kernel header\n', 1, /no kernel that QEMU can boot/, /tare image build tiny --force/],
  ['qemu: error reading initrd /nope/i: Failed to open file “/nope/i”: open() failed: No such file or directory\n', 1, /initramfs \/nope\/i: No such file/, /tare image build tiny --force/],
  ["qemu: could not load PC BIOS '/nope/r.rom'\n", 1, /firmware \/nope\/r\.rom/, /seabios/],
  ["qemu-system-x86_64: -m 12x: Parameter 'size' expects a non-negative number below 2^64\nOptional suffix k, M, G, T, P or E means\n", 1, /memory size 12x/, /--memory 256M/],
  ["qemu-system-x86_64: cannot set up guest memory 'microvm.ram': Cannot allocate memory\n", 1, /no memory for a guest of 256 MiB: Cannot allocate memory/, /free some memory/],
  ['qemu-system-x86_64: -accel tcg: allocate 1073741824 bytes for jit buffer: Cannot allocate memory\n', 1, /no memory for QEMU itself \(1073741824 bytes/, /ulimit/],
  ["qemu-system-x86_64: -netdev user,id=n,hostfwd=tcp:127.0.0.1:80-:80: Could not set up host forwarding rule 'tcp:127.0.0.1:80-:80'\n", 1, /tcp:127\.0\.0\.1:80-:80/, /choose another/],
  ['qemu-system-x86_64: -device x: Failed to get "write" lock\nIs another process using the image [d.img]?\n', 1, /disk is in use/, /tare clean/],
  ['Could not access KVM kernel module: Permission denied\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: Permission denied\n', 1, /\/dev\/kvm cannot be opened: Permission denied/, /--accelerator tcg/],
  ["qemu-system-x86_64: unable to find CPU model 'nosuch'\n", 1, /processor model nosuch/, /newer/],
  ['qemu-system-x86_64: unsupported machine type\nUse -machine help to list supported machines\n', 1, /machine type/, /qemu-system-x86/],
  ['qemu-system-x86_64: -accel nosuch: invalid accelerator nosuch\n', 1, /without the accelerator nosuch/, /qemu-system-x86/],
  ["qemu-system-x86_64: -chardev file,id=mark,path=/dev/fdset/1: Could not open '/dev/fdset/1': Invalid argument\n", 1, /mark channel: Invalid argument/, /report/],
  ["qemu-system-x86_64: can't open backing store /s/ram for guest RAM: No such file or directory\n", 1, /memory \/s\/ram: No such file/, /made anew/],
  ["qemu-system-x86_64: backing store size 0x6400000 does not match 'size' option 0x10000000\n", 1, /another length/, /made anew/],
  ['qemu-system-x86_64: error while loading state section id 2(ram)\nqemu-system-x86_64: load of migration failed: Input/output error\n', 1, /cannot resume the saved machine: Input\/output error/, /made anew/],
  [
    '[    0.641051] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n[    0.641705] CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-56-cloud-amd64\r\n',
    0,
    /no program to start \("VFS: Unable to mount root fs on unknown-block\(0,0\)"\)/,
    /initramfs/,
  ],
  ['[    0.429048] Kernel panic - not syncing: System is deadlocked on memory\r\n[    0.429551] CPU: 0 PID: 1\r\n', 0, /ran out of memory in 256 MiB/, /--memory 72M is the least/],
  ['[    1.2] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000200\r\n', 0, /panicked: Attempted to kill init! exitcode=0x00000200$/, /log/],
  ['Begin: Waiting for root file system ... done.\r\nGave up waiting for root file system device.\r\nALERT!  UUID=8d1f does not exist.  Dropping to a shell!\r\n', 0, /no root file system \("ALERT!  UUID=8d1f does not exist\."\), and waits/, /tare image build full --force/],
  ['You are in emergency mode. After logging in, type "journalctl -xb" to view\r\n', 0, /init gave up.*emergency mode/, /log/],
  ['Could not access KVM kernel module: No such file or directory\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: No such file or directory\n', 1, /\/dev\/kvm cannot be opened: No such file/, /tare doctor/],
  ['ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: Device or resource busy\n', 1, /KVM is in use.*Device or resource busy/, /other hypervisor/],
  ['qemu-system-x86_64: -accel kvm: failed to initialize kvm: Inappropriate ioctl for device\n', 1, /KVM cannot be used: Inappropriate ioctl/, /tare doctor/],
  ['qemu-system-x86_64: -device foo: something nobody foresaw\n', 1, /QEMU ended with an error: -device foo: something nobody foresaw/, /command line/],
];

for (const [output, status, message, remedy] of RECORDED) {
  test(`a failed start is worded: ${output.slice(0, 60).trim()}`, (t) => {
    const failure = explainQemuEnd({ how: 'exited', status, output }, attempt);
    t.is(failure.reason, 'ended');
    t.regex(failure.message, /^vm-micro did not start: /);
    t.regex(failure.message, message);
    t.regex(failure.remedy, remedy);
    t.true(failure.log.startsWith(output));
    t.regex(failure.log, /\n--- last phase reached: \S.* ---\n$/);
  });
}

test('QEMU that aborts because KVM refuses a register', (t) => {
  const output = "qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69\nqemu-system-x86_64: ../../target/i386/kvm/kvm.c:3183: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.\n";
  t.regex(explainQemuEnd({ how: 'signalled', status: 6, output }, attempt).message, /register 0x10a/);
});

test('silence: exit status 0 proves nothing, and a killed QEMU is told from a failed one', (t) => {
  const silent = (how: 'exited' | 'signalled', status: number, of = attempt) => explainQemuEnd({ how, status, output: '' }, of);
  t.regex(silent('exited', 0).message, /without its mark and without a word/);
  t.regex(silent('exited', 0, { ...attempt, memoryMebibytes: 48 }).remedy, /--memory 72M is the least/);
  t.regex(silent('exited', 3).message, /status 3 before/);
  t.regex(silent('signalled', 9).message, /killed/);
  t.regex(silent('signalled', 11).message, /signal 11/);
});

test('a deadline that passed is worded with what was said meanwhile', (t) => {
  const late = (log: string) => explainDeadline(new StartFailure('deadline', 'not ready within 500 ms: stopped', 'more time', log), attempt);
  t.is(late('').message, 'vm-micro was not ready within 500 ms: stopped; it had come as far as the firmware: no kernel had logged anything');
  t.is(late('').remedy, 'more time');
  const gaveUp = late('KVM internal error. Suberror: 1\nextra data[0]: 0x1\nemulation failure\n');
  t.is(gaveUp.reason, 'deadline');
  t.regex(gaveUp.message, /KVM gave up running the guest \(internal error, suberror 1\)/);
  t.regex(gaveUp.remedy, /--accelerator tcg/);
  const kernel = late('Linux version 6.1.0-56-cloud-amd64 (x)\nMemory: 212916K/261752K available\n');
  t.regex(kernel.message, /as far as its kernel, which had not started a program yet$/);
  t.regex(kernel.log, /\n--- last phase reached: kernel ---\n$/);
});

test('a guest that is late in too little memory is told what would be enough', (t) => {
  const late = explainDeadline(new StartFailure('deadline', 'not ready within 500 ms: stopped', 'more time', ''), { ...attempt, memoryMebibytes: 16 });
  t.regex(late.remedy, /--memory 72M is the least/);
});

test('a warning of QEMU’s is not taken for the reason', (t) => {
  const output = "qemu-system-x86_64: warning: host doesn't support requested feature\n";
  t.regex(explainQemuEnd({ how: 'signalled', status: 9, output }, attempt).message, /killed/);
});
