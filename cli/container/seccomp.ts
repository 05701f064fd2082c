/** `--seccomp`: none at all, or a profile of the user's in the form that OCI and Docker have for it. */
import { readFile } from 'node:fs/promises';
import { compileFilter } from '../../runtime/container/seccomp/compile.ts';
import { fromOci } from '../../runtime/container/seccomp/from-oci.ts';
import { TareError } from '../../runtime/errors.ts';

/** @throws {TareError} `usage`, `bad-file` naming the file and the place in it */
export async function filterFrom(text: string): Promise<Uint8Array | null> {
  if (text === 'unconfined') return null;
  let content: string;
  try {
    content = await readFile(text, 'utf8');
  } catch (error) {
    throw new TareError('usage', `--seccomp: cannot read "${text}": ${(error as Error).message}`, 'say default, unconfined, or name a file with an OCI seccomp object');
  }
  let profile: unknown;
  try {
    profile = JSON.parse(content);
  } catch (error) {
    throw new TareError('bad-file', `--seccomp: ${text} is no JSON: ${(error as Error).message}`, 'it has to hold an OCI seccomp object: {"defaultAction": …, "syscalls": […]}');
  }
  return compileFilter(fromOci(profile, text));
}
