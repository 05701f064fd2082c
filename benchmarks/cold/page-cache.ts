/** Empties the host's caches of files, so that what is started next comes from the disk. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TareError } from '../../runtime/errors.ts';

const run = promisify(execFile);

const DROP = '/proc/sys/vm/drop_caches';

/** Page cache, and what the kernel remembers of directories and inodes. Source: Documentation/admin-guide/sysctl/vm.rst. */
const ALL = '3';

/**
 * What is dirty is written first, as only clean pages can be dropped. Pages that a running program has mapped stay.
 * @throws {TareError} `no-root` or `host` where this may not be done
 */
export async function dropPageCache(): Promise<void> {
  try {
    await run('sync');
    await writeFile(DROP, ALL);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const denied = code === 'EACCES' || code === 'EPERM';
    throw new TareError(denied ? 'no-root' : 'host', `the page cache could not be dropped: ${error instanceof Error ? error.message : String(error)}`, denied ? 'run it with sudo' : `leave the benchmark out where ${DROP} cannot be written: in a container, for one`, { cause: error });
  }
}
