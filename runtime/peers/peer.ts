/**
 * Other people's ways to start the same workload on the same root file system. What is each one's own is data and
 * a few functions, in a file of its name; what they share is `box.ts`.
 */
import type { Image } from '../image/image.ts';
import type { Slot } from '../launcher/prepared.ts';
import type { Step } from '../plan.ts';
import type { HelperReading } from '../runtime.ts';
import type { NAMESPACE } from '../steps.ts';

/** Words of a command line that belong together, and why they are there. */
export interface Option {
  readonly words: readonly string[];
  readonly why: string;
}

export function option(words: string | readonly string[], why: string): Option {
  return { words: typeof words === 'string' ? words.split(' ') : words, why };
}

/** What a box is built on. Paths are the host's. */
export interface Ground {
  readonly image: Image;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** The tool. */
  readonly program: string;
  /** The image's layers in one tree: none of these tools knows the layers. */
  readonly root: string;
  /** An empty directory for what the tool keeps. */
  readonly state: string;
  /** `tare-<launcher's PID>`: what belongs to the box and not to one instance is named so. */
  readonly boxName: string;
  /** The first slot, whose name stands for all in what is laid out beforehand. */
  readonly slot: Slot;
}

/** What runs inside. */
export interface Inside {
  readonly argv: readonly string[];
  readonly environment: readonly string[];
  /** It says on the mark channel that it is ready: the workload does, a command of the user's does not. */
  readonly marks: boolean;
  /** On the terminal of whoever asked. */
  readonly interactive: boolean;
}

/** Steps around the clone of the process that becomes the tool. */
export interface Surroundings {
  readonly before?: readonly Step[];
  readonly namespaces?: readonly (keyof typeof NAMESPACE)[];
  readonly cloneInto?: string;
  readonly inside?: readonly Step[];
}

/** A tool made ready for an image. NAME is always the slot's: what is made for an instance bears it. */
export interface Stand {
  /** Everything after the tool's own name. */
  options(name: string, inside: Inside): readonly Option[];
  /** The tool's own environment, `NAME=value`, when it is not the USUAL one. */
  environment?(inside: Inside, usual: readonly string[]): readonly string[];
  surroundings?(slot: Slot, name: string): Surroundings;
  /** Writes what the tool wants to find, before the clock starts. */
  lay?(name: string, inside: Inside): void;
  /** Removes what `lay` wrote. */
  unlay?(name: string): void;
  /** The directory of the memory cgroup that holds the container, or `null` when there is none (yet, or any more). */
  cgroup(name: string): Promise<string | null>;
  /** The tool names the container's cgroup itself, so that the slot's name does not find it. */
  readonly cgroupElsewhere?: true;
  /** Further words by which processes of the instance are known, beside its name. */
  aliases?(name: string): Promise<readonly string[]>;
  /** Waits until the tool has cleared up, where it does so after it has ended: only then is everything gone. */
  settle?(name: string): Promise<void>;
  /** Removes an instance whose tool was killed and could not do it. */
  remove?(name: string): Promise<void>;
  daemons?(): Promise<HelperReading>;
  /** Removes what was made for the box. No instance is left by then. */
  close?(): Promise<void>;
}

export interface Lack {
  readonly reason: string;
  readonly remedy: string;
}

export interface Peer {
  readonly name: string;
  readonly summary: string;
  /** Looked for in PATH. */
  readonly program: string;
  /** How one comes by it. */
  readonly remedy: string;
  /**
   * Where the workload finds the mark channel: 3 where the tool hands the descriptor on; 1 where it does not, and
   * the workload's standard output is the channel.
   */
  readonly mark: 3 | 1;
  /** The way of the ready byte, where it is not straight from the workload to the launcher. */
  readonly readyBy?: string;
  versions(program: string): Promise<Readonly<Record<string, string>>>;
  /** What is lacking beside the program, in well under a second; `null` when nothing is. */
  lacks?(): Promise<Lack | null>;
  stand(ground: Ground): Promise<Stand>;
}
