/** A port of the host's for QEMU to listen on. */
import { createServer } from 'node:net';

/**
 * One that nobody listens on at 127.0.0.1 now: the kernel hands it out, and does not hand it out again for a while. Should
 * somebody take it all the same, QEMU says so and the start fails by name.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
