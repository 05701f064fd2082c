/** `tare run RUNTIME -- COMMAND…`: a box to look around in. */
import type { CommandModule } from 'yargs';
import { quantityText } from '../../reports/view/numbers.ts';
import { accountOf } from '../../runtime/cgroup/account.ts';
import { warm } from '../../runtime/container/box.ts';
import { hostSpec, openContainer } from '../../runtime/container/container.ts';
import { cold } from '../../runtime/container/cold.ts';
import { TareError } from '../../runtime/errors.ts';
import { imageNames, loadImage } from '../../runtime/image/load.ts';
import { bundleMaking } from '../../runtime/oci/making.ts';
import { readBundle } from '../../runtime/oci/read.ts';
import { MACHINE_NAMES, machineNamed } from '../../runtime/vm/qemu/machines.ts';
import { everyRuntime, findRuntime, runtimeNames } from '../../runtime/registry.ts';
import type { Box, BoxOptions, Ended, Instance } from '../../runtime/runtime.ts';
import { CONTAINER_OPTION_NAMES, containerOptions, specFrom, type ContainerOptions } from '../container/options.ts';
import { EXIT } from '../exit.ts';
import { positiveNumber, sizeInBytes } from '../numbers.ts';
import { suggestion } from '../suggest.ts';

interface Arguments extends ContainerOptions {
  runtime?: string | undefined;
  bundle?: string | undefined;
  image: string;
  memory?: string | undefined;
  cpus?: string | undefined;
  accelerator: 'auto' | 'kvm' | 'tcg';
  machine?: string | undefined;
}

const MEMORY = '256M';

export const run: CommandModule<object, Arguments> = {
  command: 'run [runtime]',
  describe: 'start a command in a box, on this terminal: tare run container -- sh',
  builder: (yargs) =>
    containerOptions(
      yargs
        .positional('runtime', { type: 'string', describe: `one of: ${runtimeNames(everyRuntime()).join(', ')}` })
        .option('bundle', { type: 'string', describe: 'directory with an OCI config.json, to be run as it says' })
        .option('image', { type: 'string', default: 'tiny', describe: `what is in the box: ${imageNames().join(', ')}` })
        .option('memory', { type: 'string', describe: `memory limit, or RAM of the virtual machine (default: ${MEMORY})` })
        .option('cpus', { type: 'string', describe: 'processors (default: 1)' })
        .option('accelerator', { choices: ['auto', 'kvm', 'tcg'] as const, default: 'auto' as const, describe: 'auto proves KVM by running a guest' })
        .option('machine', { type: 'string', describe: `what the guest of vm-micro believes it runs on: ${MACHINE_NAMES.join(', ')} (default: ${MACHINE_NAMES[0]})` }),
    )
      .example('$0 run container -- sh', 'look around in a container')
      .example('$0 run container --network veth -- sh', 'with a cable to the host')
      .example('$0 run container --without net -- ip addr', 'what a missing part means')
      .example('$0 run --bundle DIR', 'a container of another tool’s')
      .example('$0 run vm-micro -- uname -r', 'the kernel that a virtual machine brings along')
      .epilogue('The exit status is the command’s; 128 + N when signal N ended it.'),
  handler: async (argv) => {
    const box = await openBox(argv);
    try {
      const instance = await box.start({ what: 'command', argv: commandWords(), streams: 'inherit' });
      if (instance.address !== null) process.stderr.write(`tare: the container is ${instance.address}\n`);
      process.exitCode = status(await attended(instance), argv.stats === true);
    } finally {
      await box.close();
    }
  },
};

/** The command, word for word: yargs would make numbers of `-4` and `010`. */
function commandWords(): readonly string[] {
  const at = process.argv.indexOf('--');
  return at < 0 ? [] : process.argv.slice(at + 1);
}

function boxOptions(argv: Arguments): BoxOptions {
  return { memoryBytes: sizeInBytes('memory', argv.memory ?? MEMORY), cpus: positiveNumber('cpus', argv.cpus ?? '1'), accelerator: argv.accelerator, ...(argv.machine === undefined ? {} : { machine: machineNamed(argv.machine) }), terminal: true };
}

async function openBox(argv: Arguments): Promise<Box> {
  if (argv.bundle !== undefined) return openBundle(argv, argv.bundle);
  const name = argv.runtime ?? '';
  const runtime = findRuntime(name);
  if (name === '') throw new TareError('usage', 'no runtime given', `one of ${runtimeNames(everyRuntime()).join(', ')}: tare run container -- sh`);
  if (runtime === undefined) throw new TareError('usage', `there is no runtime "${name}"`, suggestion(name, runtimeNames(everyRuntime())));
  if (commandWords().length === 0) throw new TareError('usage', 'no command given', `put it after --: tare run ${name} -- sh`);
  if (argv.machine !== undefined && name !== 'vm-micro') throw new TareError('usage', `--machine: ${name} has no choice of machines`, 'it is for vm-micro');
  const options = boxOptions(argv);
  const image = await loadImage(argv.image);
  if (name === 'container' || name === 'container-cold') {
    return openContainer(await specFrom(argv, hostSpec(image, options), image), (name === 'container' ? warm : cold)(image), options);
  }
  refuseContainerOptions(argv, `${name} does not know it`, 'it is for container and container-cold');
  return runtime.prepare(image, options);
}

/** The bundle says what the container is: options that would say otherwise are refused, not weighed against it. */
async function openBundle(argv: Arguments, directory: string): Promise<Box> {
  if (argv.runtime !== undefined && argv.runtime !== 'container') throw new TareError('usage', `--bundle: "${argv.runtime}" does not take a bundle`, 'leave the runtime out: a bundle is run by container');
  refuseContainerOptions(argv, 'the bundle says that itself', 'edit its config.json, or leave the option out');
  for (const name of ['memory', 'cpus'] as const) if (argv[name] !== undefined) throw new TareError('usage', `--${name}: the bundle says that itself`, 'edit linux.resources of its config.json, or leave the option out');
  const bundle = await readBundle(directory);
  for (const note of bundle.notes) process.stderr.write(`tare: ${note}\n`);
  return openContainer(bundle.spec, bundleMaking(bundle, commandWords()), { terminal: true });
}

function refuseContainerOptions(argv: Arguments, problem: string, remedy: string): void {
  const given = CONTAINER_OPTION_NAMES.find((name) => argv[name] !== undefined);
  if (given !== undefined) throw new TareError('usage', `--${given}: ${problem}`, remedy);
}

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

/** `tare: used 12.3 ms of processor time and at most 4.10 MiB of memory` */
function usedText({ collected, usage }: Ended): string {
  const { peakBytes, cpuMicroseconds } = accountOf(collected);
  const cpu = cpuMicroseconds ?? usage.userMicroseconds + usage.systemMicroseconds;
  return `tare: used ${quantityText('ms', cpu / 1000)} of processor time${peakBytes === null ? '' : ` and at most ${quantityText('bytes', peakBytes)} of memory`}\n`;
}

function status(ended: Ended, stats: boolean): number {
  // What the box itself had to say: QEMU's complaint, or why a guest ended.
  if (ended.output !== '') process.stderr.write(ended.output.endsWith('\n') ? ended.output : `${ended.output}\n`);
  if (stats) process.stderr.write(usedText(ended));
  if (ended.how === 'signalled' && accountOf(ended.collected).killedByLimit > 0) process.stderr.write('tare: ended by its memory limit\nnext: give it more with --memory\n');
  if (ended.leftovers.length > 0) {
    process.stderr.write(`tare: left behind: ${ended.leftovers.join('; ')}\nnext: tare clean\n`);
    return EXIT.failed;
  }
  return ended.how === 'exited' ? ended.status : 128 + ended.status;
}
