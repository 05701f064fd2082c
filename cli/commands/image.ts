/** `tare image`: what boxes are made from. List, build, inspect, verify, prune. */
import type { Argv, CommandModule } from 'yargs';
import { buildAgain } from '../../runtime/again.ts';
import { TareError } from '../../runtime/errors.ts';
import { buildImage } from '../../runtime/image/build.ts';
import { interruptible } from '../../runtime/image/interruptible.ts';
import { findImage, findRecipe, imageNames, loadImage, verifyOnce } from '../../runtime/image/load.ts';
import { findOutdated, prune, type Pruned } from '../../runtime/outdated.ts';
import { buildFullDisk } from '../../runtime/vm/full/build-disk.ts';
import { diskNames, findDiskRecipe, findFullDisk, loadFullDisk, verifyFullDisk } from '../../runtime/vm/full/disk-store.ts';
import { EXIT } from '../exit.ts';
import { diskParts, imageParts, sumOf, type ListedImage } from '../image/parts.ts';
import { prunedText, verifiedText, type Verified } from '../image/kept-text.ts';
import { describeDisk, describeImage, inspectText, listText, stepTime, type TextOptions } from '../image/text.ts';
import { suggestion } from '../suggest.ts';

function options(): TextOptions {
  return { columns: Math.min(process.stdout.columns || 80, 110), colours: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined };
}

/** No images but made of them: the disks of vm-full. */
const DISKS = diskNames();
const NAMES = [...imageNames(), ...DISKS];

/** @throws {TareError} `usage`, with the nearest name */
function known(name: string): string {
  if (!NAMES.includes(name)) throw new TareError('usage', `there is no image "${name}"`, suggestion(name, NAMES));
  return name;
}

async function listed(name: string): Promise<ListedImage> {
  const unbuilt = { name, built: false, damage: null, digest: null, layers: findRecipe(name).layers.map((layer) => ({ name: layer.name, digest: null })), lengthBytes: null, allocatedBytes: null };
  try {
    const image = await findImage(name);
    if (image === null) return unbuilt;
    const { digest, layers } = image;
    return { name, built: true, damage: null, digest, layers: layers.map((layer) => ({ name: layer.name, digest: layer.digest })), lengthBytes: sumOf(layers, (layer) => layer.lengthBytes), allocatedBytes: sumOf(layers, (layer) => layer.allocatedBytes) };
  } catch (error) {
    if (error instanceof TareError && error.code === 'bad-file') return { ...unbuilt, damage: error.message };
    throw error;
  }
}

async function listedDisk(name: string): Promise<ListedImage> {
  const unbuilt = { name, built: false, damage: null, digest: null, layers: [], lengthBytes: null, allocatedBytes: null };
  try {
    const disk = await findFullDisk(findDiskRecipe(name));
    if (disk === null) return unbuilt;
    const { digest, parts, qcow2 } = disk.manifest;
    return { ...unbuilt, built: true, digest, layers: parts.filter(({ files }) => files > 1).map((part) => ({ name: part.name, digest: null })), ...qcow2 };
  } catch (error) {
    if (error instanceof TareError && error.code === 'bad-file') return { ...unbuilt, damage: error.message };
    throw error;
  }
}

const list: CommandModule<object, { json: boolean }> = {
  command: 'list',
  describe: 'every image: whether it is built, its layers and sizes',
  builder: (yargs) => yargs.option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' }),
  handler: async ({ json }) => {
    const images = await Promise.all([...imageNames().map(listed), ...DISKS.map(listedDisk)]);
    process.stdout.write(json ? `${JSON.stringify(images, null, 2)}\n` : listText(images, options()));
  },
};

/** The step that is going on, on a terminal; each when it is done, anywhere. On standard error. */
class BuildProgress {
  readonly #terminal = process.stderr.isTTY === true;
  begin(name: string): void {
    if (this.#terminal) process.stderr.write(`\r\u001B[2K  ${name} …`);
  }
  step(name: string, milliseconds: number): void {
    process.stderr.write(`${this.#terminal ? '\r\u001B[2K' : ''}  ${name} (${stepTime(milliseconds)})\n`);
  }
  end(): void {
    if (this.#terminal) process.stderr.write('\r\u001B[2K');
  }
}

async function buildOne(name: string, refresh: boolean, signal: AbortSignal): Promise<void> {
  const progress = new BuildProgress();
  let built = false;
  try {
    const options = {
      refresh,
      signal,
      onBegin: (step: string) => progress.begin(step),
      onStep: (step: { readonly name: string; readonly milliseconds: number }) => {
        built = true;
        progress.step(step.name, step.milliseconds);
      },
    };
    const { digest } = DISKS.includes(name) ? (await buildFullDisk(findDiskRecipe(name), options)).manifest : await buildImage(name, options);
    process.stdout.write(`${built ? 'built' : 'nothing to do:'} ${name}, digest ${digest.slice(0, 12)}${built ? '' : ', is built (--force builds it anew, of today’s packages)'}\n`);
  } finally {
    progress.end();
  }
}

const build: CommandModule<object, { name: string | undefined; force: boolean }> = {
  command: 'build [name]',
  describe: 'build an image, or all, from Debian’s packages',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: NAMES.join(', ') })
      .option('force', { type: 'boolean', default: false, describe: 'also when it is built: of newer packages' })
      .epilogue('Nothing is installed on the host, and root is not needed. A build that does not come to its end leaves nothing.'),
  handler: async ({ name, force }) => {
    const names = name === undefined ? NAMES : [known(name)];
    await interruptible(async (signal) => {
      for (const each of names) await buildOne(each, force, signal);
    });
  },
};

const inspect: CommandModule<object, { name: string; json: boolean; verify: boolean }> = {
  command: 'inspect <name>',
  describe: 'what an image consists of: layers, sizes, packages, kernel',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: NAMES.join(', ') })
      .option('verify', { type: 'boolean', default: false, describe: 'read every byte and compare digests, whether or not anything was touched' })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' }),
  handler: async ({ name, json, verify }) => {
    if (DISKS.includes(known(name))) {
      const disk = await loadFullDisk(findDiskRecipe(name));
      if (verify) await verifyFullDisk(disk, true);
      process.stdout.write(json ? `${JSON.stringify({ ...disk, verified: verify, parts: diskParts(disk.manifest) }, null, 2)}\n` : inspectText(describeDisk(disk, verify), options()));
      return;
    }
    const image = await loadImage(name);
    if (verify) await verifyOnce(image, true);
    process.stdout.write(json ? `${JSON.stringify({ ...image, verified: verify, parts: imageParts(image) }, null, 2)}\n` : inspectText(describeImage(image, verify), options()));
  },
};

const verify: CommandModule<object, { name: string | undefined; rebuild: boolean; json: boolean }> = {
  command: 'verify [name]',
  describe: 'read every byte of an image, or of all that are built',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: NAMES.join(', ') })
      .option('rebuild', { type: 'boolean', default: false, describe: 'also build it a second time, elsewhere: its content has to have the same digest' })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' })
      .epilogue('Exit status 1 when something is not what was built, or did not come out the same. The second build is removed.'),
  handler: async ({ name, rebuild, json }) => {
    const names = name === undefined ? await builtNames() : [known(name)];
    if (names.length === 0) throw new TareError('missing-file', 'no image is built', 'run: tare image build');
    const results = await interruptible(async (signal) => {
      const done = [];
      for (const each of names) done.push(await verifyOne(each, rebuild, signal));
      return done;
    });
    process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : verifiedText(results, options()));
    if (results.some(({ again }) => again !== null && !again.equal)) process.exitCode = EXIT.failed;
  },
};

async function builtNames(): Promise<string[]> {
  const found = await Promise.all(NAMES.map(async (name) => ((await (DISKS.includes(name) ? listedDisk(name) : listed(name))).built ? [name] : [])));
  return found.flat();
}

async function verifyOne(name: string, rebuild: boolean, signal: AbortSignal): Promise<Verified> {
  const disk = DISKS.includes(name) ? await loadFullDisk(findDiskRecipe(name)) : null;
  const image = disk === null ? await loadImage(name) : null;
  if (disk !== null) await verifyFullDisk(disk, true);
  if (image !== null) await verifyOnce(image, true);
  const digest = disk?.manifest.digest ?? image?.digest ?? '';
  if (!rebuild) return { name, digest, again: null };
  const progress = new BuildProgress();
  try {
    return { name, digest, again: await buildAgain(name, { signal, onBegin: (step) => progress.begin(step), onStep: (step) => progress.step(step.name, step.milliseconds) }) };
  } finally {
    progress.end();
  }
}

const pruneOld: CommandModule<object, { 'dry-run': boolean; json: boolean }> = {
  command: 'prune',
  describe: 'remove what was built of earlier recipes, and what a build left that was killed',
  builder: (yargs) =>
    yargs
      .option('dry-run', { type: 'boolean', default: false, describe: 'list it, and remove nothing' })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' })
      .epilogue('Images, guest kernels, disks and saved machines that nothing of today leads to. What a process uses stays. Downloaded packages stay too: make clean removes everything.'),
  handler: async ({ dryRun, json }: { 'dry-run': boolean; dryRun?: boolean; json: boolean }) => {
    const results: readonly Pruned[] = dryRun === true ? (await findOutdated()).map((each) => ({ ...each, removed: false, reason: null })) : await prune();
    process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : prunedText(results, dryRun === true, options()));
    if (results.some(({ removed, usedBy }) => dryRun !== true && !removed && usedBy.length === 0)) process.exitCode = EXIT.failed;
  },
};

export const image: CommandModule = {
  command: 'image',
  describe: 'what boxes are made from: list, build, inspect, verify, prune',
  builder: (yargs): Argv => yargs.command(list).command(build).command(inspect).command(verify).command(pruneOld).demandCommand(1, 'list, build, inspect, verify or prune?').recommendCommands().strict(),
  handler: () => {
    process.exitCode = EXIT.usage; // yargs asks for a command before it comes to this
  },
};
