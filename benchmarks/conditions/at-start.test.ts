import test from 'ava';
import { conditionsNow } from './at-start.ts';

function filesOf(content: Readonly<Record<string, string>>): Parameters<typeof conditionsNow>[0] {
  return { read: (path) => content[path] ?? null, list: () => [] };
}

test('load and swap in use, from the files of proc(5)', (t) => {
  const files = filesOf({ '/proc/loadavg': '1.25 0.80 0.40 1/234 5678\n', '/proc/meminfo': 'MemTotal: 8000 kB\nSwapTotal:  1000 kB\nSwapFree:   400 kB\n' });
  t.deepEqual(conditionsNow(files), { loadAverage1: 1.25, swapUsedBytes: 600 * 1024 });
});

test('where nothing can be read, nothing is claimed', (t) => {
  t.deepEqual(conditionsNow(filesOf({})), { loadAverage1: null, swapUsedBytes: null });
});
