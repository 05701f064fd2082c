import test from 'ava';
import { StartFailure, TareError } from '../../runtime/errors.ts';
import { lineByHand } from './by-hand.ts';
import { vmScriptOptions } from './options.ts';
import { failuresText, takeVmRounds, vmTable, type VmStarter } from './rounds.ts';

const image = { kernel: { vmlinux: '/k/vmlinux' }, initramfs: '/i/initramfs', workload: '/usr/bin/ready' } as Parameters<typeof lineByHand>[0]['image'];

test('the line by hand boots the same guest, without what only tells it apart', (t) => {
  const line = lineByHand({ program: 'qemu', image, accelerator: 'tcg', memoryMebibytes: 256, tscKhz: 7 }).join(' ');
  t.regex(line, /-kernel \/k\/vmlinux -initrd \/i\/initramfs -append panic=-1 .*tsc_early_khz=7 .*rdinit=\/usr\/bin\/ready -- port:0xe9 exit/);
  t.notRegex(line, /memfd|fdset|-mon/);
  const kvm = lineByHand({ program: 'qemu', image, accelerator: 'kvm', memoryMebibytes: 256, tscKhz: 7 }).join(' ');
  t.regex(kvm, /-accel kvm -cpu host/);
  t.notRegex(kvm, /tsc_early_khz/);
});

function starter(name: string, outcomes: readonly (number | StartFailure)[]): VmStarter {
  let next = 0;
  return {
    name,
    start() {
      const outcome = outcomes[next++ % outcomes.length];
      return outcome instanceof StartFailure ? Promise.reject(outcome) : Promise.resolve(outcome ?? 0);
    },
    close: () => Promise.resolve(),
  };
}

test('a boot that fails is counted and told; the rounds go on', async (t) => {
  const failure = new StartFailure('deadline', 'vm-micro was not ready', 'wait', 'its console\nand more');
  const all = [starter('vm-micro', [2e6, failure]), starter('by-hand', [1e6])];
  const taken = await takeVmRounds(all, { rounds: 6, warmUp: 0, seed: 's', gapMs: 0, deadlineMs: 1 });
  t.deepEqual(taken.map(({ ready, failures }) => [ready.length, failures.length]), [[3, 3], [6, 0]]);
  const table = vmTable(taken, 'by-hand', true, 's');
  t.regex(table, /^ {2}vm-micro +2\.00 ms .*3 of 6 failed +2\.000 times by-hand/m);
  t.regex(table, /^ {2}by-hand +1\.00 ms .*0 of 6 failed$/m);
  t.regex(failuresText(taken), /^vm-micro, round 2: vm-micro was not ready\n {4}its console\n {4}and more\n/);
});

test('rounds to warm up are in no figure, but what fails in them is told', async (t) => {
  const failure = new StartFailure('ended', 'no', '', '');
  const [taken] = await takeVmRounds([starter('a', [failure, 1e6, 1e6, 1e6])], { rounds: 3, warmUp: 1, seed: 's', gapMs: 0, deadlineMs: 1 });
  t.deepEqual([taken?.ready.length, taken?.failures.length], [3, 1]);
  t.regex(failuresText(taken === undefined ? [] : [taken]), /^a, to warm up: no/);
});

test('what is wrong on the command line is named, with an example', (t) => {
  t.like(vmScriptOptions(['--samples', '7', '--seed', 'x'], 20), { samples: 7, seed: 'x', deadlineMs: 60_000 });
  t.is(vmScriptOptions([], 20).samples, 20);
  for (const args of [['--samples', '0'], ['--samples', 'many'], ['--samples', ''], ['--gap', '-1'], ['--accelerator', 'steam'], ['--nothing']]) {
    const error = t.throws(() => vmScriptOptions(args, 20), { instanceOf: TareError });
    t.is(error?.code, 'usage', args.join(' '));
    t.true(error?.message.includes(args[0]?.slice(2) ?? ''), error?.message);
    t.not(error?.remedy, '');
  }
});
