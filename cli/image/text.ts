/** Images on a terminal: what there is, and what one consists of. Pure. */
import pc from 'picocolors';
import { quantityText } from '../../reports/view/numbers.ts';
import { wrapped } from '../../reports/terminal/wrap.ts';
import type { Image } from '../../runtime/image/image.ts';
import { barText, durationText } from '../progress.ts';
import type { FullDisk } from '../../runtime/vm/full/disk-store.ts';
import { diskParts, imageParts, sumOf, type ImagePart, type ListedImage } from './parts.ts';

export interface TextOptions {
  readonly columns: number;
  readonly colours: boolean;
}

/** As wide as a bar is where the line has room for it. */
const BAR = 16;
/** A shorter one shows nothing. */
const LEAST_BAR = 6;
const DIGITS = 12;

function bytes(value: number | null): string {
  return value === null ? '–' : quantityText('bytes', value);
}

/** `34 ms`, `17 s`. */
export function stepTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : durationText(milliseconds);
}

/** Rows in columns as wide as they need; the columns of `right` to the right. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => (right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd());
}

export function listText(images: readonly ListedImage[], { columns, colours }: TextOptions): string {
  const named = columns >= 90 || images.every(({ layers }) => layers.length <= 3);
  const { bold, yellow, dim } = pc.createColors(colours);
  const [head = '', ...lines] = table(
    [
      ['image', 'state', 'digest', 'layers', 'length', 'allocated'],
      ...images.map(({ name, built, damage, digest, layers, lengthBytes, allocatedBytes }) => [name, damage !== null ? 'damaged' : built ? 'built' : 'not built', digest?.slice(0, DIGITS) ?? '–', named ? layers.map((layer) => layer.name).join(', ') : String(layers.length), bytes(lengthBytes), bytes(allocatedBytes)]),
    ],
    [4, 5],
  );
  const told = images.flatMap(({ damage }) => (damage === null ? [] : [yellow(wrapped(damage, columns, '  '))]));
  const missing = images.some(({ built, damage }) => !built || damage !== null) ? [dim('next: tare image build')] : [];
  return `${[bold(head), ...lines, ...told, ...missing].join('\n')}\n`;
}

function packagesText({ name, packages }: ImagePart, columns: number): string[] {
  if (packages === null) return [wrapped('not known: it was built by an earlier tare; tare image build --force keeps them', columns, `${name}: `, '  ')];
  const all = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return all.length === 0 ? [] : [wrapped(all.map(([each, version]) => `${each} ${version}`).join(', '), columns, `${name} (${all.length}): `, '  ')];
}

/** What `tare image inspect` tells of one. */
export interface Description {
  readonly title: string;
  readonly facts: readonly (readonly [what: string, text: string])[];
  readonly parts: readonly ImagePart[];
}

function built({ builtAt, milliseconds, steps }: Image['provision']): [string, string] {
  return ['built', `${builtAt} in ${durationText(milliseconds)}: ${steps.map((step) => `${step.name} ${stepTime(step.milliseconds)}`).join(', ')}`];
}

/** @param verified whether every byte has been read just now */
export function describeImage(image: Image, verified: boolean): Description {
  const { guest } = image;
  return {
    title: `image ${image.name}`,
    parts: imageParts(image),
    facts: [
      ['digest', `${image.digest}${verified ? ' (every byte read just now)' : ''}`],
      ['recipe', image.recipeDigest],
      ['workload', image.workload],
      ['kernel', `Linux ${image.kernel.release}, from ${image.kernel.from}`],
      ...(guest === undefined ? [] : [['for guests', `${guest.modules.join(', ')}, in this order, ${guest.apart === true ? 'beside the initramfs: only machines that need them get them' : 'at the end of the initramfs'}`] as const]),
      built(image.provision),
    ],
  };
}

/** @param verified whether every byte has been read just now */
export function describeDisk({ path, manifest }: FullDisk, verified: boolean): Description {
  return {
    title: `disk ${manifest.name}, for vm-full`,
    parts: diskParts(manifest),
    facts: [
      ['digest', `${manifest.digest} (of its content${verified ? '; every byte read just now' : ''})`],
      ['file', `${path}, ${bytes(manifest.qcow2.allocatedBytes)} as qcow2; the same as a raw file took ${bytes(manifest.raw.allocatedBytes)}`],
      ['capacity', bytes(manifest.capacityBytes)],
      ['kernel', `Linux ${manifest.release}`],
      built(manifest.provision),
    ],
  };
}

export function inspectText({ title, facts, parts }: Description, { columns, colours }: TextOptions): string {
  const { bold, dim, cyan } = pc.createColors(colours);
  const rows = table(
    [
      ['part', 'storey', 'length', 'allocated', 'share', 'files'],
      ...parts.map(({ name, storey, lengthBytes, allocatedBytes, share, files }) => [name.replace(/^modules: .*/, 'modules'), storey, bytes(lengthBytes), bytes(allocatedBytes), share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`, files === null ? '–' : String(files)]),
      ['together', '', bytes(sumOf(parts, (part) => part.lengthBytes)), bytes(sumOf(parts, (part) => part.allocatedBytes)), '', ''],
    ],
    [2, 3, 4, 5],
  );
  const width = Math.max(...rows.map(({ length }) => length));
  const room = columns - width - 2;
  const bar = room < LEAST_BAR ? 0 : Math.min(BAR, room);
  const bars = ['', ...parts.map(({ share }) => barText(share, bar)), ''];
  return `${[
    bold(title),
    ...facts.map(([what, text]) => wrapped(text, columns, dim(what.padEnd(12)), ' '.repeat(12))),
    '',
    ...rows.map((row, index) => (index === 0 ? bold(row) : `${row.padEnd(width)}  ${cyan(bars[index] ?? '')}`.trimEnd())),
    '',
    bold('packages'),
    ...parts.flatMap((part) => packagesText(part, columns)),
  ].join('\n')}\n`;
}
