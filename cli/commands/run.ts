/** `tare run RUNTIME -- COMMAND…`: a box to look around in. */
import type { CommandModule } from 'yargs';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import { findRuntime, runtimeNames } from '../../runtime/registry.ts';
import type { Ended, Instance } from '../../runtime/runtime.ts';
import { EXIT } from '../exit.ts';
import { positiveNumber, sizeInBytes } from '../numbers.ts';
import { suggestion } from '../suggest.ts';

interface Arguments {
  runtime: string;
  '--'?: string[];
  memory: string;
  cpus: string;
  accelerator: 'auto' | 'kvm' | 'tcg';
}

export const run: CommandModule<object, Arguments> = {
  command: 'run <runtime>',
  describe: 'start a command in a box, on this terminal: tare run container -- sh',
  builder: (yargs) =>
    yargs
      .positional('runtime', { type: 'string', demandOption: true, describe: `one of: ${runtimeNames().join(', ')}` })
      .option('memory', { type: 'string', default: '256M', describe: 'memory limit, or RAM of the virtual machine' })
      .option('cpus', { type: 'string', default: '1', describe: 'processors' })
      .option('accelerator', { choices: ['auto', 'kvm', 'tcg'] as const, default: 'auto' as const, describe: 'auto proves KVM by running a guest' })
      .example('$0 run container -- sh', 'look around in a container')
      .example('$0 run vm-micro -- uname -r', 'the kernel that a virtual machine brings along')
      .epilogue('The exit status is the command’s; 128 + N when signal N ended it.'),
  handler: async (argv) => {
    const command = argv['--'] ?? [];
    const runtime = findRuntime(argv.runtime);
    if (runtime === undefined) throw new TareError('usage', `there is no runtime "${argv.runtime}"`, suggestion(argv.runtime, runtimeNames()));
    if (command.length === 0) throw new TareError('usage', 'no command given', `put it after --: tare run ${argv.runtime} -- sh`);
    const options = { memoryBytes: sizeInBytes('memory', argv.memory), cpus: positiveNumber('cpus', argv.cpus), accelerator: argv.accelerator, terminal: true };
    const box = await runtime.prepare(await loadImage('tiny'), options);
    try {
      const instance = await box.start({ what: 'command', argv: command, streams: 'inherit' });
      process.exitCode = status(await attended(instance));
    } finally {
      await box.close();
    }
  },
};

/**
 * The terminal's Ctrl-C reaches the command by itself. As process 1 of a PID namespace it may not heed it:
 * so two within a second end the box.
 */
async function attended(instance: Instance): Promise<Ended> {
  let last = 0;
  const interrupt = (): void => {
    const now = Date.now();
    if (now - last < 1000) void instance.stop();
    last = now;
  };
  process.on('SIGINT', interrupt);
  process.on('SIGQUIT', interrupt);
  const end = (): void => void instance.stop();
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  try {
    return await instance.ended;
  } finally {
    process.removeAllListeners('SIGINT');
    process.removeAllListeners('SIGQUIT');
  }
}

function status(ended: Ended): number {
  // What the box itself had to say: QEMU's complaint, or why a guest ended.
  if (ended.output !== '') process.stderr.write(ended.output.endsWith('\n') ? ended.output : `${ended.output}\n`);
  if (ended.leftovers.length > 0) {
    process.stderr.write(`tare: left behind: ${ended.leftovers.join('; ')}\nnext: tare clean\n`);
    return EXIT.failed;
  }
  return ended.how === 'exited' ? ended.status : 128 + ended.status;
}
