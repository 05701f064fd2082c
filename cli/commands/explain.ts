/** `tare explain BOX`: what it is made of, step by step or device by device, for a class. */
import type { CommandModule } from 'yargs';
import { measureSteps } from '../../benchmarks/explain/measure.ts';
import { warm } from '../../runtime/container/box.ts';
import { hostSpec, openContainer } from '../../runtime/container/container.ts';
import { SHIFTED } from '../../runtime/container/ids.ts';
import { PART_NAMES, PARTS, type PartName, withCarried, without } from '../../runtime/container/parts.ts';
import type { ContainerSpec } from '../../runtime/container/spec.ts';
import { TareError } from '../../runtime/errors.ts';
import { findRecipe, imageNames, loadImage } from '../../runtime/image/load.ts';
import type { Box } from '../../runtime/runtime.ts';
import { explainedParts, explainedSteps, type Explanation } from '../explain/explanation.ts';
import { lookFromBothSides, sightsText } from '../explain/show.ts';
import { sideText } from '../explain/side-text.ts';
import { QUESTIONS, TOLD_BOXES } from '../explain/story.ts';
import { explanationText } from '../explain/text.ts';
import { vmText } from '../explain/vm-text.ts';
import { EXPLAINED_VMS, type ExplainedVm, vmExplanation } from '../explain/vm.ts';
import { wholeNumber } from '../numbers.ts';
import { chosenNames, suggestion } from '../suggest.ts';

interface Arguments {
  box: string;
  without: string[] | undefined;
  show: boolean;
  json: boolean;
  samples: string;
  measure: boolean;
  userns: boolean;
  image: string | undefined;
}

const GAP_MS = 20;
const REQUEST = { what: 'workload', then: 'exit', account: false } as const;

export const explain: CommandModule<object, Arguments> = {
  command: 'explain <box>',
  describe: 'what a box is made of: every step or device with its reason, and its cost here',
  builder: (yargs) =>
    yargs
      .positional('box', { type: 'string', demandOption: true, describe: `container, ${EXPLAINED_VMS.join(', ')}; vm: all of them, beside the container` })
      .option('image', { type: 'string', describe: `what is in it, of: ${imageNames().join(', ')} (tiny; in vm-full web)` })
      .option('without', { type: 'string', array: true, nargs: 1, describe: `what falls away, and what it saves: ${PART_NAMES.join(', ')}` })
      .option('show', { type: 'boolean', default: false, describe: 'prove each namespace: the same container from inside and outside' })
      .option('userns', { type: 'boolean', default: false, describe: 'with a user namespace too' })
      .option('samples', { type: 'string', default: '50', describe: 'starts that the costs are the median of' })
      .option('measure', { type: 'boolean', default: true, describe: '--no-measure: tell, and start nothing' })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON on standard output' })
      .example('$0 explain container', 'all steps, with their costs')
      .example('$0 explain container --without net,seccomp', 'what these two are worth')
      .example('$0 explain container --show', 'one process, two views')
      .example('$0 explain vm', 'container and virtual machines, question by question and side by side')
      .example('$0 explain vm-full', 'a virtual machine: what it pretends to have, and how it boots'),
  handler: async (argv) => {
    const columns = Math.min(process.stdout.columns || 80, 100);
    if (argv.image !== undefined) findRecipe(argv.image);
    if (argv.box === 'vm') return explainAll(argv, columns);
    if (isVm(argv.box)) return explainVm(argv, argv.box, columns);
    if (argv.box !== 'container') throw new TareError('usage', `"${argv.box}" cannot be explained`, suggestion(argv.box, ['container', 'vm', ...EXPLAINED_VMS]));
    if (argv.show) return show(argv, columns);
    const explanation = await explanationOf(argv, wholeNumber('samples', argv.samples, 3));
    const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
    process.stdout.write(argv.json ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation, { columns, colours }));
  },
};

function isVm(name: string): name is ExplainedVm {
  return EXPLAINED_VMS.some((each) => each === name);
}

function refuseOfContainer(argv: Arguments): void {
  const given = argv.show ? '--show' : argv.userns ? '--userns' : argv.without === undefined ? null : '--without';
  if (given !== null) throw new TareError('usage', `${given}: ${argv.box} is no container`, 'it is for tare explain container');
}

/** On a terminal only, on one line. */
function says(name: string): (what: string) => void {
  return (what) => void (process.stderr.isTTY === true && process.stderr.write(`\r\u001B[2K${name}: ${what}`));
}

function nothingMore(): void {
  if (process.stderr.isTTY === true) process.stderr.write('\r\u001B[2K');
}

async function explainAll(argv: Arguments, columns: number): Promise<void> {
  refuseOfContainer(argv);
  const machines = [];
  for (const name of TOLD_BOXES) if (name !== 'container') machines.push(await vmExplanation(name, { measure: argv.measure, image: argv.image, beside: false, say: says(name) }));
  nothingMore();
  const side = { questions: QUESTIONS, container: await explanationOf(argv, wholeNumber('samples', argv.samples, 3)), machines };
  const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  process.stdout.write(argv.json ? `${JSON.stringify(side, null, 2)}\n` : sideText(side, { columns, colours }));
}

async function explainVm(argv: Arguments, name: ExplainedVm, columns: number): Promise<void> {
  refuseOfContainer(argv);
  const explanation = await vmExplanation(name, { measure: argv.measure, image: argv.image, beside: true, say: says(name) });
  nothingMore();
  const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  process.stdout.write(argv.json ? `${JSON.stringify(explanation, null, 2)}\n` : vmText(explanation, { columns, colours }));
}

/** On a terminal only, and gone when the text comes. */
function progress(done: number, of: number): void {
  if (process.stderr.isTTY === true) process.stderr.write(done === of ? '\r\u001B[2K' : `\rmeasuring: start ${done + 1} of ${of} `);
}

async function specOf(argv: Arguments): Promise<{ full: ContainerSpec; left: ContainerSpec; names: readonly PartName[] }> {
  const base = hostSpec(await loadImage(argv.image ?? 'tiny'), { memoryBytes: 256 * 2 ** 20, cpus: 1 });
  const full = argv.userns && !base.namespaces.includes('user') ? { ...base, namespaces: ['user' as const, ...base.namespaces], idMaps: { uids: [SHIFTED], gids: [SHIFTED] } } : base;
  const asked = argv.without === undefined ? [] : (chosenNames('without', argv.without, PART_NAMES) as PartName[]);
  const names = [...withCarried(asked)];
  return { full, left: without(full, names), names };
}

async function show(argv: Arguments, columns: number): Promise<void> {
  const { left } = await specOf(argv);
  const box = await openContainer(left, warm(await loadImage(argv.image ?? 'tiny')));
  try {
    const sights = await lookFromBothSides(box);
    process.stdout.write(argv.json ? `${JSON.stringify(sights, null, 2)}\n` : sightsText(sights, columns));
  } finally {
    await box.close();
  }
}

async function explanationOf(argv: Arguments, samples: number): Promise<Explanation> {
  const image = await loadImage(argv.image ?? 'tiny');
  const { full, left, names } = await specOf(argv);
  const boxes: Box[] = [];
  try {
    const leftBox = await openContainer(left, warm(image));
    boxes.push(leftBox);
    const fullBox = names.length === 0 ? leftBox : await openContainer(full, warm(image));
    if (fullBox !== leftBox) boxes.push(fullBox);
    const costs = argv.measure ? await measureSteps(boxes, samples, GAP_MS, progress) : [];
    const cost = costs[0] ?? null;
    const fullCost = costs.at(-1) ?? null;
    const steps = explainedSteps(leftBox.plan(REQUEST), cost);
    const labels = new Set(steps.map(({ label }) => label));
    const gone = fullBox.plan(REQUEST).map(({ label }) => label).filter((label) => !labels.has(label) && !label.startsWith('clone'));
    const present = new Set(PARTS.map(({ name }) => name).filter((name) => !names.includes(name) && (name !== 'user' || left.namespaces.includes('user'))));
    return {
      steps,
      parts: explainedParts(steps, cost !== null, present),
      measured: cost === null ? null : { starts: samples, hopMicroseconds: cost.hopMicroseconds, firstByteMicroseconds: cost.firstByteMicroseconds, readyMicroseconds: cost.readyMicroseconds, cleanupMicroseconds: cost.cleanupMicroseconds },
      without: names.length === 0 ? null : {
        names,
        steps: gone,
        fullMicroseconds: fullCost?.readyMicroseconds ?? null,
        leftMicroseconds: cost?.readyMicroseconds ?? null,
        savedMicroseconds: cost === null || fullCost === null ? null : fullCost.readyMicroseconds - cost.readyMicroseconds,
      },
    };
  } finally {
    for (const box of boxes) await box.close();
  }
}
