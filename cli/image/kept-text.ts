/** What is said of images that were verified, and of old ones that were removed. Pure. */
import pc from 'picocolors';
import { wrapped } from '../../reports/terminal/wrap.ts';
import { quantityText } from '../../reports/view/numbers.ts';
import type { Again } from '../../runtime/again.ts';
import type { Pruned } from '../../runtime/outdated.ts';
import { sumOf } from './parts.ts';
import type { TextOptions } from './text.ts';

export interface Verified {
  readonly name: string;
  readonly digest: string;
  /** null: it was not built a second time. */
  readonly again: Again | null;
}

const DIGITS = 12;

function againText({ equal, again, different, packages }: Again): string {
  if (equal) return 'built a second time: the same';
  const why = packages.map(({ name, before, now }) => `${name} ${before ?? '–'} → ${now ?? '–'}`).join(', ');
  const what = `built a second time it is another, ${again.slice(0, DIGITS)}: ${different.join(', ')} differ${different.length === 1 ? 's' : ''}`;
  return why === '' ? `${what}, of the same packages: this should not be, please report it` : `${what}, of other packages: ${why}`;
}

export function verifiedText(results: readonly Verified[], { columns, colours }: TextOptions): string {
  const { yellow } = pc.createColors(colours);
  const width = Math.max(...results.map(({ name }) => name.length));
  return results.map(({ name, digest, again }) => {
    const line = wrapped(`${digest.slice(0, DIGITS)}  every byte is what was built${again === null ? '' : `; ${againText(again)}`}`, columns, `${name.padEnd(width)}  `, ' '.repeat(width + 16));
    return `${again?.equal === false ? yellow(line) : line}\n`;
  }).join('');
}

export function prunedText(results: readonly Pruned[], dryRun: boolean, { columns, colours }: TextOptions): string {
  const { dim, yellow } = pc.createColors(colours);
  if (results.length === 0) return 'nothing to remove: all that is built is of today’s recipes\n';
  const lines = results.map(({ what, path, bytes, removed, reason, usedBy }) => {
    const told = dryRun ? (usedBy.length === 0 ? 'would remove' : `process ${usedBy.join(', ')} uses, so would stay:`) : removed ? 'removed' : 'kept';
    const line = wrapped(`${told} ${what} ${path.split('/').slice(-1)[0] ?? ''}, ${quantityText('bytes', bytes)}${reason === null ? '' : `: ${reason}`}`, columns, '', '  ');
    return !dryRun && !removed ? yellow(line) : line;
  });
  const free = results.filter(({ usedBy, removed }) => (dryRun ? usedBy.length === 0 : removed));
  return `${[...lines, `${dryRun ? 'it would free' : 'freed'} ${quantityText('bytes', sumOf(free, ({ bytes }) => bytes))}`, ...(dryRun && free.length > 0 ? [dim('next: tare image prune')] : [])].join('\n')}\n`;
}
