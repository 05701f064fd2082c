/**
 * Why a virtual machine did not get as far as its mark, as a sentence. A table over what QEMU and the guest's
 * console said; pure.
 */
import { StartFailure } from '../../errors.ts';
import type { Ended } from '../../runtime.ts';
import { phaseHeard, phaseReached } from '../autopsy/phase.ts';

/** What was tried: the values that sentences name. */
export interface Attempt {
  /** `vm-micro`. */
  readonly runtime: string;
  readonly memoryMebibytes: number;
  /** The least that boots. */
  readonly leastMebibytes: number;
  /** Of which image, for one that has any: its name. */
  readonly image?: string;
}

/** Stands in a log before what the guest's kernel said to nobody. */
export const GUEST_LOG = '--- the log of the guest’s kernel, from its memory ---';

interface Failure {
  readonly pattern: RegExp;
  /** @param found the pattern's groups, '' where one is missing */
  readonly sentence: (found: readonly string[], attempt: Attempt) => string;
  readonly remedy: string | ((attempt: Attempt) => string);
}

const REBUILD = ({ image }: Attempt): string => (image === undefined ? 'build it anew: make clean && make setup' : `build it anew: tare image build ${image} --force`);
const RESAVE = 'start it again: what is damaged is made anew';
const MORE_MEMORY = ({ leastMebibytes }: Attempt): string => `give it more: --memory ${leastMebibytes}M is the least that boots`;

/** First match wins: QEMU's own errors, the accelerator's, then the guest's. */
const FAILURES: readonly Failure[] = [
  { pattern: /could not open kernel file '([^']*)': (.*)/, sentence: ([path, why]) => `QEMU cannot open the guest kernel ${path}: ${why}`, remedy: REBUILD },
  { pattern: /invalid kernel header|linux kernel too old to load a ram disk|Error loading uncompressed kernel without PVH ELF Note/, sentence: () => 'the guest kernel is no kernel that QEMU can boot', remedy: REBUILD },
  { pattern: /error reading initrd (\S+?):? (?:Failed to open file .*: )?(.*)/, sentence: ([path, why]) => `QEMU cannot read the initramfs ${path}: ${why}`, remedy: REBUILD },
  { pattern: /could not load PC BIOS '([^']*)'/, sentence: ([path]) => `QEMU cannot load the firmware ${path}: it is missing, or not a multiple of 64 KiB long`, remedy: 'run: apt-get install seabios, and make -C fixtures/guest for ROMs of our own' },
  { pattern: /-m (\S+): Parameter 'size' expects/, sentence: ([size]) => `QEMU does not understand the memory size ${size}`, remedy: 'give it as a whole number of MiB: --memory 256M' },
  {
    pattern: /cannot set up guest memory '[^']*': (.*)|(?:memory-backend-memfd.*|unable to map backing store for guest RAM): (.*)/,
    sentence: ([set, backend], { memoryMebibytes }) => `no memory for a guest of ${memoryMebibytes} MiB: ${set === '' ? backend : set}`,
    remedy: 'free some memory, or give the guest less: --memory 128M',
  },
  { pattern: /allocate (\d+) bytes for jit buffer: (.*)/, sentence: ([bytes, why]) => `no memory for QEMU itself (${bytes} bytes for translated code): ${why}`, remedy: 'raise the limit on address space: ulimit -v unlimited' },
  { pattern: /(?:Could not set up|Invalid) host forwarding rule '([^']*)'/, sentence: ([rule]) => `the port of the rule ${rule} cannot be had`, remedy: 'it is in use or no port: choose another' },
  { pattern: /Failed to get "write" lock/, sentence: () => 'the disk is in use by another virtual machine', remedy: 'stop that one (tare clean removes what was left over), or use a disk of its own' },
  { pattern: /Could not access KVM kernel module: (.*)/, sentence: ([why]) => `/dev/kvm cannot be opened: ${why}`, remedy: 'tare doctor tells what KVM lacks here; --accelerator tcg does without' },
  { pattern: /failed to initialize kvm: (Device or resource busy)/, sentence: ([why]) => `KVM is in use by something that shares it with nobody: ${why}`, remedy: 'stop the other hypervisor (VirtualBox and VMware take the processor for themselves), or use --accelerator tcg' },
  { pattern: /failed to initialize kvm: (.*)/, sentence: ([why]) => `KVM cannot be used: ${why}`, remedy: 'tare doctor tells what KVM lacks here; --accelerator tcg does without' },
  { pattern: /unable to find CPU model '([^']*)'/, sentence: ([model]) => `this QEMU does not know the processor model ${model}`, remedy: 'install a newer qemu-system-x86' },
  { pattern: /unsupported machine type(?:: "?([^"\r\n]+))?/, sentence: ([name]) => `this QEMU does not know the machine type${name === '' ? '' : ` ${name}`}`, remedy: 'install the whole of qemu-system-x86: some packages of it have few machines' },
  { pattern: /invalid accelerator (\S+)/, sentence: ([name]) => `this QEMU was built without the accelerator ${name}`, remedy: 'install qemu-system-x86 from the distribution' },
  { pattern: /failed to set MSR (0x[0-9a-f]+)/, sentence: ([register]) => `KVM offers register ${register} and refuses to set it, at which QEMU aborts`, remedy: 'use --accelerator tcg: this KVM does not work' },
  { pattern: /KVM internal error\. Suberror: (\d+)[\s\S]*?(emulation failure)?/, sentence: ([number]) => `KVM gave up running the guest (internal error, suberror ${number})`, remedy: 'use --accelerator tcg: this KVM cannot run a stock kernel' },
  { pattern: /Could not open '\/dev\/fdset\/\d+': (.*)/, sentence: ([why]) => `QEMU cannot use the mark channel: ${why}`, remedy: 'this is a fault of tare: please report it' },
  {
    pattern: /can't open backing store (.*) for guest RAM: (.*)|backing store size .*/,
    sentence: ([path, why]) => (path === '' ? 'the saved machine’s memory has another length than it had' : `QEMU cannot open the saved machine’s memory ${path}: ${why}`),
    remedy: RESAVE,
  },
  { pattern: /load of migration failed: (.*)/, sentence: ([why]) => `QEMU cannot resume the saved machine: ${why}`, remedy: RESAVE },
  {
    pattern: /Kernel panic - not syncing: (System is deadlocked on memory|Out of memory[^\r\n]*)/,
    sentence: ([why], { memoryMebibytes }) => `the guest kernel ran out of memory in ${memoryMebibytes} MiB ("${why}")`,
    remedy: MORE_MEMORY,
  },
  { pattern: /Kernel panic - not syncing: (VFS: Unable to mount root fs[^\r\n]*|No working init found[^\r\n]*)/, sentence: ([why]) => `the guest kernel found no program to start ("${why}")`, remedy: (attempt) => `the initramfs lacks the first program, or is damaged; ${REBUILD(attempt)}` },
  { pattern: /Kernel panic - not syncing: ([^\r\n]*)/, sentence: ([why]) => `the guest’s kernel panicked: ${why}`, remedy: 'its console is in the log' },
  { pattern: /(ALERT!\s+\S+ does not exist\.)?\s*Dropping to a shell!/, sentence: ([why]) => `the guest’s initramfs found no root file system${why === '' ? '' : ` ("${why}")`}, and waits for somebody to type`, remedy: 'the disk is damaged, or another one than was built: tare image build full --force' },
  { pattern: /You are in (rescue|emergency) mode/, sentence: ([mode]) => `the guest’s init gave up, and waits for somebody to type (${mode} mode)`, remedy: 'the log has what it could not start' },
  { pattern: /terminating on signal (\d+)/, sentence: ([number]) => `QEMU was told to end (signal ${number}) before its guest had made its mark`, remedy: 'see who ends it: tare does not, before the deadline' },
  { pattern: /qemu[\w-]*: (?!warning: )(.+)/, sentence: ([words]) => `QEMU ended with an error: ${words}`, remedy: 'the whole command line is in the plan: try it by hand' },
];

const SIGKILL = 9;
const SIGABRT = 6;

/** What remains to be said when nothing was said. */
function silent(ended: Pick<Ended, 'how' | 'status'>, attempt: Attempt): { sentence: string; remedy: string } {
  if (ended.how === 'signalled') {
    if (ended.status === SIGKILL) return { sentence: 'QEMU was killed (signal 9)', remedy: 'when nobody did it by hand, the host was out of memory: see its kernel log' };
    return { sentence: `QEMU was ended by signal ${ended.status}${ended.status === SIGABRT ? ' (it aborted)' : ''}`, remedy: 'the log has what it said' };
  }
  if (ended.status === 0) {
    const small = attempt.memoryMebibytes < attempt.leastMebibytes;
    return { sentence: 'the guest ended without its mark and without a word (QEMU’s status 0 proves nothing)', remedy: small ? MORE_MEMORY(attempt) : 'its console is in the log' };
  }
  return { sentence: `QEMU ended with status ${ended.status} before the guest made its mark`, remedy: 'its console is in the log' };
}

/** What the output gives away, or null when it says nothing that is known. */
export function knownFailure(output: string, attempt: Attempt): { readonly sentence: string; readonly remedy: string } | null {
  for (const { pattern, sentence, remedy } of FAILURES) {
    const match = pattern.exec(output);
    if (match === null) continue;
    const said = sentence(match.slice(1).map((group: string | undefined) => group?.trim() ?? ''), attempt);
    return { sentence: said, remedy: typeof remedy === 'string' ? remedy : remedy(attempt) };
  }
  return null;
}

/** Everything that was said, and how far that shows it to have come. */
function withPhase(log: string, phase: string): string {
  return `${log}${log === '' || log.endsWith('\n') ? '' : '\n'}--- last phase reached: ${phase} ---\n`;
}

/** QEMU ended without the mark. @returns sentence, remedy, and everything that was said as the log */
export function explainQemuEnd(ended: Pick<Ended, 'how' | 'status' | 'output'>, attempt: Attempt): StartFailure {
  const { sentence, remedy } = knownFailure(ended.output, attempt) ?? silent(ended, attempt);
  return new StartFailure('ended', `${attempt.runtime} did not start: ${sentence}`, remedy, withPhase(ended.output, phaseHeard(ended.output)?.name ?? 'not known, as the console had said nothing and the guest’s memory is gone with QEMU'));
}

/** The deadline passed. A guest that panicked or a KVM that gave up may have said so meanwhile. */
export function explainDeadline(failure: StartFailure, attempt: Attempt): StartFailure {
  const known = knownFailure(failure.log, attempt);
  const { name, text } = phaseReached(failure.log);
  const log = withPhase(failure.log, name);
  const sentence = `${attempt.runtime} was ${failure.message}; it had come as far as ${text}`;
  if (known !== null) return new StartFailure('deadline', `${sentence}; ${known.sentence}`, known.remedy, log);
  const small = attempt.memoryMebibytes < attempt.leastMebibytes;
  return new StartFailure('deadline', sentence, small ? MORE_MEMORY(attempt) : failure.remedy, log);
}
