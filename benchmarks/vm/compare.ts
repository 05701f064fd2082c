/**
 * Times vm-micro beside the best command line that one would write by hand for the same guest, in interleaved rounds.
 * Run by `make compare-vm`.
 *
 *   compare.ts [--samples N] [--seed S] [--gap MS] [--deadline SECONDS] [--accelerator auto|kvm|tcg]
 */
import { loadImage } from '../../runtime/image/load.ts';
import { Launcher } from '../../runtime/launcher/client.ts';
import { execCommand } from '../../runtime/steps.ts';
import { shellQuoted } from '../../runtime/vm/command/script.ts';
import { hostTsc } from '../../runtime/vm/kernel/tsc.ts';
import { wholeMebibytes } from '../../runtime/vm/memory.ts';
import { prepareMicro } from '../../runtime/vm/micro.ts';
import { openQemu } from '../../runtime/vm/qemu/program.ts';
import { runScript } from '../script.ts';
import { byHandStarter, lineByHand } from './by-hand.ts';
import { vmScriptOptions } from './options.ts';
import { failuresText, takeVmRounds, vmStarter, vmTable } from './rounds.ts';

const WARM_UP = 2;

/** As it can be pasted into a shell. */
function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : shellQuoted(word))).join(' ');
}

async function main(): Promise<void> {
  const { samples, seed, gapMs, deadlineMs, box: options } = vmScriptOptions(process.argv.slice(2), 20);
  const image = await loadImage('tiny');
  const box = await prepareMicro(image, options);
  const launcher = await Launcher.open();
  try {
    const line = lineByHand({ program: (await openQemu()).path, image, accelerator: box.accelerator, memoryMebibytes: wholeMebibytes(options.memoryBytes), tscKhz: hostTsc().khz });
    const taken = await takeVmRounds([byHandStarter(launcher, line), vmStarter('vm-micro', box)], { rounds: samples, warmUp: WARM_UP, seed, gapMs, deadlineMs });
    console.log(`by hand:\n  ${shellLine(line)}\nvm-micro:\n  ${shellLine(execCommand(box.plan({ what: 'workload', then: 'exit', account: false })))}\n`);
    console.log(`${samples} rounds after ${WARM_UP} to warm up, ${gapMs} ms idle between starts, seed ${seed}; ${box.accelerator === 'tcg' ? 'emulated' : 'KVM'}: ${box.acceleratorReason}`);
    console.log(`from the request to the ready byte; medians with 95 % intervals\n${vmTable(taken, 'by-hand', box.accelerator === 'tcg', seed)}`);
    process.stdout.write(failuresText(taken));
    if (taken.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    await launcher.close();
    await box.close();
  }
}

await runScript(main);
