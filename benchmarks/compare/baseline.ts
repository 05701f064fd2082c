/** Which of the results the others are held against. */
import { TareError } from '../../runtime/errors.ts';
import type { Source } from './open.ts';

/**
 * @param wanted a number from 1, a run's id or the beginning of one, or a result's name; the first when left out
 * @returns its position, from 0
 * @throws {TareError} `usage` when it names none of them, or several
 */
export function baselinePosition(sources: readonly Source[], wanted: string | undefined): number {
  if (wanted === undefined) return 0;
  if (/^\d+$/.test(wanted) && Number(wanted) >= 1 && Number(wanted) <= sources.length) return Number(wanted) - 1;
  for (const fits of [
    ({ name, document }: Source) => name === wanted || document.run.id === wanted,
    ({ document }: Source) => wanted.length >= 4 && document.run.id.startsWith(wanted),
  ]) {
    const positions = sources.flatMap((source, position) => (fits(source) ? [position] : []));
    if (positions.length === 1) return positions[0] as number;
    if (positions.length > 1) throw new TareError('usage', `--baseline: "${wanted}" is several of the results: ${positions.map((at) => at + 1).join(', ')}`, 'name it by its number');
  }
  throw new TareError('usage', `--baseline: "${wanted}" is none of the results`, `known: ${sources.map(({ name, document }, at) => `${at + 1} (${name}, run ${document.run.id})`).join('; ')}`);
}
