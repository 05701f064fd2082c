/**
 * Labels of mandatory access control. Without SELinux or AppArmor in the host's kernel there is nothing to label,
 * and asking for it is refused before anything is started: see `security.ts`.
 */
import { TareError } from '../errors.ts';
import type { HostFiles } from '../host/files.ts';
import { apparmorState, selinuxState } from '../host/security.ts';
import type { Step } from '../plan.ts';
import { write } from '../steps.ts';
import type { ContainerSpec } from './spec.ts';

/** Options of a file system with the label that its files are to bear. Source: mount(8), `context=`. */
export function labelled(data: string, label: string | null): string {
  if (label === null) return data;
  return `${data}${data === '' ? '' : ','}context="${label}"`;
}

/** What the next exec is to bear. Sources: setexeccon(3); kernel Documentation/admin-guide/LSM/apparmor.rst. */
export function labelSteps(spec: ContainerSpec): Step[] {
  return [
    ...(spec.selinux.process === null ? [] : [write('/proc/self/attr/exec', spec.selinux.process, 'SELinux label', 'a policy of the host decides what a process with this label may touch')]),
    ...(spec.apparmor === null ? [] : [write('/proc/self/attr/apparmor/exec', `exec ${spec.apparmor}`, 'AppArmor profile', 'a profile of the host decides what it may touch')]),
  ];
}

/** `user:role:type:level`, the level being open to commas and dots: `system_u:system_r:container_t:s0:c1,c2`. */
const SELINUX_LABEL = /^[\w.-]+:[\w.-]+:[\w.-]+(:[\w.,:-]+)?$/;
const APPARMOR_PROFILE = /^[\w./@&:-]+$/;

/**
 * Refuses a label that nothing on this host would heed, or that is none.
 * @throws {TareError} `host`, `usage`
 */
export function refuseLabels(spec: ContainerSpec, files: HostFiles): void {
  const { process, mount } = spec.selinux;
  for (const label of [process, mount]) {
    if (label === null) continue;
    if (!SELINUX_LABEL.test(label)) throw new TareError('usage', `"${label}" is no SELinux label`, 'a label is user:role:type:level, like system_u:system_r:container_t:s0:c1,c2');
    const state = selinuxState(files);
    if (state !== 'enforcing' && state !== 'permissive') throw new TareError('host', `cannot label the container "${label}": SELinux is ${state} on this host`, 'leave the label out, or use a host with SELinux, such as Fedora: docs/selinux.md');
  }
  if (spec.apparmor === null) return;
  if (!APPARMOR_PROFILE.test(spec.apparmor)) throw new TareError('usage', `"${spec.apparmor}" is no name of an AppArmor profile`, 'for example: docker-default; aa-status lists those that are loaded');
  if (apparmorState(files) !== 'enabled') throw new TareError('host', `cannot confine the container with "${spec.apparmor}": AppArmor is ${apparmorState(files)} on this host`, 'leave the profile out, or use a host with AppArmor, such as Ubuntu');
}
