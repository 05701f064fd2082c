/** `tare bench --resume DIR`: a run that broke off goes on. */
import { basename, dirname, resolve } from 'node:path';
import { JOURNAL_FILE } from '../../benchmarks/files.ts';
import { openUnfinished, resumeBench, type Unfinished } from '../../benchmarks/resume.ts';
import { availableRuntimes } from '../choose.ts';
import { flagOf, textOf } from './given.ts';
import type { BenchArguments } from './options.ts';
import { planJson, planText } from './plan-text.ts';
import { setScene } from './scene.ts';
import { tell } from './tell.ts';

/** @throws {TareError} what `openUnfinished` and `resumeBench` throw */
export async function goOn(argv: BenchArguments, given: string): Promise<void> {
  const directory = resolve(basename(given) === JOURNAL_FILE ? dirname(given) : given);
  const unfinished = await openUnfinished(directory);
  try {
    await goOnWith(argv, unfinished, directory);
  } finally {
    await unfinished.hold.release();
  }
}

async function goOnWith(argv: BenchArguments, unfinished: Unfinished, directory: string): Promise<void> {
  const { header, plan } = unfinished;
  if (flagOf(argv, 'dry-run') === true) {
    process.stdout.write(flagOf(argv, 'json') === true ? planJson(plan, { unfinished }) : planText(plan, { unfinished }));
    return;
  }
  const scene = await setScene(header.image.name, header.host.hostname !== null);
  const { all, rungs } = await availableRuntimes();
  const result = await resumeBench(unfinished, { ...scene, runtimes: [...all, ...rungs], on: (event) => scene.display.show(event) });
  await tell({ argv, result, directory, images: flagOf(argv, 'images') ?? true, asked: textOf(argv, 'runtimes') !== undefined });
}
