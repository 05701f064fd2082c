import test from 'ava';
import { TareError } from '../../errors.ts';
import type { Ended } from '../../runtime.ts';
import { vmMicro } from '../micro.ts';
import { cgroupsOf, lack, suffix, withBox } from '../real-machines.ts';

const realTest = lack === null ? test.serial : test.skip;

function run(...argv: string[]): Promise<Ended> {
  return withBox(vmMicro, async (box) => {
    const ended = await (await box.start({ what: 'command', argv, streams: 'capture' })).ended;
    if (cgroupsOf(box).length > 0) throw new Error('a cgroup is left');
    return ended;
  });
}

realTest(`a command in a guest: its words, its output byte for byte, its code${suffix}`, async (t) => {
  const ended = await run('sh', '-c', 'printf "%s\\n" "$@"; exit 7', 'sh', "it's", '$HOME "x"', '');
  t.like(ended, { how: 'exited', status: 7, leftovers: [] });
  t.is(ended.output, 'it\'s\n$HOME "x"\n\n');
});

realTest(`code 0, and the end of a long output is not lost${suffix}`, async (t) => {
  const ended = await run('seq', '5000');
  t.is(ended.status, 0);
  t.is(ended.output, Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join(''));
});

realTest(`it has a kernel, processes and a terminal of its own${suffix}`, async (t) => {
  const { output } = await run('sh', '-c', 'uname -r; tty; cat /proc/1/comm; hostname');
  t.regex(output, /^\d+\.\d+\S*\n\/dev\/ttyS0\n.*\ntare\n$/);
});

realTest(`a command that does not exist in the image${suffix}`, async (t) => {
  const error = await t.throwsAsync(run('no-such-command'), { instanceOf: TareError });
  t.is(error?.code, 'missing-program');
  t.is((await run('/no/such/path')).status, 127);
});
