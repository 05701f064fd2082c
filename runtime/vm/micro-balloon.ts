/**
 * vm-micro with the two ways in which a guest gives memory back to its host. Their driver is a module that only
 * fixtures/workload/hold.c inserts, for a microvm: they are for the benchmark `reclaim`, and elsewhere are vm-micro with a
 * device more.
 */
import type { Runtime } from '../runtime.ts';
import { vmAvailability } from './availability.ts';
import { prepareMicro } from './micro.ts';

export const vmMicroBalloon: Runtime = {
  name: 'vm-micro-balloon',
  kind: 'vm',
  summary: 'vm-micro with a virtio balloon, by which the host takes back what the guest does not need: for the benchmark reclaim',
  availability: vmAvailability,
  prepare: (image, options) => prepareMicro(image, { ...options, machine: 'microvm' }, { name: 'vm-micro-balloon', balloon: 'asked' }),
};

export const vmMicroReporting: Runtime = {
  name: 'vm-micro-reporting',
  kind: 'vm',
  summary: 'vm-micro whose guest reports free pages, which the host then takes back: for the benchmark reclaim',
  availability: vmAvailability,
  prepare: (image, options) => prepareMicro(image, { ...options, machine: 'microvm' }, { name: 'vm-micro-reporting', balloon: 'reporting' }),
};
