import test from 'ava';
import { accountOf } from './account.ts';

test('v1 and v2 tell the same by their own files', (t) => {
  const at = '/sys/fs/cgroup/x';
  t.deepEqual(accountOf(new Map([[`${at}/memory.oom_control`, 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n'], [`${at}/memory.max_usage_in_bytes`, '4096\n'], [`${at}/cpuacct.usage`, '1234567\n']])), { peakBytes: 4096, cpuMicroseconds: 1235, killedByLimit: 2 });
  t.deepEqual(accountOf(new Map([[`${at}/memory.events`, 'low 0\noom 1\noom_kill 2\n'], [`${at}/memory.peak`, '4096\n'], [`${at}/cpu.stat`, 'usage_usec 1235\nuser_usec 1\n']])), { peakBytes: 4096, cpuMicroseconds: 1235, killedByLimit: 2 });
});

test('what was not kept is null, not zero', (t) => {
  t.deepEqual(accountOf(new Map()), { peakBytes: null, cpuMicroseconds: null, killedByLimit: 0 });
  t.is(accountOf(new Map([['/x/memory.peak', '']])).peakBytes, null);
});
