import { release } from 'node:os';
import test from 'ava';
import { CAPABILITIES } from './container/capabilities.ts';
import { defaultFilter, rootCapabilities } from './container/defaults.ts';
import { defaultProfile } from './container/seccomp/profile.ts';
import { SYSCALLS } from './container/seccomp/syscalls.ts';
import { BY_HYPERVISOR, reachOf, UNFILTERED } from './reach.ts';

const total = Object.keys(SYSCALLS).length;

test('the default filter: most calls pass, some by their arguments, and none is counted twice', (t) => {
  const capabilities = rootCapabilities();
  const reach = reachOf({ seccomp: defaultFilter(capabilities.bounding), capabilities });
  if (reach === null) return t.fail();
  const held = CAPABILITIES.filter(({ number }) => capabilities.bounding.includes(number)).map(({ name }) => name);
  const { rules } = defaultProfile({ capabilities: held, kernel: release() });
  const named = (conditional: boolean): Set<string> => new Set(rules.filter(({ when }) => when.length > 0 === conditional).flatMap(({ calls }) => calls));
  const refused = named(false);
  t.is(reach.conditional, [...named(true)].filter((call) => !refused.has(call)).length);
  t.is(reach.calls, total - reach.conditional - refused.size);
  t.regex(reach.text, new RegExp(`^${reach.calls} of ${total} `));
});

test('with every capability fewer calls are refused; without a filter none', (t) => {
  const kept = rootCapabilities();
  const every = rootCapabilities(Array.from({ length: 41 }, (_, number) => number));
  const [few, most] = [kept, every].map((capabilities) => reachOf({ seccomp: defaultFilter(capabilities.bounding), capabilities })?.calls ?? Number.NaN);
  t.true((most as number) > (few as number));
  t.is(reachOf({ seccomp: null, capabilities: null }), UNFILTERED);
  t.is(UNFILTERED.calls, total);
});

test('a filter that is not ours is not counted; a guest asks its own kernel', (t) => {
  t.is(reachOf({ seccomp: new Uint8Array(8), capabilities: rootCapabilities() }), null);
  t.is(BY_HYPERVISOR.calls, 0);
});
