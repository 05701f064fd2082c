/**
 * Boots every kind of virtual machine over and over, and counts what fails. Run by `make boots`.
 *
 *   boots.ts [--samples N] [--seed S] [--gap MS] [--deadline SECONDS] [--accelerator auto|kvm|tcg]
 */
import { loadImage } from '../../runtime/image/load.ts';
import { vmFloor } from '../../runtime/vm/floor.ts';
import { vmMicro } from '../../runtime/vm/micro.ts';
import { vmRestore } from '../../runtime/vm/restore.ts';
import { runScript } from '../script.ts';
import { vmScriptOptions } from './options.ts';
import { failuresText, takeVmRounds, vmStarter, vmTable, type VmStarter } from './rounds.ts';

async function main(): Promise<void> {
  const { samples, seed, gapMs, deadlineMs, box: options } = vmScriptOptions(process.argv.slice(2), 100);
  const image = await loadImage('tiny');
  const all: VmStarter[] = [];
  try {
    let accelerator: string | null = null;
    for (const runtime of [vmFloor, vmMicro, vmRestore]) {
      const box = await runtime.prepare(image, options);
      accelerator = box.accelerator;
      all.push(vmStarter(runtime.name, box));
    }
    // The first of each counts too: what is asked is how many fail.
    const taken = await takeVmRounds(all, { rounds: samples, warmUp: 0, seed, gapMs, deadlineMs });
    const emulated = accelerator === 'tcg';
    console.log(`${samples} boots of each, interleaved, ${gapMs} ms idle between starts, seed ${seed}; ${emulated ? 'emulated' : 'KVM'}`);
    console.log(`from the request to the ready byte; medians with 95 % intervals\n${vmTable(taken, 'vm-micro', emulated, seed)}`);
    process.stdout.write(failuresText(taken));
    if (taken.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    for (const starter of all) await starter.close();
  }
}

await runScript(main);
