/**
 * Where things lie on the disk of a traditional machine: an old partition table, a small FAT partition from which the
 * boot loader reads kernel and initramfs, and the root file system. Pure.
 */
import type { DiskRecipe } from '../../../fixtures/images/full/recipe.ts';

const MEBIBYTE = 2 ** 20;
const SECTOR = 512;

export interface DiskLayout {
  readonly boot: { readonly startBytes: number; readonly bytes: number };
  readonly root: { readonly startBytes: number; readonly bytes: number };
  /** What sfdisk(8) is told. */
  readonly table: string;
  /** Of the boot loader. Source: https://wiki.syslinux.org/wiki/index.php?title=Config */
  readonly loaderConfiguration: string;
}

/** Partitions begin at whole MiB, as every partitioning tool has it. */
export function diskLayout({ capacityBytes, boot, diskId, kernelParameters }: Pick<DiskRecipe, 'capacityBytes' | 'boot' | 'diskId' | 'kernelParameters'>): DiskLayout {
  const bootAt = MEBIBYTE;
  const rootAt = bootAt + boot.bytes;
  const rootBytes = capacityBytes - rootAt;
  const sectors = (bytes: number): number => bytes / SECTOR;
  return {
    boot: { startBytes: bootAt, bytes: boot.bytes },
    root: { startBytes: rootAt, bytes: rootBytes },
    table: [
      'label: dos',
      `label-id: ${diskId}`,
      'unit: sectors',
      `start=${sectors(bootAt)}, size=${sectors(boot.bytes)}, type=c, bootable`,
      `start=${sectors(rootAt)}, size=${sectors(rootBytes)}, type=83`,
      '',
    ].join('\n'),
    loaderConfiguration: ['DEFAULT linux', 'PROMPT 0', 'TIMEOUT 0', 'LABEL linux', '  LINUX /vmlinuz', '  INITRD /initrd.img', `  APPEND ${kernelParameters.map(({ word }) => word).join(' ')}`, ''].join('\n'),
  };
}
