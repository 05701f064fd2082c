/**
 * Labels of mandatory access control. Without SELinux or AppArmor in the host's kernel there is nothing to label,
 * and asking for it is refused before anything is started: see `security.ts`.
 */
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
