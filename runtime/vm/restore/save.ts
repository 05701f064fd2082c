/**
 * Boots a machine until its workload is up, and saves it there.
 *
 * The workload says 'W' and then reads from its port, again and again, until the answer tells it to go on (see
 * fixtures/workload/ready.c). It runs while it is saved: QEMU stops it for the last moment of the migration by
 * itself, and a machine that was running when it was saved runs when it is resumed.
 */
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { StartFailure, TareError } from '../../errors.ts';
import type { VmBox } from '../box.ts';
import type { GuestInstance } from '../guest-instance.ts';
import { migrate, queryMigrate, setMigrationCapabilities, setMigrationParameters } from '../qmp/commands.ts';

export interface SaveLimits {
  readonly bootMs: number;
  readonly saveMs: number;
}

/** Generous: an emulated boot on a busy host, and a state of some 50 KB. */
const LIMITS: SaveLimits = { bootMs: 120_000, saveMs: 20_000 };

/** Beyond any disk's: QEMU limits itself to 128 MiB/s when it is told nothing. */
const UNLIMITED_BYTES_PER_SECOND = 2 ** 40;

const SIGBUS = 7;
const UP = 'W';

/**
 * @param box starts machines whose memory is a file in DIRECTORY
 * @returns the state of devices and processors; the memory is in its file by then, and QEMU has ended
 * @throws {StartFailure} when the guest does not come up
 * @throws {TareError} `no-space`; `host` when QEMU does not save it
 */
export async function saveRunning(box: VmBox, directory: string, limits: SaveLimits = LIMITS): Promise<Uint8Array> {
  const guest = await box.start({ what: 'workload', then: 'idle', account: true });
  try {
    await up(guest, directory, limits.bootMs);
    return await sendAway(guest, limits.saveMs);
  } finally {
    await guest.stop();
  }
}

async function up(guest: GuestInstance, directory: string, bootMs: number): Promise<void> {
  try {
    await guest.ready(bootMs);
  } catch (error) {
    throw (await fullDisk(guest, directory)) ?? error;
  }
  const said = Buffer.concat(guest.timeline.marks.map(({ bytes }) => bytes)).toString();
  if (said !== UP) throw new StartFailure('measurement', `the workload said "${said}" where it should say "${UP}" and wait to be saved`, 'the image’s workload must know `wait`', guest.outputSoFar());
}

/** Memory that is a file on a full disk ends whoever writes to it. */
async function fullDisk(guest: GuestInstance, directory: string): Promise<TareError | null> {
  const { how, status } = await guest.ended;
  if (how !== 'signalled' || status !== SIGBUS) return null;
  const { bavail, bsize } = await statfs(directory);
  return new TareError('no-space', `no space is left for the saved machine in ${directory} (${Math.floor((bavail * bsize) / 1e6)} MB free): QEMU got SIGBUS`, 'free some 100 MB there; nothing half-saved was left behind');
}

async function sendAway(guest: GuestInstance, saveMs: number): Promise<Uint8Array> {
  const qmp = await guest.qmp();
  const receiver = await receive(join(guest.directory, 'state'));
  try {
    await qmp.execute(setMigrationCapabilities(['events', 'x-ignore-shared']));
    await qmp.execute(setMigrationParameters({ maxBandwidthBytesPerSecond: UNLIMITED_BYTES_PER_SECOND }));
    const events = qmp.events();
    await qmp.execute(migrate(`unix:${receiver.path}`));
    const end = await events.wait('that the machine is saved', ({ name, data }) => name === 'MIGRATION' && ['completed', 'failed'].includes(String(data['status'])), saveMs);
    if (end.data['status'] === 'failed') {
      const { error } = await qmp.execute(queryMigrate);
      throw new TareError('host', `QEMU ${qmp.version} could not save the machine: ${error ?? 'it does not say why'}`, 'the whole command line is in the plan: try it by hand');
    }
    return await inTime(receiver.content, saveMs);
  } finally {
    receiver.close();
  }
}

/** QEMU has said that all was sent: one that stands still since has not let go of the socket. */
async function inTime(content: Promise<Uint8Array>, saveMs: number): Promise<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TareError('host', `QEMU did not come to the end of the machine’s state within ${saveMs} ms`, 'it may hang: start it again')), saveMs);
  });
  try {
    return await Promise.race([content, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Takes what one sender sends: QEMU writes its state to a socket, so that its end is known here. */
async function receive(path: string): Promise<{ readonly path: string; readonly content: Promise<Uint8Array>; readonly close: () => void }> {
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  const content = new Promise<Uint8Array>((resolve, reject) => {
    server.once('connection', (socket) => {
      buffer(socket).then(resolve, reject);
    });
  });
  content.catch(() => undefined); // heard of by whoever waits for it
  return { path, content, close: () => server.close() };
}
