/** What was equal between the boxes and what was not, from what the run recorded of them, with the likely effect of each. */
import type { ResultDocument, RuntimeEntry } from '../../benchmarks/result/schema.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface FairnessRow {
  readonly what: string;
  readonly container: string;
  readonly machine: string;
  readonly equal: boolean;
  /** What the difference is likely to do; '' where there is none. */
  readonly effect: string;
}

export interface FairnessView {
  readonly container: RuntimeView;
  readonly machine: RuntimeView;
  readonly rows: readonly FairnessRow[];
}

interface Pair {
  readonly result: ResultDocument;
  readonly container: RuntimeEntry;
  readonly machine: RuntimeEntry;
}

/** The word after an option on QEMU's command line. */
function after(entry: RuntimeEntry, option: string): string | undefined {
  const at = entry.command.indexOf(option);
  return at < 0 ? undefined : entry.command[at + 1];
}

function row(what: string, container: string, machine: string, effect: string): FairnessRow {
  return { what, container, machine, equal: container === machine, effect: container === machine ? '' : effect };
}

function rootOf(machine: RuntimeEntry): string {
  if (machine.command.some((word) => word.includes('qcow2'))) return 'an overlay on a disk image of its own';
  return after(machine, '-initrd') === undefined ? 'in the guest’s memory, as it was saved' : 'unpacked into the guest’s memory';
}

function consoleOf(machine: RuntimeEntry): string {
  const kernel = after(machine, '-append') ?? '';
  return /\bquiet\b|loglevel=[0-3]\b/.test(kernel) ? 'serial, its kernel told to be quiet' : machine.command.includes('-append') ? 'serial, its kernel speaks' : 'as its own boot loader sets it';
}

const ROWS: readonly ((pair: Pair) => FairnessRow | null)[] = [
  ({ result }) => row('App and its files', `image ${result.image.name} ${result.image.digest.slice(0, 12)}`, `image ${result.image.name} ${result.image.digest.slice(0, 12)}`, ''),
  ({ result, container, machine }) => row('Memory', container.configuredMemoryBytes === null ? 'no limit' : quantityText('bytes', container.configuredMemoryBytes), quantityText('bytes', machine.configuredMemoryBytes ?? result.run.options.memoryBytes), 'a limit for the one, what it believes to have for the other: neither is what is used'),
  ({ result }) => row('Processors', String(result.run.options.cpus), String(Math.ceil(result.run.options.cpus)), 'a guest has no half processors: the machine may use more'),
  ({ result, machine }) => row('Kernel', result.host.os.kernel, machine.versions['linux'] ?? 'none of its own', 'system calls, memory and boot time are those of another kernel'),
  ({ container, machine }) => row('Who is process 1', container.plan.some(({ text }) => text.includes('NEWPID')) ? 'the app' : 'the host’s init', machine.runtime === 'vm-full' ? 'systemd, which starts services besides the app' : 'the app', 'an init system takes time to start, and memory'),
  ({ machine }) => row('Root file system', 'the image’s layers under an overlay', rootOf(machine), 'files in the guest’s memory cost RAM and no disk reads; files on a disk the opposite'),
  ({ machine }) => row('Console', 'a pipe', consoleOf(machine), 'every line over a serial port costs time: a talkative boot can take twice as long'),
  ({ machine }) => row('How ready is told', 'a byte through a pipe', machine.readyBy ?? 'a byte through an emulated port, which ends in the same pipe', 'microseconds, against the machine'),
  ({ result }) => row('Page cache', result.run.options.benchmarks.includes('cold') ? 'warm; cold is a series of its own' : 'warm', result.run.options.benchmarks.includes('cold') ? 'warm; cold is a series of its own' : 'warm', ''),
  ({ machine }) => row('Network', 'loopback, or a veth pair where a server is asked', machine.command.includes('-netdev') ? 'user networking: QEMU itself speaks for the guest' : 'none', 'user networking is slower to answer than a bridge would be'),
  ({ machine }) => row('Processor', 'the host’s own', machine.accelerator === 'tcg' ? 'emulated in software (TCG)' : 'the host’s own, by hardware virtualisation', 'everything in the guest takes 10 to 30 times as long: no ratio of times is one of hardware virtualisation'),
];

/** Null when there is no pair to be fair to. */
export function fairnessView(result: ResultDocument, runtimes: readonly RuntimeView[]): FairnessView | null {
  const there = runtimes.filter(({ notMeasured }) => notMeasured === null);
  const container = there.find(({ id }) => id === 'container');
  const machine = there.findLast(({ kind }) => kind === 'vm');
  const entryOf = (id: string | undefined): RuntimeEntry | undefined => result.runtimes.find((entry) => entry.id === id);
  const [light, heavy] = [entryOf(container?.id), entryOf(machine?.id)];
  if (container === undefined || machine === undefined || light === undefined || heavy === undefined) return null;
  return { container, machine, rows: ROWS.flatMap((make) => make({ result, container: light, machine: heavy }) ?? []) };
}
