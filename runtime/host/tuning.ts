/** How the host is set up, as far as it bears on figures: what somebody who wants to repeat them must match. */
import type { HostFiles } from './files.ts';

/** `null` where this kernel does not tell. */
export interface HostTuning {
  /** Revision of the processor's microcode: `0xb000040`. */
  readonly microcode: string | null;
  /** Whether a core runs two threads: `on`, `off`, `forceoff`, `notsupported`. */
  readonly smt: string | null;
  /** Weakness of the processor → what the kernel does about it. */
  readonly mitigations: Readonly<Record<string, string>>;
  /** What the kernel tells time by. */
  readonly clockSource: string | null;
  /** What sets the clock speed, and what puts idle processors to sleep. */
  readonly frequencyDriver: string | null;
  readonly idleDriver: string | null;
  /** Whether the clock may go above its rated speed. */
  readonly boost: boolean | null;
  /** Processors that the scheduler leaves alone: `2-5`, or empty. */
  readonly isolatedCpus: string | null;
  /** `always`, `madvise` or `never`; and when memory is put in order for them. */
  readonly transparentHugePages: string | null;
  readonly hugePageDefrag: string | null;
  /** 0 to 200: how readily memory of programs is swapped out rather than files dropped. */
  readonly swappiness: number | null;
  /** 0: off by rule of thumb; 1: never refused; 2: strict. */
  readonly overcommit: number | null;
  /** How KSM merges equal pages; `null` where the kernel has none. */
  readonly ksm: { readonly run: number; readonly pagesToScan: number; readonly sleepMs: number } | null;
  /** The container that tare itself runs in, where it leaves a trace: `docker`, `lxc`. */
  readonly container: string | null;
}

const CPU = '/sys/devices/system/cpu';
const HUGE = '/sys/kernel/mm/transparent_hugepage';
const KSM = '/sys/kernel/mm/ksm';

/** Sources: Documentation/admin-guide of the kernel (hw-vuln, mm/transhuge, mm/ksm, sysctl/vm, pm/cpufreq), sysfs-devices-system-cpu. */
export function hostTuning(files: HostFiles): HostTuning {
  const text = (path: string): string | null => files.read(path)?.trim() ?? null;
  const count = (path: string): number | null => {
    const value = Number.parseInt(files.read(path) ?? '', 10);
    return Number.isFinite(value) ? value : null;
  };
  const [run, pagesToScan, sleepMs] = [count(`${KSM}/run`), count(`${KSM}/pages_to_scan`), count(`${KSM}/sleep_millisecs`)];
  return {
    microcode: /^microcode\s*:\s*(\S+)/m.exec(files.read('/proc/cpuinfo') ?? '')?.[1] ?? null,
    smt: text(`${CPU}/smt/control`),
    mitigations: Object.fromEntries(files.list(`${CPU}/vulnerabilities`).sort().flatMap((name) => {
      const what = text(`${CPU}/vulnerabilities/${name}`);
      return what === null ? [] : [[name, what] as const];
    })),
    clockSource: text('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    frequencyDriver: text(`${CPU}/cpu0/cpufreq/scaling_driver`),
    idleDriver: text(`${CPU}/cpuidle/current_driver`),
    boost: boost(count(`${CPU}/cpufreq/boost`), count(`${CPU}/intel_pstate/no_turbo`)),
    isolatedCpus: text(`${CPU}/isolated`),
    transparentHugePages: chosen(text(`${HUGE}/enabled`)),
    hugePageDefrag: chosen(text(`${HUGE}/defrag`)),
    swappiness: count('/proc/sys/vm/swappiness'),
    overcommit: count('/proc/sys/vm/overcommit_memory'),
    ksm: run === null || pagesToScan === null || sleepMs === null ? null : { run, pagesToScan, sleepMs },
    container: container(files),
  };
}

/** Of `always [madvise] never` the one in brackets. */
function chosen(text: string | null): string | null {
  return /\[(\S+)\]/.exec(text ?? '')?.[1] ?? null;
}

function boost(allowed: number | null, noTurbo: number | null): boolean | null {
  if (noTurbo !== null) return noTurbo === 0;
  return allowed === null ? null : allowed === 1;
}

/** As systemd-detect-virt(1) looks: what a container's manager wrote down for those inside. */
function container(files: HostFiles): string | null {
  const told = files.read('/run/systemd/container')?.trim() ?? /(?:^|\0)container=([^\0]*)/.exec(files.read('/proc/1/environ') ?? '')?.[1];
  if (told !== undefined && told !== '') return told;
  if (files.read('/run/.containerenv') !== null) return 'podman';
  return files.read('/.dockerenv') === null ? null : 'docker';
}
