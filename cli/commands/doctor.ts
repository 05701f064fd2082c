/** `tare doctor`: what this host can do, and how to make it do more. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { TareError } from '../../runtime/errors.ts';
import { examine, type Check } from '../../runtime/host/doctor.ts';
import { freeBytes } from '../../runtime/host/facts.ts';
import { hostFiles } from '../../runtime/host/files.ts';
import type { Image } from '../../runtime/image/image.ts';
import { findImage } from '../../runtime/image/load.ts';
import { hierarchy } from '../../runtime/instance.ts';
import { Launcher } from '../../runtime/launcher/client.ts';
import { examinePeers } from '../../runtime/peers/doctor.ts';
import { examineVms } from '../../runtime/vm/doctor.ts';
import { wrapped } from '../../reports/terminal/wrap.ts';
import { EXIT } from '../exit.ts';

async function launcherCheck(): Promise<Check> {
  const base = { id: 'launcher', title: 'launcher', unlocks: 'starting anything at all' };
  try {
    await (await Launcher.open()).close();
    return { ...base, state: 'ok', finding: 'built, and answers', remedy: null };
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    return { ...base, state: 'lack', finding: error.message, remedy: error.remedy };
  }
}

async function imageCheck(): Promise<{ check: Check; image: Image | null }> {
  const base = { id: 'image', title: 'image and guest kernel', unlocks: 'containers and virtual machines with the same root file system' };
  try {
    const image = await findImage('tiny');
    if (image === null) return { image, check: { ...base, state: 'lack', finding: 'the image "tiny" is not built', remedy: 'run: make setup' } };
    return { image, check: { ...base, state: 'ok', finding: `tiny ${image.digest.slice(0, 12)}, ${image.layers.length} layers; Linux ${image.kernel.release}`, remedy: null } };
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    return { image: null, check: { ...base, state: 'lack', finding: error.message, remedy: error.remedy } };
  }
}

async function allChecks(): Promise<Check[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const situation = { files: hostFiles(), uid: process.getuid?.() ?? -1, hierarchy: hierarchy(), cpus: availableParallelism(), freeBytes: freeBytes(root) };
  const { check, image } = await imageCheck();
  return [...examine(situation), await launcherCheck(), check, ...(await examineVms(image))];
}

const MARK = { ok: 'ok  ', warn: 'note', lack: 'lack' } as const;

function text(checks: readonly Check[], peers: readonly Check[], columns: number): string {
  const colours = pc.createColors(process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined);
  const paint = { ok: colours.green, warn: colours.yellow, lack: colours.red };
  const lines = (some: readonly Check[]): string[] => some.flatMap(({ state, title, finding, remedy, background, unlocks }) => [
    wrapped(`${colours.bold(title)}: ${finding}`, columns, `${paint[state](MARK[state])}  `, '      '),
    ...(remedy === null ? [] : [wrapped(`next: ${remedy}`, columns, '      ', '            ')]),
    ...(background ?? []).map((sentence) => wrapped(`- ${sentence}`, columns, '            ', '              ')),
    ...(state === 'lack' ? [wrapped(`for:  ${unlocks}`, columns, '      ', '            ')] : []),
  ]);
  const lacks = checks.filter(({ state }) => state === 'lack').length;
  const heading = wrapped(`${colours.bold('peers')}, to compare with when asked: tare bench --runtimes container,crun,…`, columns);
  return `${[...lines(checks), '', heading, ...lines(peers), '', lacks === 0 ? 'this host can run everything: sudo tare bench' : `${lacks} lacking; what does not depend on it works all the same`].join('\n')}\n`;
}

export const doctor: CommandModule<object, { json: boolean }> = {
  command: 'doctor',
  describe: 'what this host can do, and how to make it do more',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' })
      .epilogue('Exit status: 0 when nothing is lacking, 1 otherwise. Whether KVM works is found out by running a guest; the verdict is remembered until the next boot.'),
  handler: async ({ json }) => {
    const [checks, peers] = [await allChecks(), await examinePeers()];
    process.stdout.write(json ? `${JSON.stringify([...checks, ...peers], null, 2)}\n` : text(checks, peers, Math.min(process.stdout.columns || 80, 100)));
    if (checks.some(({ state }) => state === 'lack')) process.exitCode = EXIT.failed;
  },
};
