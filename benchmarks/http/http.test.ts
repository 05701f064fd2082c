import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { planRun } from '../plan/plan.ts';
import { firstAnswer } from './first-answer.ts';

async function served(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('the stamp is that of the status line, not of the whole page', async (t) => {
  let sentRest = 0n;
  const url = await served(t, (_, response) => {
    response.writeHead(200);
    response.flushHeaders();
    setTimeout(() => {
      sentRest = process.hrtime.bigint();
      response.end('the rest');
    }, 60);
  });
  const before = process.hrtime.bigint();
  const at = await firstAnswer(url);
  t.true(at > before && at < sentRest);
});

test('only a 200 is an answer', async (t) => {
  const url = await served(t, (_, response) => response.writeHead(503).end());
  await t.throwsAsync(firstAnswer(url), { instanceOf: TareError, message: /answered 503/ });
});

test('nobody there is an error, and is not tried again', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await t.throwsAsync(firstAnswer(`http://127.0.0.1:${port}/`), { instanceOf: TareError, message: /ECONNREFUSED/ });
});

test('without a server in the image it is left out, and refused when it is asked for', (t) => {
  const runtimes = [{ id: 'container', kind: 'container' as const }];
  t.false(planRun({ runtimes }).options.benchmarks.includes('http'));
  t.true(planRun({ runtimes, serves: true }).options.benchmarks.includes('http'));
  t.throws(() => planRun({ runtimes, benchmarks: ['http'] }), { instanceOf: TareError, message: /"http" asks a server, and the image has none/ });
});
