/** What preparing any of our virtual machines begins with: checks that cost nothing, a launcher, the accelerator. */
import { TareError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { Launcher } from '../launcher/client.ts';
import type { BoxOptions } from '../runtime.ts';
import { decideAccelerator } from './accelerator/decide.ts';
import type { Proof } from './accelerator/prove.ts';
import { vmAvailability } from './availability.ts';
import { hostAvailableBytes, memoryRefusal } from './memory.ts';
import { openQemu, type QemuProgram } from './qemu/program.ts';

export interface Prepared {
  readonly launcher: Launcher;
  readonly qemu: QemuProgram;
  readonly proof: Proof;
}

/** @throws {TareError} for less memory than boots, and for more than the host has */
export function refuseMemory(runtime: string, image: Image, { memoryBytes }: BoxOptions, leastMebibytes: number): void {
  const refusal = memoryRefusal({ runtime, image: image.name, memoryBytes, leastMebibytes, availableBytes: hostAvailableBytes() });
  if (refusal !== null) throw refusal;
}

/** @throws {TareError} naming what the host lacks; the launcher is closed then */
export async function prepareVm(runtime: string, image: Image, options: BoxOptions, leastMebibytes: number): Promise<Prepared> {
  refuseMemory(runtime, image, options, leastMebibytes);
  const qemu = await openQemu();
  const state = await vmAvailability();
  if (state.state === 'unavailable') throw new TareError(process.getuid?.() === 0 ? 'host' : 'no-root', `cannot start ${runtime}: ${state.reason}`, state.remedy);
  const launcher = await Launcher.open({ terminal: options.terminal === true });
  try {
    return { launcher, qemu, proof: await decideAccelerator(options.accelerator, launcher, qemu, image) };
  } catch (error) {
    await launcher.close();
    throw error;
  }
}

/** A container may have half a processor; a guest has whole ones. */
export function wholeProcessors(cpus: number): number {
  return Math.max(1, Math.ceil(cpus));
}
