import { constants } from 'node:os';
import test from 'ava';
import { cgroupCreate, clone, write } from '../steps.ts';
import { stepFailure } from './failure.ts';

const { EBUSY, EPERM, EROFS, ENOSYS } = constants.errno;

for (const [what, step, errno, path, remedy] of [
  ['cgroups that are mounted read-only', cgroupCreate('/sys/fs/cgroup/tare-1-1', 'v2', ''), EROFS, '', /^cgroups are read-only here.*--privileged$/],
  ['clone3 kept away by a filter', clone([], '', ''), ENOSYS, '', /^a seccomp filter keeps clone3 away.*--privileged/],
  ['a group that has processes in it', write('/sys/fs/cgroup/cgroup.subtree_control', '+memory', 'hand down controllers', ''), EBUSY, '/sys/fs/cgroup/cgroup.subtree_control', /fixtures\/fleet\/entrypoint\.sh/],
  ['an ordinary user', cgroupCreate('/sys/fs/cgroup/tare-1-1', 'v2', ''), EPERM, '', /run it with sudo$/],
] as const) {
  test(`the remedy is for where it happened: ${what}`, (t) => {
    const failure = stepFailure([step], 0, errno, path);
    t.regex(failure.remedy, remedy);
    t.regex(failure.message, new RegExp(`^step 1 of 1, ${step.label.replaceAll('/', '.')}, failed`));
  });
}
