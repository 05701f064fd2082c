/** One HTTP request, and when its answer came. */
import { get } from 'node:http';
import { TareError } from '../../runtime/errors.ts';

/** How long the answer may take once the server has said that it listens. */
const PATIENCE_MS = 10_000;

/**
 * Asks once. Whoever calls knows that the server listens: nothing is tried again, so no interval of trying is in the figure.
 * @returns nanoseconds of CLOCK_MONOTONIC at which the status line had arrived
 * @throws {TareError} `host` for anything but a 200
 */
export async function firstAnswer(url: string): Promise<bigint> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new TareError('host', `asking ${url}: ${what}`, 'the server had said that it listens; see the log of the sample'));
    // A connection of its own: none is kept from the start before.
    const request = get(url, { agent: false, timeout: PATIENCE_MS }, (response) => {
      const at = process.hrtime.bigint();
      response.resume();
      response.once('end', () => (response.statusCode === 200 ? resolve(at) : fail(`answered ${response.statusCode}`)));
      response.once('error', (error) => fail(error.message));
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    request.once('error', (error) => fail(error.message));
  });
}
