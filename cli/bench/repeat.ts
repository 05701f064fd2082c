/** `tare bench --like RESULT`: another run, with the options and the seed of one that was, and what differs. */
import { BENCHMARK_NAMES } from '../../benchmarks/catalogue.ts';
import { differences } from '../../benchmarks/circumstances.ts';
import { planOf, type PlannedRuntime } from '../../benchmarks/plan/plan.ts';
import { imageEntry } from '../../benchmarks/result/image.ts';
import type { Difference } from '../../benchmarks/result/origin.ts';
import { readResult } from '../../benchmarks/result/read.ts';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { hostEntry, runBench, type RunPlan } from '../../benchmarks/run.ts';
import { TareError } from '../../runtime/errors.ts';
import { hostFacts } from '../../runtime/host/facts.ts';
import { availableRuntimes } from '../choose.ts';
import { promise } from './begin.ts';
import { repeatable } from './command-line.ts';
import { flagOf } from './given.ts';
import type { BenchArguments } from './options.ts';
import { outDirectory } from './out.ts';
import { planJson, planText } from './plan-text.ts';
import { hasServer, imageAsItIs, setScene } from './scene.ts';
import { ROOT, tareHere } from './tare.ts';
import { tell } from './tell.ts';

/** @throws {TareError} `usage` for a result that cannot be repeated with this tare; what reading and running throw */
export async function repeat(argv: BenchArguments, path: string): Promise<void> {
  const like = await readResult(path);
  const image = like.image.name;
  const plan = planLike(like, path, hasServer(image));
  const out = outDirectory(argv);
  const withHostname = flagOf(argv, 'hostname') ?? true;
  if (flagOf(argv, 'dry-run') === true) {
    const more = { like: { id: like.run.id, differences: await knownDifferences(like, image, withHostname) } };
    process.stdout.write(flagOf(argv, 'json') === true ? planJson(plan, more) : planText(plan, more));
    return;
  }
  const scene = await setScene(image, withHostname);
  const { all, rungs } = await availableRuntimes();
  scene.display.say(promise(plan));
  const result = await runBench({ ...scene, plan, like, runtimes: [...all, ...rungs], command: repeatable(plan, image), outDirectory: out, on: (event) => scene.display.show(event) });
  await tell({ argv, result, directory: out, images: flagOf(argv, 'images') ?? true, asked: true });
}

/** The very rounds of that run. */
function planLike({ run: { options }, runtimes }: ResultDocument, path: string, serves: boolean): RunPlan {
  const unknown = options.benchmarks.find((name) => !BENCHMARK_NAMES.some((each) => each === name));
  if (unknown !== undefined) throw new TareError('usage', `${path} measured "${unknown}", which this tare does not know`, 'repeat it with a tare at least as new as the one that measured');
  const subjects: PlannedRuntime[] = runtimes.map(({ id, runtime, kind, rung }) => ({ id, kind, ...(runtime === id ? {} : { runtime }), ...(rung === undefined ? {} : { rung: true }) }));
  const lost = options.runtimes.find((id) => !subjects.some((each) => each.id === id));
  if (lost !== undefined) throw new TareError('usage', `${path} was interrupted before "${lost}" was made ready, so it does not say enough to be repeated`, 'give a result that holds samples');
  return planOf(options, subjects, serves);
}

/** Without building or starting anything: accelerators are found out when the run begins. */
async function knownDifferences(like: ResultDocument, imageName: string, withHostname: boolean): Promise<readonly Difference[]> {
  const image = await imageAsItIs(imageName);
  const here = { tare: tareHere(), host: hostEntry(await hostFacts(ROOT, withHostname)), image: image === null ? like.image : imageEntry(image) };
  const unbuilt = image === null ? [{ what: 'image', there: `${imageName} ${like.image.digest.slice(0, 12)}`, here: 'not built yet' }] : [];
  return [...differences(like, here, 'hosts'), ...unbuilt];
}
