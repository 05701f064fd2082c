/** How an error is told: what happened, and what to do next, on standard error. */
import pc from 'picocolors';
import { TareError } from '../runtime/errors.ts';
import { EXIT } from './exit.ts';

/** The lines for a person. A fault of tare's own brings its stack, for the report of it. */
export function failureText(error: unknown, colours: boolean): string {
  const { red, dim } = pc.createColors(colours);
  if (!(error instanceof TareError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${red('tare: this should not happen')}: ${detail}\n${dim('next:')} please report it, with the command line\n`;
  }
  const lines = [`${red('tare:')} ${error.message}`];
  if (error.remedy !== '') lines.push(`${dim('next:')} ${error.remedy}`);
  if ('log' in error && typeof error.log === 'string' && error.log.trim() !== '') {
    lines.push(dim('log:'), ...error.log.trimEnd().split('\n').slice(-20).map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

export function exitStatus(error: unknown): number {
  if (!(error instanceof TareError)) return EXIT.failed;
  if (error.code === 'usage') return EXIT.usage;
  return error.code === 'interrupted' ? EXIT.interrupted : EXIT.failed;
}
