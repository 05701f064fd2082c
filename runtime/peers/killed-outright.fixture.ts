/** Starts an idle instance of the peer that is named, tells the launcher's PID, and waits to be killed. */
import { loadImage } from '../image/load.ts';
import { PEERS } from './peers.ts';

const peer = PEERS.find(({ name }) => name === process.argv[2]);
if (peer === undefined) throw new Error(`no peer ${process.argv[2]}`);
const box = await peer.prepare(await loadImage('tiny'), { memoryBytes: 64 * 2 ** 20, cpus: 1, accelerator: 'auto' });
const instance = await box.start({ what: 'workload', then: 'idle', account: true });
await instance.ready(30_000);
process.stdout.write(`${/tare-(\d+)-/.exec(box.plan({ what: 'workload', then: 'idle', account: true }).flatMap(({ args }) => args).join(' '))?.[1] ?? ''}\n`);
await instance.ended;
