import { cpSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { StartFailure, TareError } from '../errors.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy } from '../instance.ts';
import type { Box, BoxOptions, Ended, Instance } from '../runtime.ts';
import { stepText } from '../steps.ts';
import { containerRuntime } from './container.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const options: BoxOptions = { memoryBytes: 64 * 2 ** 20, cpus: 1, accelerator: 'auto' };

async function withBox<T>(use: (box: Box) => Promise<T>, given: Partial<BoxOptions> = {}): Promise<T> {
  const box = await containerRuntime.prepare(await loadImage('tiny'), { ...options, ...given });
  try {
    return await use(box);
  } finally {
    await box.close();
  }
}

function inside(script: string, given: Partial<BoxOptions> = {}): Promise<Ended> {
  return withBox(async (box) => (await box.start({ what: 'command', argv: ['sh', '-c', script], streams: 'capture' })).ended, given);
}

async function idle(box: Box): Promise<Instance> {
  const instance = await box.start({ what: 'workload', then: 'idle', account: true });
  await instance.ready(10_000);
  return instance;
}

rootTest(`the workload is ready in a container, ends, and nothing is left${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await box.start({ what: 'workload', then: 'exit', account: false });
    await instance.ready(10_000);
    const ended = await instance.ended;
    t.is(ended.status, 0);
    t.deepEqual(ended.leftovers, []);
    const order = instance.timeline.steps.map(({ op }) => op);
    t.true(order.indexOf('clone') < order.indexOf('pivot-root'));
    t.true(order.indexOf('pivot-root') < order.indexOf('umount'));
    t.deepEqual(order.slice(-4), ['capabilities', 'no-new-privs', 'hand-over', 'exec']);
  }));

rootTest(`it sees its own processes, host name, root and interfaces, and no file of the host${needsRoot}`, async (t) => {
  const { output } = await inside('echo pid $$; hostname; ls /proc | grep -c "^[0-9]"; ls /sys/class/net; ls -d /work /home/* /boot/* 2>/dev/null; cat /etc/os-release | head -1; cat /proc/1/comm; true');
  t.deepEqual(output.trim().split('\n'), ['pid 1', 'tare', /\n(\d+)\nlo\n/.exec(output)?.[1] ?? '', 'lo', 'PRETTY_NAME="tare tiny"', 'sh']);
  t.true(Number(/\n(\d+)\nlo\n/.exec(output)?.[1]) <= 4);
});

rootTest(`it is in namespaces of its own, all of them${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    for (const name of ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup']) {
      t.not(readlinkSync(`/proc/${instance.pid}/ns/${name}`), readlinkSync(`/proc/self/ns/${name}`), name);
    }
    await instance.stop();
  }));

rootTest(`its root has fourteen capabilities and can gain none${needsRoot}`, async (t) => {
  const { output } = await inside('grep -E "^(Cap|NoNewPrivs)" /proc/self/status');
  for (const set of ['CapPrm', 'CapEff', 'CapBnd']) t.regex(output, new RegExp(`${set}:\\t00000000a80425fb`));
  t.regex(output, /CapAmb:\t0{16}/);
  t.regex(output, /NoNewPrivs:\t1/);
});

rootTest(`it cannot mount, load modules, set the clock, or write the kernel’s settings${needsRoot}`, async (t) => {
  const { output } = await inside([
    'mount -t tmpfs x /mnt 2>/dev/null && echo mounted',
    'mount -o remount,rw /sys 2>/dev/null && echo remounted',
    'echo 1 2>/dev/null > /proc/sys/kernel/panic && echo wrote sysctl',
    'echo h 2>/dev/null > /proc/sysrq-trigger && echo wrote sysrq',
    'echo 1 2>/dev/null > /sys/kernel/mm/ksm/run && echo wrote sys',
    'date -s 2000-01-01 >/dev/null 2>&1; [ $(date +%Y) -gt 2000 ] || echo set the clock',
    'hostname other 2>/dev/null && echo renamed',
    '[ -s /proc/keys ] && echo read keys',
    'ls /sys/firmware | grep -q . && echo read firmware',
    'mknod /tmp/disk b 8 0 2>/dev/null; dd if=/tmp/disk of=/dev/null count=1 2>/dev/null && echo read a disk',
    'echo done',
  ].join('\n'));
  t.is(output, 'done\n');
});

rootTest(`what it writes is gone with it, and the image is as it was${needsRoot}`, async (t) => {
  const first = await inside('echo x > /etc/new; rm /etc/passwd; cat /etc/new; ls /etc/passwd 2>&1');
  t.regex(first.output, /^x\n/);
  const second = await inside('ls /etc/new /etc/passwd 2>&1');
  t.regex(second.output, /\/etc\/passwd/);
  t.regex(second.output, /\/etc\/new: No such file/);
});

rootTest(`a memory hog is killed alone, and its end says so${needsRoot}`, async (t) => {
  // A page cache of its own cannot be dropped: it lies on the writable layer's tmpfs.
  const ended = await inside('head -c 200000000 /dev/zero > /tmp/hog; echo survived');
  t.notRegex(ended.output, /survived/);
  t.is(ended.how, 'signalled');
  t.is(ended.status, 9);
  t.regex([...ended.collected.values()].join(), /oom_kill [1-9]/);
  t.deepEqual(ended.leftovers, []);
});

rootTest(`its limits are those that were asked for${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    const name = /tare-\d+-\d+/.exec(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'))?.[0] ?? '';
    const file = (controller: 'memory' | 'pids' | 'cpu', v1: string, v2: string): string => {
      const place = hierarchy().controllers.get(controller);
      return readFileSync(`${place?.mount ?? ''}/${name}/${place?.version === 2 ? v2 : v1}`, 'utf8').trim();
    };
    t.is(file('memory', 'memory.limit_in_bytes', 'memory.max'), String(64 * 2 ** 20));
    t.is(file('pids', 'pids.max', 'pids.max'), '1024');
    t.true(['50000', '50000 100000'].includes(file('cpu', 'cpu.cfs_quota_us', 'cpu.max')));
    await instance.stop();
  }, { cpus: 0.5 }));

rootTest(`a fork bomb stops at the limit and is ended with its box${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 1000'], streams: 'capture' });
    const cgroup = /pids:\/?(.*)$|^0::(.*)$/m.exec(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'));
    t.truthy(cgroup);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = await instance.stop();
    t.deepEqual(ended.leftovers, []);
  }, { memoryBytes: 256 * 2 ** 20 }));

rootTest(`it is weighed while it runs${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    const memory = await instance.memory();
    t.is(memory.processes, 1);
    t.true(memory.pssBytes > 0 && memory.pssBytes < 2 ** 20);
    t.true(memory.kernelBytes > 0);
    t.is(memory.cgroupBytes, memory.anonymousBytes + memory.fileBytes + memory.kernelBytes);
    await instance.stop();
    t.false(existsSync(`/proc/${instance.pid}`));
  }));

rootTest(`a command that is not in the image is refused by name${needsRoot}`, (t) =>
  withBox(async (box) => {
    const error = await t.throwsAsync(async () => box.start({ what: 'command', argv: ['no-such-command'], streams: 'capture' }), { instanceOf: TareError });
    t.regex(error.message, /no command "no-such-command" in image tiny/);
    const path = await t.throwsAsync(box.start({ what: 'command', argv: ['/bin/none'], streams: 'capture' }), { instanceOf: StartFailure });
    t.regex(path.message, /exec, failed on \/bin\/none/);
  }));

rootTest(`an image may lie under a path with colons, commas and blanks${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const odd = mkdtempSync(join(tmpdir(), 'odd a:b,c\\d '));
  cpSync(dirname(image.mountpoint), odd, { recursive: true, verbatimSymlinks: true });
  const box = await containerRuntime.prepare({ ...image, mountpoint: join(odd, 'mountpoint'), layers: image.layers.map((layer) => ({ ...layer, directory: join(odd, 'layers', layer.name) })) }, options);
  try {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'echo fine > /new; cat /new'], streams: 'capture' });
    t.is((await instance.ended).output, 'fine\n');
  } finally {
    await box.close();
    rmSync(odd, { recursive: true });
  }
});

rootTest(`a step that fails half-way leaves no cgroup and no mount${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const box = await containerRuntime.prepare({ ...image, layers: image.layers.map((layer) => ({ ...layer, directory: '/no/such/layer' })) }, options);
  const error = await t.throwsAsync(box.start({ what: 'workload', then: 'exit', account: false }), { instanceOf: StartFailure });
  t.regex(error.message, /mount overlay, failed/);
  await box.close();
  t.false(readFileSync('/proc/mounts', 'utf8').includes(image.mountpoint));
});

rootTest(`the plan can be read, and each step has its reason${needsRoot}`, (t) =>
  withBox(async (box) => {
    const plan = box.plan({ what: 'workload', then: 'exit', account: false });
    t.true(plan.every(({ why, label }) => why !== '' && label !== ''));
    t.is(stepText(plan.at(-1) ?? plan[0] as never), 'exec /usr/bin/ready fd:3 exit');
  }));
