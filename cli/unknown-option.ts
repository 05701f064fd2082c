/** An option that does not exist, and the nearest that does. */
import { suggestion } from './suggest.ts';

/**
 * @param message what yargs says of a command line that it refuses
 * @param usage yargs' own record of it, which its types do not know: `getDescriptions` names every option of the command
 * @returns what to do next; `null` where it is about something else
 */
export function nearestOption(message: string, usage: unknown): string | null {
  const [, name] = /^Unknown arguments?: ([^,\s]+)/.exec(message) ?? [];
  if (name === undefined || !describes(usage)) return null;
  const known = Object.keys(usage.getDescriptions());
  // What was typed without dashes is no option.
  if (known.length === 0 || !process.argv.some((word) => word.startsWith(`--${name}`))) return null;
  return suggestion(`--${name}`, known.filter((each) => each.length > 1).map((each) => `--${each}`));
}

function describes(usage: unknown): usage is { getDescriptions(): Record<string, unknown> } {
  return typeof usage === 'object' && usage !== null && typeof (usage as { getDescriptions?: unknown }).getDescriptions === 'function';
}
