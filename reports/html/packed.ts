/** The result document as it lies in the page: compressed, sample by sample, so that its text is never held whole. */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';

/** Of one pass through the compressor. */
const CHUNK = 2 ** 16;

/** Base64 of gzip of JSON. */
export async function packedResult(result: ResultDocument): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(textOf(result)).pipe(createGzip({ level: 9 }))) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('base64');
}

function* textOf({ samples, ...rest }: ResultDocument): Generator<string> {
  let text = `${JSON.stringify(rest).slice(0, -1)},"samples":[`;
  for (const [index, sample] of samples.entries()) {
    text += `${index === 0 ? '' : ','}${JSON.stringify(sample)}`;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}]}`;
}
