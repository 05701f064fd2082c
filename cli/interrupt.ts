/** Ctrl-C, SIGTERM and a closed terminal: the first ends the work in good order, the second at once. */
import { TareError } from '../runtime/errors.ts';
import { EXIT } from './exit.ts';

/**
 * A signal that aborts on the first interrupt. On the second the process exits at once: the launcher sees
 * its socket close and removes what it started all the same.
 */
export function interruptSignal(say: (line: string) => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say('interrupted: stopping what runs and keeping what was measured (again to stop at once)');
    controller.abort(new TareError('interrupted', 'interrupted', ''));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  return controller.signal;
}
