/** A bundle as a box: its own program, in its own root. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Making } from '../container/box.ts';
import { containerPlan } from '../container/plan.ts';
import { ownSession, streams } from '../container/program.ts';
import type { ContainerSpec } from '../container/spec.ts';
import { TareError } from '../errors.ts';
import { exec } from '../steps.ts';
import type { OciBundle } from './read.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The program's path inside the root, looked for along the PATH that the bundle sets. */
function programPath(spec: ContainerSpec, name: string): string {
  if (name.includes('/') || spec.root.kind !== 'directory') return name;
  const root = spec.root.path;
  const path = spec.environment.find((each) => each.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  const found = path.split(':').map((directory) => join(directory, name)).find((each) => {
    try {
      lstatSync(join(root, each));
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new TareError('missing-program', `config.json: process.args[0]: no program "${name}" in ${root} (looked in ${path})`, 'name one that is there, by its path if need be');
  return found;
}

/** @param command in place of the bundle's own program, if it is not empty */
export function bundleMaking(bundle: OciBundle, command: readonly string[] = []): Making {
  const args = command.length > 0 ? command : bundle.args;
  return {
    plan: (spec, slot, request) =>
      containerPlan(spec, slot, { streams: streams(request), exec: exec(programPath(spec, args[0] ?? ''), args, spec.environment, 'the bundle’s program'), session: ownSession(request) }),
    disk: [],
  };
}
