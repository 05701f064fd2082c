/**
 * The container's root file system, as steps: the image's layers under an overlay, a private writable layer
 * on top, and the host's root gone.
 *
 * The writable layer lies on a tmpfs inside the container's own mount namespace: it vanishes with the
 * namespace, so nothing is left behind even if everything of ours is killed at once, and taking it away
 * costs a third of what an upper directory on disk does.
 *
 * New mounts come once the host's root is gone, so that a symbolic link in an image leads to a place inside it
 * whatever it says. Being in the new root is not enough: the old one then lies on top of it, and a step to ".." from
 * "/" climbs onto it. Only /proc and /sys come before, whose places are names in the root itself: in a user
 * namespace the kernel allows a new one only while an older one is in sight.
 */
import type { Step } from '../plan.ts';
import { chdir, flags, mkdir, MNT_DETACH, mount, MS, pivotRoot, treeAttach, umount } from '../steps.ts';
import type { ContainerSpec } from './spec.ts';
import { labelled } from './labels.ts';

/** A path inside overlay's options, where a colon separates layers and a comma options. Source: overlayfs.rst. */
function quoted(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&');
}

/** A user of a foreign id may not walk to where our files lie; every host has a /tmp, and this one is seen by it alone. */
const REACHABLE = '/tmp';

function overlaySteps(spec: ContainerSpec, layers: readonly string[], given: string, shifted: boolean): Step[] {
  const at = shifted ? REACHABLE : given;
  const size = spec.limits?.memoryBytes ?? null;
  const tmpfs = labelled(`mode=755${size === null ? '' : `,size=${size}`}`, spec.selinux.mount);
  const lower = shifted ? layers.map((_, index) => `${at}/lower${index}`) : layers.map(quoted);
  const user = spec.namespaces.includes('user') ? ',userxattr' : '';
  const data = labelled(`lowerdir=${[...lower].reverse().join(':')},upperdir=${quoted(at)}/upper,workdir=${quoted(at)}/work${user}`, spec.selinux.mount);
  return [
    mount('tmpfs', at, 'tmpfs', flags(MS.nosuid, MS.nodev), tmpfs, 'a place in memory for the container’s own writes; it vanishes with the namespace', 'mount tmpfs for writes'),
    ...(shifted ? lower.flatMap((path, index) => [mkdir(path, 0o755, 'a place for a layer'), treeAttach(index, path, 'a layer, whose owners are shifted into the user namespace')]) : []),
    mkdir(`${at}/upper`, 0o755, 'the writable layer', 'mkdir upper'),
    mkdir(`${at}/work`, 0o700, 'where overlay prepares a change before it shows', 'mkdir work'),
    mkdir(`${at}/root`, 0o755, 'where the layers are seen as one', 'mkdir root'),
    mount('overlay', `${at}/root`, 'overlay', flags(MS.nodev), data, 'the image’s layers, shared and read-only, under one writable layer', 'mount overlay'),
    pivotRoot(`${at}/root`, 'the overlay becomes the root of everything it sees'),
  ];
}

/** @param shifted the layers were opened by `id-map` and are to be attached */
export function rootSteps(spec: ContainerSpec, shifted: boolean): Step[] {
  const alone: Step = { ...mount('', '/', '', flags(MS.private, MS.rec), '', 'mounts made from here on stay in this namespace', 'make mounts private'), part: 'mnt' };
  switch (spec.root.kind) {
    case 'host':
      return spec.namespaces.includes('mnt') ? [alone] : [];
    case 'layers':
      return [alone, ...overlaySteps(spec, spec.root.layers, spec.root.at, shifted)];
    case 'directory': {
      const { path } = spec.root;
      return [
        alone,
        mount(path, path, '', flags(MS.bind, MS.rec), '', 'pivot_root wants a mount, not a mere directory', 'bind the root'),
        mount('', path, '', flags(MS.bind, MS.remount, MS.nodev), '', 'a node that root inside makes for a disk of the host’s cannot be opened', 'no devices in the root'),
        pivotRoot(path, 'the directory becomes the root of everything it sees'),
      ];
    }
  }
}

/** Lets go of the host's files. */
export function farewellSteps(spec: ContainerSpec): Step[] {
  return spec.root.kind === 'host' ? [] : [umount('.', MNT_DETACH, 'let the old root go', 'the host’s files are out of reach for good')];
}

export function readonlySteps(spec: ContainerSpec): Step[] {
  if (spec.root.kind === 'host' || !spec.readonlyRoot) return [];
  return [mount('', '/', '', flags(MS.bind, MS.remount, MS.rdonly, MS.nodev), '', 'nothing in the root can be changed', 'read-only root')];
}

export function workdirSteps(spec: ContainerSpec): Step[] {
  return spec.root.kind === 'host' ? [] : [chdir(spec.workdir, 'the working directory lies inside the new root')];
}
