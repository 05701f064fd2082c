/**
 * One colour a runtime, everywhere. From the palette of Okabe and Ito, which people with any colour vision
 * can tell apart; lightened where a dark page needs it.
 */
export interface Ink {
  readonly light: string;
  readonly dark: string;
}

const INK: Readonly<Record<string, Ink>> = {
  process: { light: '#5f6b7a', dark: '#9aa7b8' },
  container: { light: '#0072b2', dark: '#56b4e9' },
  'vm-floor': { light: '#b8860b', dark: '#f0c04a' },
  'vm-restore': { light: '#7a2fa8', dark: '#a35be0' },
  'vm-micro': { light: '#d55e00', dark: '#ff8a3d' },
  'vm-full': { light: '#8c2d04', dark: '#e86f51' },
};

/** For runtimes without a colour of their own, in order of appearance. */
const FURTHER: readonly Ink[] = [
  { light: '#009e73', dark: '#2fd3a2' },
  { light: '#a8508a', dark: '#e39ccb' },
  { light: '#6a4fb3', dark: '#b39df2' },
  { light: '#8a6d3b', dark: '#d9b77a' },
];

export function inkOf(runtime: string, position: number): Ink {
  return INK[runtime] ?? (FURTHER[position % FURTHER.length] as Ink);
}

/** Parts of a whole (memory, disk): shades that keep their order in print. */
export const PARTS: Readonly<Record<string, Ink>> = {
  anonymous: { light: '#0b4f8a', dark: '#7cc4ff' },
  file: { light: '#5fa8d3', dark: '#3f86b5' },
  kernel: { light: '#e69f00', dark: '#ffc240' },
  app: { light: '#009e73', dark: '#2fd3a2' },
  prerequisites: { light: '#56b4e9', dark: '#56b4e9' },
  base: { light: '#0072b2', dark: '#3f9be0' },
  'guest-kernel': { light: '#d55e00', dark: '#ff8a3d' },
  initramfs: { light: '#cc79a7', dark: '#e6a5c8' },
  'boot-loader': { light: '#f0e442', dark: '#f0e442' },
  snapshot: { light: '#2f8f9d', dark: '#63cbd9' },
  metadata: { light: '#8a8f98', dark: '#a9b0bb' },
  hypervisor: { light: '#7a5c99', dark: '#b79bd6' },
  runtime: { light: '#5f6b7a', dark: '#9aa7b8' },
  ram: { light: '#d55e00', dark: '#ff8a3d' },
  program: { light: '#8a8f98', dark: '#a9b0bb' },
};

/** Layers of the two stacks. */
export const LAYERS: Readonly<Record<string, Ink>> = {
  app: { light: '#009e73', dark: '#2fd3a2' },
  prerequisites: { light: '#56b4e9', dark: '#56b4e9' },
  'guest-os': { light: '#d55e00', dark: '#ff8a3d' },
  hypervisor: { light: '#7a5c99', dark: '#b79bd6' },
  'container-runtime': { light: '#0072b2', dark: '#3f9be0' },
  'host-os': { light: '#5f6b7a', dark: '#9aa7b8' },
};
