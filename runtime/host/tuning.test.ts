import test from 'ava';
import { hostFiles, recordedFiles } from './files.ts';
import { hostTuning } from './tuning.ts';

const LAPTOP = {
  '/proc/cpuinfo': 'processor\t: 0\nmicrocode\t: 0xf4\ncpu MHz\t\t: 800.0\n',
  '/sys/devices/system/cpu/smt/control': 'on\n',
  '/sys/devices/system/cpu/vulnerabilities/spectre_v2': 'Mitigation: Retpolines; IBPB: conditional\n',
  '/sys/devices/system/cpu/vulnerabilities/mds': 'Mitigation: Clear CPU buffers; SMT vulnerable\n',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  '/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver': 'intel_pstate\n',
  '/sys/devices/system/cpu/cpuidle/current_driver': 'intel_idle\n',
  '/sys/devices/system/cpu/intel_pstate/no_turbo': '1\n',
  '/sys/devices/system/cpu/isolated': '\n',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  '/sys/kernel/mm/transparent_hugepage/defrag': 'always defer defer+madvise [madvise] never\n',
  '/proc/sys/vm/swappiness': '60\n',
  '/proc/sys/vm/overcommit_memory': '0\n',
  '/sys/kernel/mm/ksm/run': '1\n',
  '/sys/kernel/mm/ksm/pages_to_scan': '100\n',
  '/sys/kernel/mm/ksm/sleep_millisecs': '20\n',
};

test('what somebody must match who repeats a run', (t) => {
  t.deepEqual(hostTuning(recordedFiles(LAPTOP)), {
    microcode: '0xf4',
    smt: 'on',
    mitigations: { mds: 'Mitigation: Clear CPU buffers; SMT vulnerable', spectre_v2: 'Mitigation: Retpolines; IBPB: conditional' },
    clockSource: 'tsc',
    frequencyDriver: 'intel_pstate',
    idleDriver: 'intel_idle',
    boost: false,
    isolatedCpus: '',
    transparentHugePages: 'madvise',
    hugePageDefrag: 'madvise',
    swappiness: 60,
    overcommit: 0,
    ksm: { run: 1, pagesToScan: 100, sleepMs: 20 },
    container: null,
  });
});

test('what a kernel does not tell is null', (t) => {
  const { mitigations, ...rest } = hostTuning(recordedFiles({}));
  t.deepEqual(mitigations, {});
  t.true(Object.values(rest).every((each) => each === null));
});

test('the clock above its rated speed: both ways in which drivers tell', (t) => {
  const boost = (files: Record<string, string>): boolean | null => hostTuning(recordedFiles(files)).boost;
  t.true(boost({ '/sys/devices/system/cpu/cpufreq/boost': '1\n' }));
  t.false(boost({ '/sys/devices/system/cpu/cpufreq/boost': '0\n' }));
  t.true(boost({ '/sys/devices/system/cpu/intel_pstate/no_turbo': '0\n' }));
});

test('a container around tare itself leaves a trace', (t) => {
  const container = (files: Record<string, string>): string | null => hostTuning(recordedFiles(files)).container;
  t.is(container({ '/run/systemd/container': 'lxc\n' }), 'lxc');
  t.is(container({ '/proc/1/environ': 'PATH=/bin\0container=systemd-nspawn\0' }), 'systemd-nspawn');
  t.is(container({ '/run/.containerenv': '' }), 'podman');
  t.is(container({ '/.dockerenv': '' }), 'docker');
});

test('of the environment of process 1 nothing but that word is kept', (t) => {
  const tuning = hostTuning(recordedFiles({ '/proc/1/environ': 'TOKEN=secret\0container=docker\0KEY=secret\0' }));
  t.false(JSON.stringify(tuning).includes('secret'));
});

test('this host has a setup', (t) => {
  t.notThrows(() => hostTuning(hostFiles()));
});
