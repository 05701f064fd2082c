/** What the measurements of virtual machines by hand are told on their command line. */
import { parseArgs } from 'node:util';
import { TareError } from '../../runtime/errors.ts';
import type { BoxOptions } from '../../runtime/runtime.ts';
import { randomSeed } from '../random/stream.ts';

export interface VmScriptOptions {
  readonly samples: number;
  readonly seed: string;
  readonly gapMs: number;
  readonly deadlineMs: number;
  readonly box: BoxOptions;
}

const MEMORY_MEBIBYTES = 256;

/** @throws {TareError} `usage` */
export function vmScriptOptions(args: readonly string[], samples: number): VmScriptOptions {
  const { values } = parse(args, samples);
  const { accelerator } = values;
  if (accelerator !== 'auto' && accelerator !== 'kvm' && accelerator !== 'tcg') throw new TareError('usage', `--accelerator ${accelerator}: there is no such one`, 'auto, kvm or tcg');
  return {
    samples: positive('samples', values.samples, true),
    seed: values.seed,
    gapMs: positive('gap', values.gap, false),
    deadlineMs: positive('deadline', values.deadline, false) * 1000,
    box: { memoryBytes: MEMORY_MEBIBYTES * 2 ** 20, cpus: 1, accelerator },
  };
}

function parse(args: readonly string[], samples: number) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        samples: { type: 'string', default: String(samples) },
        seed: { type: 'string', default: randomSeed() },
        gap: { type: 'string', default: '20' },
        deadline: { type: 'string', default: '60' },
        accelerator: { type: 'string', default: 'auto' },
      },
    });
  } catch (error) {
    throw new TareError('usage', (error as Error).message, '--samples N, --seed S, --gap MS, --deadline SECONDS, --accelerator auto|kvm|tcg', { cause: error });
  }
}

function positive(name: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= (whole ? 1 : 0) && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw new TareError('usage', `--${name} ${text}: it has to be ${whole ? 'a whole number of at least 1' : 'a number of at least 0'}`, `for example: --${name} 20`);
}
