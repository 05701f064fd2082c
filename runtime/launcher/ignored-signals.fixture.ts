/** Prints which signals an instance ignores; started by client.test.ts with some ignored. */
import { startInstance } from '../instance.ts';
import { clone, descriptors, exec } from '../steps.ts';
import { Launcher } from './client.ts';

const launcher = await Launcher.open();
const instance = await startInstance(launcher, () => [
  descriptors({ stdin: 'null', stdout: 'capture', stderr: 'null', mark: false }, 'to read what it says'),
  clone([], '', 'a process'),
  exec('/bin/grep', ['grep', 'SigIgn', '/proc/self/status'], [], 'its own state'),
]);
console.log((await instance.ended).output);
await launcher.close();
