/**
 * What network a container has. A fresh namespace has nothing but a loopback interface that is switched off; a
 * veth pair is a cable between it and the host, so that a server inside can be asked.
 */
import { readFileSync } from 'node:fs';
import type { Slot } from '../launcher/prepared.ts';
import type { Step } from '../plan.ts';
import { linkUp, networkBegin, networkEnter, ownLink, veth } from '../steps.ts';
import type { ContainerSpec } from './spec.ts';

const INSIDE = 'eth0';

export interface Link {
  /** Interface of the host's: at most 15 bytes, and unique while its launcher lives. */
  readonly name: string;
  readonly outside: number;
  readonly inside: number;
  readonly prefix: 30;
}

/** `10.200.3.6` */
export function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** Networks that the host has routes to, as [address, mask]. Source: proc(5), /proc/net/route: words as the processor stores them. */
function routes(): (readonly [number, number])[] {
  const value = (hex = ''): number => Buffer.from(hex, 'hex').reverse().readUInt32BE();
  try {
    return readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1)
      .map((line) => line.split('\t'))
      .filter((fields) => fields[7] !== '00000000')
      .map((fields) => [value(fields[1]), value(fields[7])] as const);
  } catch {
    return [];
  }
}

/**
 * A network of four addresses for one instance, out of 10.128.0.0/9: by the launcher's PID and the slot's number,
 * so that two that live at the same time do not meet; and none that the host has a route to already. For one slot it
 * is decided once: when the container is up, its own route is among those of the host.
 */
export function linkOf(slot: Slot): Link {
  const known = links.get(slot);
  if (known !== undefined) return known;
  const link = freeLink(slot);
  links.set(slot, link);
  return link;
}

const links = new WeakMap<Slot, Link>();

function freeLink(slot: Slot): Link {
  const taken = routes();
  const blocks = 2 ** 21;
  let block = (slot.launcherPid * 64 + (slot.number % 64)) % blocks;
  const network = (): number => (0x0a80_0000 + block * 4) >>> 0;
  for (let tries = 0; tries < blocks && taken.some(([address, mask]) => (network() & mask) >>> 0 === (address & mask) >>> 0); tries += 4096) block = (block + 4096) % blocks;
  return { name: `tare${slot.launcherPid.toString(36)}.${slot.number.toString(36)}`, outside: network() + 1, inside: network() + 2, prefix: 30 };
}

export interface NetworkSteps {
  /** Outside, first of all. */
  readonly before: readonly Step[];
  /** Inside, before /sys is mounted: it shows the devices of the namespace. */
  readonly between: readonly Step[];
  /** Inside, at any time after. */
  readonly after: readonly Step[];
}

/**
 * @param aside the namespace is made by a helper while other steps go on; it cannot be where it is to belong to a user
 *   namespace, and does not pay for a launcher that starts one container
 */
export function networkSteps(spec: ContainerSpec, slot: Slot, aside: boolean): NetworkSteps {
  if (!spec.namespaces.includes('net')) return { before: [], between: [], after: [] };
  const begin = aside ? [networkBegin('the dearest of all namespaces: asked for now, made by a helper while the steps below go on')] : [];
  const between = aside ? [networkEnter('its own network interfaces, routes and ports, loopback switched on')] : [];
  const lo = aside ? [] : [linkUp('lo', 'the loopback interface: a fresh network namespace has it switched off')];
  if (spec.network === 'loopback') return { before: begin, between, after: lo };
  const link = linkOf(slot);
  return {
    before: [...begin, ownLink(link.name, 'the host’s end of the cable goes when the container does')],
    between,
    after: [...lo, veth(link.name, INSIDE, link, `a cable to the host: ${dotted(link.inside)} inside, ${dotted(link.outside)} outside`)],
  };
}
