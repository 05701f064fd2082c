/** Counting the results in a TAP stream. Source: the TAP 13 specification. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** `N passed, N failed, N skipped` */
  readonly line: string;
  /** False too when nothing ran, or the stream broke off. */
  readonly ok: boolean;
}

const RESULT = /^(not )?ok \d+ - (.*?)(?: # (skip|todo)\b.*)?$/i;

/** Put at the end of the stream by run-tests.sh. */
const EXIT_STATUS = '# exit status ';

/**
 * @param lines the stream
 * @param say receives what a person is to see
 */
export async function summarise(lines: AsyncIterable<string>, say: (line: string) => void): Promise<Summary> {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let planned: number | null = null;
  let status = 0;
  let telling = false;
  for await (const line of lines) {
    const result = RESULT.exec(line);
    if (result !== null) {
      const [, not, title = '', directive] = result;
      telling = false;
      if (directive !== undefined) {
        skipped++;
        say(`  skipped  ${title}`);
      } else if (not === undefined) {
        passed++;
        say(`  ok       ${title}`);
      } else {
        failed++;
        telling = true;
        say(`  FAILED   ${title}`);
      }
    } else if (/^1\.\.\d+/.test(line)) {
      planned = Number(line.slice(3).split(' ')[0]);
      telling = false;
    } else if (line.startsWith(EXIT_STATUS)) {
      status = Number(line.slice(EXIT_STATUS.length));
    } else if (/^Bail out!/.test(line)) {
      failed++;
      say(line);
    } else if (telling || (line.startsWith('#') && !/^# (tests|pass|fail|skip|todo)\b/.test(line) && /error|exception|crash|timed? ?out|exited/i.test(line))) {
      say(`  ${line}`);
    }
  }
  const complete = planned !== null && passed + failed + skipped >= planned;
  if (!complete || passed + failed + skipped === 0) {
    failed++;
    say(planned === null ? 'the tests broke off before their end' : `${planned} tests were planned, ${passed + failed - 1 + skipped} reported`);
  }
  if (status !== 0 && failed === 0) {
    failed++;
    say(`the test runner ended with status ${status}, though no test failed`);
  }
  return { passed, failed, skipped, line: `${passed} passed, ${failed} failed, ${skipped} skipped`, ok: failed === 0 };
}
