/**
 * One interface for every way to start a workload, so that a process, a container and a virtual machine
 * are weighed on one scale.
 *
 *   Runtime  what it is, and whether this host can do it
 *   Box      a runtime made ready for an image (provisioned): it can start any number of instances
 *   Instance one running workload: its processes, its cgroup, its timeline
 */
import type { Image, DiskItem } from './image/image.ts';
import type { CgroupControl } from './cgroup/control.ts';
import type { Inside } from './guest-memory.ts';
import type { StartPhase } from './phases.ts';
import type { Plan } from './plan.ts';
import type { Reach } from './reach.ts';

export type Kind = 'process' | 'container' | 'vm';

/** `tcg` is emulation in software: its figures carry the mark *emulated* wherever they appear. */
export type Accelerator = 'kvm' | 'tcg';

/** What a tuned virtual machine's guest believes it runs on. The reasons are in vm/qemu/machines.ts. */
export type MachineName = 'microvm' | 'q35' | 'pc';

export type Availability =
  | { readonly state: 'available'; readonly version?: string }
  | { readonly state: 'unavailable'; readonly reason: string; readonly remedy: string };

export interface Runtime {
  readonly name: string;
  readonly kind: Kind;
  /** One sentence for `tare --help`, `doctor` and the report. */
  readonly summary: string;
  /** How long a start of it may take where nobody says: for one that needs longer than the usual 30 s. */
  readonly deadlineMs?: number;
  /** A rung of a ladder: measured for what it adds to the one below, and shown with the ladder alone. Its title. */
  readonly rung?: string;
  /** Whether this host can start it. Has no side effect and takes well under a second. */
  availability(): Promise<Availability>;
  /**
   * Does once what all instances share (unpacking, initramfs, proving the accelerator): *provision*, a
   * figure of its own, never part of start-up.
   * @throws {TareError} when the host lacks what it needs
   */
  prepare(image: Image, options: BoxOptions): Promise<Box>;
}

export interface BoxOptions {
  /** The memory limit of a container and `-m` of a virtual machine: the same figure on both sides. */
  readonly memoryBytes: number;
  /** CPU limit of a container, vCPUs of a virtual machine. */
  readonly cpus: number;
  /** `auto` proves KVM by running a guest; the other two are the user's word. */
  readonly accelerator: Accelerator | 'auto';
  /** Of vm-micro, which alone has a choice; default `microvm`. */
  readonly machine?: MachineName | undefined;
  /** Ends the preparing before its time. */
  readonly signal?: AbortSignal;
  /** Told what preparing is at, where it takes long. */
  readonly say?: (line: string) => void;
  /** Instances may use this process's terminal: for `tare run`. */
  readonly terminal?: boolean;
}

export interface Box {
  readonly kind: Kind;
  /** `null` for what is not a virtual machine. */
  readonly accelerator: Accelerator | null;
  /** How the accelerator was decided, one sentence. Absent for what is not a virtual machine. */
  readonly acceleratorReason?: string;
  /** How the ready byte reaches the launcher, where it does not come straight from the workload by descriptor 3. */
  readonly readyBy?: string;
  /** What of the host's kernel its programs can ask; absent where nobody has counted. */
  readonly reach?: Reach;
  /** Versions of what it runs, by name: `{ qemu: '7.2.22', linux: '6.1.192' }`. */
  readonly versions: Readonly<Record<string, string>>;
  /** What was set aside for one instance, or `null` where nothing is. */
  readonly configuredMemoryBytes: number | null;
  /** How its guest comes to tell what memory it sees; absent for what has no guest, or one that cannot tell. */
  readonly inside?: Inside;
  /** Its instances can run a shell of the image: what they are like inside can be asked. */
  readonly shell?: true;
  /** What cannot be measured of it here, by benchmark or by a metric's id, each with the reason; the report says so in the figures' place. */
  readonly unmeasurable?: Readonly<Record<string, string>>;
  /** The complete plan with which one instance is started: the report prints it. */
  plan(request: StartRequest): Plan;
  start(request: StartRequest): Promise<Instance>;
  /** What lies on the host's disk for this box, by layer of the stack. */
  disk(): Promise<readonly DiskItem[]>;
  /**
   * The parts of the start of an instance that was started `telling`, and has ended. Absent where they cannot be told apart.
   * @throws {StartFailure} naming the last part that it reached
   */
  phases?(instance: Instance): readonly StartPhase[];
  /** Weighs what runs for all of the host's containers of this kind, whether or not there is one: dockerd, containerd. */
  daemons?(): Promise<HelperReading>;
  /** Lets go of what `prepare` holds (the launcher). Instances still running are killed and removed. */
  close(): Promise<void>;
}

export type StartRequest = WorkloadRequest | CommandRequest;

/** Start the image's workload, which reports ready with one byte and then ends or idles. */
export interface WorkloadRequest {
  readonly what: 'workload';
  readonly then: 'exit' | 'idle';
  /**
   * Put a plain process in a cgroup too. Containers and virtual machines always are; the floor of
   * start-up is a process without one, the floor of memory a process in one.
   */
  readonly account: boolean;
  /** The program of fixtures/workload/work.c in the workload's place, with these words after the mark. It ends when it is done, or is stopped. */
  readonly work?: readonly string[];
  /** The program of fixtures/workload/hold.c in its place, likewise: it takes memory and gives it back. */
  readonly hold?: readonly string[];
  /** It is to tell how far it is as it boots, which makes it slower than one that is timed. */
  readonly telling?: boolean;
  /** Its processor time is to be asked of its cgroup: on v1 that takes one more, so it has to be said. */
  readonly cpuTime?: boolean;
}

/** Start a command of the user's inside the image, on the user's terminal (`inherit`) or captured. */
export interface CommandRequest {
  readonly what: 'command';
  readonly argv: readonly string[];
  readonly streams: 'inherit' | 'capture';
}

/** Nanoseconds of CLOCK_MONOTONIC. */
export type Nanoseconds = bigint;

export interface TimelineStep {
  readonly label: string;
  readonly op: string;
  readonly at: Nanoseconds;
}

/** The life of an instance, filled in as it goes by. Every stamp is of the host's CLOCK_MONOTONIC. */
export interface Timeline {
  /** Taken just before the runtime was asked to create the instance. */
  readonly requested: Nanoseconds;
  /** The launcher has read the request. */
  received: Nanoseconds | null;
  /** When each step of the plan was finished, in order. */
  steps: readonly TimelineStep[];
  /** The workload's first byte has arrived in the launcher. */
  ready: Nanoseconds | null;
  /** All bytes of the mark channel with their arrival: phases of a boot, marks of a probe. */
  readonly marks: { readonly at: Nanoseconds; readonly bytes: Uint8Array }[];
  /** The launcher has learned that the main process ended. */
  exited: Nanoseconds | null;
  /** Processes reaped; cgroups, mounts and directories gone. */
  cleaned: Nanoseconds | null;
}

export interface Usage {
  readonly userMicroseconds: number;
  readonly systemMicroseconds: number;
  readonly maxRssBytes: number;
}

export interface Ended {
  readonly how: 'exited' | 'signalled';
  /** Exit code, or number of the signal. */
  readonly status: number;
  readonly usage: Usage;
  /** Files read at the end, before the cgroup was removed: path → content. */
  readonly collected: ReadonlyMap<string, string>;
  /** What could not be removed, with the reason. Empty is the only good value. */
  readonly leftovers: readonly string[];
  /** Last output captured of its standard streams. */
  readonly output: string;
}

export interface MemoryReading {
  /** Sum of Pss over the instance's host processes. */
  readonly pssBytes: number;
  /** Sum of Rss over them: a page that two of them map counts twice. */
  readonly rssBytes: number;
  /** Sum of what they have mapped, touched or not. */
  readonly vszBytes: number;
  /** What the instance's cgroup is charged: the sum of the three parts below. */
  readonly cgroupBytes: number;
  readonly anonymousBytes: number;
  readonly fileBytes: number;
  readonly kernelBytes: number;
  /** The kernel's own counter of the charge, which runs ahead by what processors have taken in advance. */
  readonly counterBytes: number;
  /** Host processes that were summed. */
  readonly processes: number;
  /** What the tool keeps running beside the container for this one instance (a monitor, a shim); not in the above. */
  readonly helpers?: HelperReading;
  /** What PSS consists of, for a virtual machine. */
  readonly machine?: MachineMemory;
}

/** What a virtual machine's PSS consists of: the parts add up to it. */
export interface MachineMemory {
  /** Guest RAM that is the guest's own: what it has touched; of RAM that came from a file, what it has written since. */
  readonly ramBytes: number;
  /** Guest RAM that is still the file's it was resumed from, shared by all that were; 0 for one that was booted. */
  readonly snapshotBytes: number;
  /** Of the hypervisor, with no file behind it: its heap, its stacks, what it has translated. */
  readonly hypervisorBytes: number;
  /** In files: the hypervisor's program and libraries, and what it has mapped to load the guest from. */
  readonly programBytes: number;
}

/** Processes that serve containers without being in one. */
export interface HelperReading {
  readonly pssBytes: number;
  readonly processes: number;
  /** Of their programs, each once, sorted. */
  readonly names: readonly string[];
}

export interface Balloon {
  /**
   * Asks the guest to keep KEEP bytes and to give back the rest; more than it has now lets it have that again.
   * @returns what the guest has, once it has given all that was asked, or at the deadline
   * @throws {TareError} when the machine cannot be asked
   */
  keep(keepBytes: number, deadlineMs: number): Promise<number>;
}

/** A piece of what an instance said on its standard streams. */
export interface Spoken {
  readonly at: Nanoseconds;
  readonly text: string;
}

export interface Instance {
  readonly timeline: Timeline;
  /** Host PID of the main process (QEMU for a virtual machine). */
  readonly pid: number;
  /** IP address at which the host reaches it; `null` for one without a network to the host. */
  readonly address: string | null;
  /** Where the host asks its service by HTTP, once it is ready; `null` for one that serves nobody, or nobody outside. */
  readonly url: string | null;
  /**
   * Resolves with the first byte of the mark channel.
   * @throws {StartFailure} when the instance ended first or the deadline passed: it has then been stopped
   */
  ready(deadlineMs: number): Promise<Nanoseconds>;
  /** Resolves when everything of the instance is gone; never rejects. */
  readonly ended: Promise<Ended>;
  /**
   * Weighs it. The kernel brings a cgroup's figures up to date every two seconds: wait that long after the last change.
   * @throws {TareError} when a file that should be there cannot be read
   */
  memory(): Promise<MemoryReading>;
  /** What of the host's disk is this instance's alone by now: its overlay. Absent where nobody knows. */
  written?(): { readonly lengthBytes: number; readonly allocatedBytes: number };
  /** Its cgroup, to be read, frozen and killed; `null` for what has none. */
  readonly cgroup: CgroupControl | null;
  /** What its captured streams have said until now. */
  outputSoFar(): string;
  /** The same in the pieces in which it came, each with its arrival in the launcher: by them a boot is told apart. */
  spoken(): readonly Spoken[];
  /** By which the host takes memory back from the guest; absent where there is none. */
  readonly balloon?: Balloon;
  /** Sends a signal to the main process. */
  signal(signal: number): void;
  /** Ends it, by force if need be, and resolves when everything is gone. */
  stop(): Promise<Ended>;
}
