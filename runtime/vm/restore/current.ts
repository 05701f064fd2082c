/** Whether a saved machine would still be resumed: the machine that it says it is is made again, as today's code makes it, and compared. */
import type { Image } from '../../image/image.ts';
import type { Accelerator } from '../../runtime.ts';
import { hostTsc } from '../kernel/tsc.ts';
import { microMachine } from '../micro-machine.ts';
import type { QemuProgram } from '../qemu/program.ts';
import { keyDigest, snapshotKey } from './key.ts';
import { readKey } from './snapshot.ts';

/** @param line of a snapshot's key @returns null when it is no line of ours */
export function machineIn(line: string): { readonly accelerator: Accelerator; readonly memoryMebibytes: number; readonly vcpus: number } | null {
  const accelerator = / -accel (kvm|tcg)\b/.exec(line)?.[1];
  const memory = / -m (\d+)M /.exec(line)?.[1];
  const vcpus = / -smp (\d+) /.exec(line)?.[1];
  if (accelerator === undefined || memory === undefined || vcpus === undefined) return null;
  return { accelerator: accelerator as Accelerator, memoryMebibytes: Number(memory), vcpus: Number(vcpus) };
}

/** @param folder of the snapshot: `tiny-<first 12 digits of the digest of its key>` */
export async function snapshotStillMade(folder: string, images: readonly Image[], qemu: QemuProgram): Promise<boolean> {
  const key = await readKey(folder);
  const machine = key === null ? null : machineIn(key.line);
  const image = images.find(({ name }) => folder.split('/').at(-1)?.startsWith(`${name}-`));
  if (machine === null || image === undefined) return false;
  const now = await snapshotKey(qemu, microMachine(image, { ...machine, tscKhz: hostTsc().khz }, 'wait'), image);
  return folder.endsWith(`/${image.name}-${keyDigest(now).slice(0, 12)}`);
}
