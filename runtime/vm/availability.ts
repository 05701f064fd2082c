/** Whether this host can start virtual machines of ours. */
import { hierarchy } from '../instance.ts';
import type { Availability } from '../runtime.ts';
import { findQemu, openQemu, QEMU } from './qemu/program.ts';

/** KVM is no condition: without it the guest is emulated, and marked so. */
export async function vmAvailability(): Promise<Availability> {
  if (findQemu() === null) return { state: 'unavailable', reason: `no ${QEMU} on this host`, remedy: 'run: apt-get install qemu-system-x86' };
  if (process.getuid?.() !== 0) return { state: 'unavailable', reason: `QEMU is put in a cgroup of its own, which needs root, and this is uid ${process.getuid?.()}`, remedy: 'run it with sudo' };
  if (hierarchy().controllers.get('memory') === undefined) {
    return { state: 'unavailable', reason: `no memory cgroup controller (cgroup mode: ${hierarchy().mode})`, remedy: 'boot with cgroup_enable=memory, or mount the cgroup file systems' };
  }
  return { state: 'available', version: `QEMU ${(await openQemu()).version}` };
}
