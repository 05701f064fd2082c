/** The data that the page carries, handed out as files. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { samplesCsv } from '../csv/csv.ts';

export function embedded(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}

async function unpack(): Promise<string> {
  const packed = Uint8Array.from(atob(embedded('result')), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function offerData(): void {
  document.getElementById('save-json')?.addEventListener('click', () => void unpack().then((text) => save('result.json', 'application/json', text)));
  document.getElementById('save-csv')?.addEventListener('click', () => void unpack().then((text) => save('samples.csv', 'text/csv', samplesCsv(JSON.parse(text) as ResultDocument))));
}
