import test from 'ava';
import { commandLine, kernelParameters, type KernelOptions } from './parameters.ts';

const options: KernelOptions = { accelerator: 'tcg', tscKhz: 2_596_136, init: '/usr/bin/ready', initArguments: ['port:0xe9', 'exit'] };

test('the line that an emulated guest is booted with', (t) => {
  t.is(
    commandLine(options),
    'panic=-1 reboot=t quiet console=ttyS0 loglevel=1 tsc_early_khz=2596136 cryptomgr.notests noreplace-smp mitigations=off rootfstype=ramfs rdinit=/usr/bin/ready -- port:0xe9 exit',
  );
});

test('under KVM the guest is told the frequency by kvm-clock, and the rest is the same', (t) => {
  t.is(commandLine({ ...options, accelerator: 'kvm' }), commandLine(options).replace('tsc_early_khz=2596136 ', ''));
});

test('nosmp is never given: it failed 9 boots of 9', (t) => {
  t.false(kernelParameters(options).some(({ word }) => word === 'nosmp'));
});

test('a first program without arguments gets no separator', (t) => {
  t.true(commandLine({ ...options, init: '/init', initArguments: [] }).endsWith('rdinit=/init'));
});

test('the line fits into what the kernel accepts (COMMAND_LINE_SIZE, 2048)', (t) => {
  t.true(commandLine(options).length < 2048);
});

test('every parameter has a reason', (t) => {
  for (const { word, why } of kernelParameters(options)) t.true(why.length > 10, word);
});
