/**
 * An image: a complete root file system in layers (base → prerequisites → app) with the command to run.
 * One image serves every runtime.
 */

/** Which storey of the stack a piece of disk belongs to; the report draws the stacks from it. */
export type Storey = 'app' | 'prerequisites' | 'base' | 'guest-kernel' | 'initramfs' | 'boot-loader' | 'snapshot' | 'metadata' | 'hypervisor' | 'runtime';

export interface Layer {
  /** `base`, `app`. */
  readonly name: string;
  readonly storey: Storey;
  /** The unpacked tree on the host. Read-only by agreement: every instance shares it. */
  readonly directory: string;
  /** The same tree as an uncompressed cpio archive (newc): initramfs segments are concatenated. */
  readonly cpio: string;
  /** sha256 of the layer's content (names, modes, owners, bytes; no times): equal on every machine. */
  readonly digest: string;
  readonly lengthBytes: number;
  readonly allocatedBytes: number;
  readonly files: number;
  /** Debian packages of which something is in it: name → version. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** What only a guest has that boots the image as its initramfs: kernel modules. */
export interface GuestSegment {
  /** The last archive of the initramfs. */
  readonly cpio: string;
  readonly digest: string;
  readonly lengthBytes: number;
  /** It is not in the initramfs: only machines that need it get it behind that. */
  readonly apart?: boolean | undefined;
  /** Names, in order of insertion. */
  readonly modules: readonly string[];
}

export interface GuestKernel {
  /** Uncompressed ELF with a PVH note. */
  readonly vmlinux: string;
  readonly release: string;
  readonly digest: string;
  readonly lengthBytes: number;
  readonly allocatedBytes: number;
  /** The Debian package and version that it came from. */
  readonly from: string;
}

export interface Image {
  readonly name: string;
  /** sha256 over the layers' digests, in order. */
  readonly digest: string;
  /**
   * sha256 of everything in this repository that the image is made from: recipe and sources. The cache's key.
   * What the packages of the day made of it is in `digest`.
   */
  readonly recipeDigest: string;
  /** Lowest first. */
  readonly layers: readonly Layer[];
  /** Absolute path, inside the image, of the workload. Its arguments: MARK THEN, see fixtures/workload. */
  readonly workload: string;
  /** Absolute path of the program that only marks and ends, for handing back exit codes; absent where the workload is that. */
  readonly ready?: string;
  /** TCP port on which the workload answers HTTP once it is ready; absent for one that serves nobody. */
  readonly servicePort?: number;
  /** An empty directory on the host over which an instance mounts its own root, in its own namespace. */
  readonly mountpoint: string;
  readonly kernel: GuestKernel;
  /** All layers, and behind them what only guests need, in one archive, for QEMU's -initrd. */
  readonly initramfs: string;
  readonly guest?: GuestSegment;
  /** What building it took, as recorded when it was built. */
  readonly provision: { readonly builtAt: string; readonly milliseconds: number; readonly steps: readonly { readonly name: string; readonly milliseconds: number }[] };
}

/** One thing on disk: its sizes are never mixed (see docs/methodology.md#disk). */
export interface DiskItem {
  readonly name: string;
  readonly storey: Storey;
  /** Virtual size: what the box believes it has. `null` where it has no such notion. */
  readonly capacityBytes: number | null;
  /** Apparent length. */
  readonly lengthBytes: number;
  /** st_blocks × 512. */
  readonly allocatedBytes: number;
  /** Whether further instances use the same bytes. */
  readonly shared: boolean;
}
