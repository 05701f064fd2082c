/** How far a boot has come, told from what the guest's console and its kernel's log say. Pure. */

export interface Phase {
  readonly name: 'firmware' | 'kernel' | 'initramfs' | 'init' | 'service';
  /** Continues "it had come as far as …". */
  readonly text: string;
}

interface Sign {
  readonly name: Phase['name'];
  readonly sign: RegExp;
  readonly text: (found: string) => string;
}

/** Latest first: what a boot says last is how far it came. */
const SIGNS: readonly Sign[] = [
  { name: 'service', sign: /\blogin: /, text: () => 'its services: the console asks who logs in' },
  { name: 'init', sign: /systemd\[1\]: /, text: () => 'its init, systemd' },
  { name: 'init', sign: /Run (?!\/init )(\S+) as init process/, text: (program) => `its first program, ${program}` },
  { name: 'initramfs', sign: /Run \/init as init process|\(initramfs\)/, text: () => 'its initramfs' },
  { name: 'kernel', sign: /Linux version \d|Kernel panic - not syncing|Kernel command line:/, text: () => 'its kernel, which had not started a program yet' },
];

/** @returns null when nothing of a boot was heard */
export function phaseHeard(said: string): Phase | null {
  for (const { name, sign, text } of SIGNS) {
    const match = sign.exec(said);
    if (match !== null) return { name, text: text(match[1] ?? '') };
  }
  return null;
}

/** @param said all that is known of the boot, its kernel's log included: so one of which nothing is known has no kernel yet */
export function phaseReached(said: string): Phase {
  return phaseHeard(said) ?? { name: 'firmware', text: 'the firmware: no kernel had logged anything' };
}
