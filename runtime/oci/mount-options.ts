/** Options of a bundle's mounts and the kernel's flags, in both directions. Source: config.md#mounts; mount(2), linux/mount.h. */
import { flags, MS } from '../steps.ts';

/** Flags that only bundles ask for, beside those of `steps.ts`. */
const MORE = { synchronous: 16, dirsync: 128, noatime: 1024, nodiratime: 2048, silent: 32768, relatime: 1 << 21, lazytime: 1 << 25 } as const;

/** A word sets a flag, or clears one. */
interface FlagWord {
  readonly word: string;
  readonly sets: number;
  readonly clears: number;
}

const sets = (word: string, bit: number): FlagWord => ({ word, sets: bit, clears: 0 });
const clears = (word: string, bit: number): FlagWord => ({ word, sets: 0, clears: bit });

export const FLAG_WORDS: readonly FlagWord[] = [
  sets('nosuid', MS.nosuid), clears('suid', MS.nosuid),
  sets('nodev', MS.nodev), clears('dev', MS.nodev),
  sets('noexec', MS.noexec), clears('exec', MS.noexec),
  sets('ro', MS.rdonly), clears('rw', MS.rdonly),
  sets('sync', MORE.synchronous), clears('async', MORE.synchronous),
  sets('dirsync', MORE.dirsync),
  sets('noatime', MORE.noatime), clears('atime', MORE.noatime),
  sets('nodiratime', MORE.nodiratime), clears('diratime', MORE.nodiratime),
  sets('relatime', MORE.relatime), clears('norelatime', MORE.relatime),
  sets('strictatime', MS.strictatime), clears('nostrictatime', MS.strictatime),
  sets('lazytime', MORE.lazytime), clears('nolazytime', MORE.lazytime),
  sets('silent', MORE.silent), clears('loud', MORE.silent),
  { word: 'defaults', sets: 0, clears: 0 },
];

/** Mounts are private here anyhow: nothing that happens to one reaches the host or comes from it. */
export const PRIVATE_WORDS: readonly string[] = ['private', 'rprivate'];

/** Never handed to a file system as if they were options of its own. */
export const REFUSED_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'].map((word) => [word, 'every mount of a container is private'])),
  ...Object.fromEntries(['rro', 'rrw', 'rnosuid', 'rsuid', 'rnodev', 'rdev', 'rnoexec', 'rexec', 'rnoatime', 'ratime', 'rnodiratime', 'rdiratime', 'rrelatime', 'rnorelatime', 'rstrictatime', 'rnostrictatime', 'rnosymfollow', 'rsymfollow'].map((word) => [word, 'flags are set on one mount, not on all below it'])),
  ...Object.fromEntries(['idmap', 'ridmap'].map((word) => [word, 'owners are shown as the container’s id maps have them'])),
  ...Object.fromEntries(['mand', 'nomand', 'iversion', 'noiversion', 'acl', 'noacl', 'nosymfollow', 'symfollow'].map((word) => [word, 'not among the flags that tare sets'])),
  remount: 'a mount is made once',
  tmpcopyup: 'what lies below a tmpfs is not copied into it',
  'copy-symlink': 'symbolic links are followed inside the container, not copied',
  'src-nofollow': 'the source of a bind mount is found before the container starts',
  'dest-nofollow': 'a target is found inside the container’s root, links and all',
};

/** As words, those that set something. */
export function flagWords(mountFlags: number): string[] {
  return FLAG_WORDS.filter(({ sets: bit }) => bit !== 0 && (mountFlags & bit) === bit).map(({ word }) => word);
}

/** What `flagWords` can say; whatever else a spec's flags hold cannot be written. */
export const WRITABLE_FLAGS = flags(...FLAG_WORDS.map(({ sets: bit }) => bit));
