/** What one idle instance holds of the host's memory, once it has settled. */
import { metric, type Benchmark } from '../benchmark.ts';
import { relativeTimeline } from '../rounds/timeline.ts';
import { memoryInside } from './inside.ts';
import { MACHINE_PARTS, machineParts, SEEN_INSIDE, seenInside } from './machine.ts';

export const memory: Benchmark = {
  name: 'memory',
  title: 'RAM',
  timedBy: null,
  metrics: [
    metric('memory', 'pss', {
      title: 'PSS',
      unit: 'bytes',
      definition: 'Sum of Pss over every host process of the idle instance (smaps_rollup): its private pages and its share of shared ones; kernel memory is not in it.',
      anchor: 'memory-pss',
    }),
    metric('memory', 'rss', {
      title: 'RSS',
      unit: 'bytes',
      definition: 'Sum of Rss over every host process of the idle instance (smaps_rollup): every page of theirs that is in memory, counted whole though others use it too.',
      anchor: 'memory-rss',
    }),
    metric('memory', 'vsz', {
      title: 'VSZ',
      unit: 'bytes',
      definition: 'Sum of VmSize over every host process of the idle instance (status): all addresses that they have mapped, touched or not.',
      anchor: 'memory-rss',
    }),
    // The one that leads: it has the kernel's part in it, which is most of what a small box weighs.
    metric('memory', 'cgroup', {
      title: 'cgroup charge',
      unit: 'bytes',
      definition: 'What the instance’s memory cgroup is charged: the sum of its anonymous, file and kernel parts.',
      anchor: 'memory-cgroup',
      primary: true,
    }),
    metric('memory', 'anonymous', {
      title: 'cgroup charge, anonymous',
      unit: 'bytes',
      definition: 'The part of the cgroup charge that no file on disk stands behind: heaps, stacks, tmpfs, and the RAM of a guest.',
      anchor: 'memory-cgroup',
    }),
    metric('memory', 'file', {
      title: 'cgroup charge, file',
      unit: 'bytes',
      definition: 'The part of the cgroup charge that the kernel could read again from disk: page cache that this instance touched first.',
      anchor: 'memory-cgroup',
    }),
    metric('memory', 'kernel', {
      title: 'cgroup charge, kernel',
      unit: 'bytes',
      definition: 'The part of the cgroup charge that the kernel allocated on the instance’s behalf: page tables, kernel stacks, slab.',
      anchor: 'memory-cgroup',
    }),
    metric('memory', 'counter', {
      title: 'cgroup counter',
      unit: 'bytes',
      definition: 'The kernel’s own counter of the charge (memory.current, usage_in_bytes), which runs ahead of it by what each processor has taken in advance.',
      anchor: 'memory-counter',
    }),
    metric('memory', 'helpers', {
      title: 'helpers, PSS',
      unit: 'bytes',
      definition: 'Pss of processes that the tool keeps beside this one instance and that are not in it: a monitor, a shim, the client that waits. In none of the figures above.',
      anchor: 'memory-helpers',
    }),
    metric('memory', 'daemons', {
      title: 'daemons, PSS',
      unit: 'bytes',
      definition: 'Pss of processes that serve all instances of the host, whether or not there is one: dockerd, containerd. Counted once, in none of the figures above.',
      anchor: 'memory-helpers',
    }),
    ...MACHINE_PARTS,
    ...SEEN_INSIDE,
  ],

  async take(box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'idle', account: true });
    await attempt.ready();
    await attempt.settle();
    const reading = await instance.memory();
    const daemons = await box.daemons?.();
    const ended = await attempt.stop();
    const inside = await memoryInside(box, attempt, ended);
    return {
      values: {
        pss: reading.pssBytes,
        rss: reading.rssBytes,
        vsz: reading.vszBytes,
        cgroup: reading.cgroupBytes,
        anonymous: reading.anonymousBytes,
        file: reading.fileBytes,
        kernel: reading.kernelBytes,
        counter: reading.counterBytes,
        helpers: reading.helpers?.pssBytes ?? 0,
        daemons: daemons?.pssBytes ?? 0,
        ...machineParts(reading.machine),
        ...seenInside(inside, box.configuredMemoryBytes),
      },
      timeline: relativeTimeline(instance.timeline),
    };
  },
};
