/** The frame of a measurement that is run by hand, from the Makefile. */
import { TareError } from '../runtime/errors.ts';

/** Runs MAIN; what goes wrong is told as the command tells it, and is the exit status: 1 failed, 2 wrong usage. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    console.error(`tare: ${error.message}\nnext: ${error.remedy}${'log' in error ? `\n${String(error.log)}` : ''}`);
    process.exitCode = error.code === 'usage' ? 2 : 1;
  }
}
