import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { findQemu, openQemu } from '../qemu/program.ts';
import { FLOOR_ROM } from '../roms.ts';
import type { QmpClient } from './client.ts';
import { cont, queryBalloon, queryBlock, queryKvm, queryMemoryDevices, queryMemorySize, queryMigrate, queryProcessors, queryStatus, queryVersion, qomGet, quit, stop, systemPowerdown } from './commands.ts';
import { listDevices } from './devices.ts';
import { QmpError } from './error.ts';
import { reachQmp } from './socket.ts';

const program = findQemu();
const lack = program === null ? 'no QEMU on this host' : existsSync(FLOOR_ROM) ? null : 'the floor guest is not built';
const qemuTest = lack === null ? test : test.skip;
const suffix = lack === null ? '' : ` (skipped: ${lack})`;

/** QEMU as a plain child: it is gone when the test is. */
async function qemu(t: ExecutionContext, args: readonly string[]): Promise<{ qmp: QmpClient; ended: Promise<unknown[]>; pid: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-qmp-'));
  const path = join(directory, 'qmp');
  const child = spawn(program ?? '', ['-nodefaults', '-no-user-config', '-display', 'none', '-accel', 'tcg', '-m', '16M', '-qmp', `unix:${path},server=on,wait=off`, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true });
  });
  return { qmp: await reachQmp(path), ended, pid: child.pid ?? 0 };
}

qemuTest(`a machine of nothing: version, state, memory, and quit${suffix}`, async (t) => {
  const { qmp, ended } = await qemu(t, ['-machine', 'none']);
  t.is(qmp.version, (await openQemu()).version.split('.').slice(0, 3).join('.'));
  t.is(await qmp.execute(queryVersion), qmp.version);
  t.false((await qmp.execute(queryKvm)).enabled);
  t.deepEqual(await qmp.execute(queryBlock), []);
  t.deepEqual(await qmp.execute(queryMemoryDevices), []);
  t.like(await qmp.execute(queryMigrate), { status: 'none', error: null });
  const refused = await t.throwsAsync<QmpError>(qmp.execute(queryBalloon), { instanceOf: QmpError });
  t.like(refused, { trouble: 'refused', errorClass: 'DeviceNotActive' });
  const events = qmp.events();
  await qmp.execute(quit);
  t.like((await events.wait('the end', ({ name }) => name === 'SHUTDOWN', 5000)).data, { guest: false, reason: 'host-qmp-quit' });
  await qmp.closed;
  t.deepEqual(await ended, [0, null]);
});

qemuTest(`a guest: held, run, paused; its processor, memory and devices${suffix}`, async (t) => {
  const { qmp, pid } = await qemu(t, ['-S', '-machine', 'microvm', '-serial', 'none', '-bios', FLOOR_ROM, '-device', 'isa-debugcon,id=mark,chardev=mark', '-chardev', 'null,id=mark']);
  t.deepEqual(await qmp.execute(queryStatus), { status: 'prelaunch', running: false });
  const events = qmp.events();
  await qmp.execute(cont);
  t.is((await events.wait('that it runs', () => true, 5000)).name, 'RESUME');
  await qmp.execute(stop);
  t.is((await qmp.execute(queryStatus)).status, 'paused');
  await qmp.execute(cont);
  t.true((await qmp.execute(queryStatus)).running);
  t.is((await qmp.execute(queryMemorySize)).baseBytes, 16 * 2 ** 20);
  const [processor] = await qmp.execute(queryProcessors);
  t.true(existsSync(`/proc/${pid}/task/${processor?.thread}`));
  const devices = await listDevices(qmp);
  t.true(devices.some(({ type, path }) => type === 'isa-debugcon' && path === '/machine/peripheral/mark'));
  t.true(devices.some(({ type }) => type === 'ioapic'));
  t.false(devices.some(({ type }) => type.endsWith('-cpu')));
  t.is(await qmp.execute(qomGet('/machine/peripheral/mark', 'readback')), 0xe9);
  await qmp.execute(systemPowerdown);
  t.like(await events.wait('the button', ({ name }) => name === 'POWERDOWN', 5000), { data: {} });
  t.true((await qmp.execute(queryStatus)).running, 'nobody listens in this guest');
});

qemuTest(`QEMU that is killed closes the connection${suffix}`, async (t) => {
  const { qmp, pid } = await qemu(t, ['-machine', 'none']);
  const pending = t.throwsAsync<QmpError>(
    (async () => {
      for (;;) await qmp.execute(queryStatus);
    })(),
    { instanceOf: QmpError },
  );
  process.kill(pid, 'SIGKILL');
  t.is((await pending)?.trouble, 'closed');
  await qmp.closed;
});
