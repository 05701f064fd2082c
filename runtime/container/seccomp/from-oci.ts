/**
 * `linux.seccomp` of the OCI runtime specification, read into our rules.
 *
 * What the specification leaves open is done as runc does it with libseccomp, so that one bundle means one
 * thing: names that are not known are left out; an entry whose action is the default one says nothing; an
 * entry without arguments wins over those with some on the same call; all conditions of an entry must hold,
 * but if two are on the same argument any of them will do. Where several entries with conditions hold, the
 * first decides (libseccomp has an order of its own).
 */
import { type Fields, readAction, readArguments, readFields, readList, readNames, refuse, shown } from './oci-reading.ts';
import { type Action, ERRNO, type FilterRules, type Rule } from './rules.ts';
import { LAST_KNOWN, syscallNumber } from './syscalls.ts';

/** Listing these lets in 32-bit and x32 programs, elsewhere. Their calls have no rules here, and stay shut out. */
const OTHER_DOORS = ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'];

const OUR_DOOR = 'SCMP_ARCH_X86_64';

/** Of no effect on a process that has one thread, as every one has before it starts its program. */
const NEEDLESS_FLAG = 'SECCOMP_FILTER_FLAG_TSYNC';

const UNSUPPORTED: Readonly<Record<string, string>> = {
  listenerPath: 'there is no supervisor to speak to',
  listenerMetadata: 'there is no supervisor to speak to',
  includes: 'this is Docker’s own form of a profile, not a bundle’s',
  excludes: 'this is Docker’s own form of a profile, not a bundle’s',
};

interface Entry {
  readonly names: readonly string[];
  readonly rules: readonly Rule[];
}

/**
 * The rules of a bundle. Narrower than asked in one point: `SCMP_ARCH_X86` and `SCMP_ARCH_X32` may be listed,
 * but 32-bit calls kill the process all the same and x32 calls get ENOSYS.
 * @param seccomp the object at `place`; its numbers may be `bigint`
 * @throws {TareError} `bad-file` for what is wrong or not supported, with value and place
 */
export function fromOci(seccomp: unknown, place = 'linux.seccomp'): FilterRules {
  const profile = readFields(seccomp, place);
  refuseUnsupported(profile, place);
  checkArchitectures(readNames(profile['architectures'], `${place}.architectures`), `${place}.architectures`);
  for (const flag of readNames(profile['flags'], `${place}.flags`)) {
    if (flag !== NEEDLESS_FLAG) refuse(`${place}.flags has ${shown(flag)}, which is not supported`, 'take it out of the list');
  }
  const otherwise = readAction(profile['defaultAction'], `${place}.defaultAction`, { value: profile['defaultErrnoRet'], place: `${place}.defaultErrnoRet` });
  const entries = readList(profile['syscalls'], `${place}.syscalls`).map((entry, index) => readEntry(entry, `${place}.syscalls[${index}]`));
  const rules = entries.flatMap((entry) => entry.rules).filter(({ calls, action }) => calls.length > 0 && !same(action, otherwise));
  return {
    rules: [...rules.filter(({ when }) => when.length === 0), ...rules.filter(({ when }) => when.length > 0)],
    otherwise,
    ...younger(entries, otherwise),
  };
}

function readEntry(given: unknown, place: string): Entry {
  const entry = readFields(given, place);
  refuseUnsupported(entry, place);
  const names = readNames(entry['names'], `${place}.names`);
  if (names.length === 0) refuse(`${place}.names is empty`, 'name a system call there, or take the entry out');
  const calls = names.filter((name) => syscallNumber(name) !== undefined);
  const action = readAction(entry['action'], `${place}.action`, { value: entry['errnoRet'], place: `${place}.errnoRet` });
  return { names, rules: readArguments(entry['args'], `${place}.args`).map((when) => ({ calls, action, when })) };
}

/**
 * A profile that denies by default says nothing on calls younger than the last one that it names: they get
 * ENOSYS, so that a C library falls back to older ones. So does runc (libcontainer/seccomp/patchbpf).
 */
function younger(entries: readonly Entry[], otherwise: Action): Pick<FilterRules, 'last' | 'beyond'> {
  if (otherwise.do === 'allow' || otherwise.do === 'log') return { last: LAST_KNOWN, beyond: otherwise };
  const last = Math.max(0, ...entries.flatMap(({ names }) => names.map((name) => syscallNumber(name) ?? 0)));
  return { last, beyond: { do: 'errno', errno: ERRNO.ENOSYS } };
}

/** An empty list means the machine's own. */
function checkArchitectures(names: readonly string[], place: string): void {
  for (const [index, name] of names.entries()) {
    if (name !== OUR_DOOR && !OTHER_DOORS.includes(name)) refuse(`${place}[${index}] is ${shown(name)}, and this machine is x86-64`, `take it out of the list; ${OUR_DOOR} is what counts here`);
  }
  if (names.length > 0 && !names.includes(OUR_DOOR)) refuse(`${place} is ${shown(names)}: the programs here are x86-64`, `add ${OUR_DOOR}`);
}

function refuseUnsupported(fields: Fields, place: string): void {
  for (const [name, reason] of Object.entries(UNSUPPORTED)) {
    if (fields[name] !== undefined) refuse(`${place}.${name} is not supported: ${reason}`, 'take it out');
  }
}

function same(one: Action, other: Action): boolean {
  return one.do === other.do && (one.do !== 'errno' || other.do !== 'errno' || one.errno === other.errno);
}
