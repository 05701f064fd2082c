import test from 'ava';
import { fromCpuInfo, fromKernelLog, hostTsc } from './tsc.ts';

const AMD_LOG = `<5>[    0.000000] Linux version 6.18.44
<4>[    0.000000] [Firmware Bug]: TSC doesn't count with P0 frequency!
<6>[    0.000066] tsc: Detected 2596.136 MHz processor
<6>[    0.097676] TSC deadline timer available
<6>[    0.251388] clocksource: tsc-early: mask: 0xffffffffffffffff max_cycles: 0x256bfa33b32, max_idle_ns: 440795297408 ns`;

const INTEL_LOG = `6,12,0,-;tsc: Detected 2800.000 MHz processor
6,13,0,-;tsc: Detected 2803.200 MHz TSC
6,400,1412345,-;tsc: Refined TSC clocksource calibration: 2803.198 MHz`;

test('the kernel log of a host that knows its frequency', (t) => {
  t.deepEqual(fromKernelLog(AMD_LOG), { khz: 2_596_136, source: 'kernel log (processor)' });
});

test('the refined figure comes before the counter’s, and that before the processor’s', (t) => {
  t.deepEqual(fromKernelLog(INTEL_LOG), { khz: 2_803_198, source: 'kernel log (refined)' });
  t.is(fromKernelLog(INTEL_LOG.split('\n').slice(0, 2).join('\n'))?.khz, 2_803_200);
});

test('a log that has gone round, or may not be read', (t) => {
  t.is(fromKernelLog(''), null);
  t.is(fromKernelLog('[ 9000.1] kvm: something else'), null);
});

test('/proc/cpuinfo: the model’s name is better than the frequency of the moment', (t) => {
  const momentary = 'processor\t: 0\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.136\n';
  t.deepEqual(fromCpuInfo(momentary), { khz: 2_596_136, source: '/proc/cpuinfo (cpu MHz: coarse)' });
  const named = 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz\ncpu MHz\t\t: 3113.402\n';
  t.deepEqual(fromCpuInfo(named), { khz: 2_500_000, source: '/proc/cpuinfo (model name)' });
  t.is(fromCpuInfo('processor : 0\n'), null);
});

test('this host tells a frequency that a processor can have', (t) => {
  const { khz, source } = hostTsc();
  t.log(`${khz} kHz from ${source}`);
  t.true(khz > 500_000 && khz < 10_000_000);
});
