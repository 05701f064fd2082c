import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { samplesCsv } from './csv.ts';

/** RFC 4180, written apart from the code that it checks. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quoted && character === '"' && text[at + 1] === '"') field += text[++at] ?? '';
    else if (character === '"') quoted = !quoted;
    else if (quoted || (character !== ',' && character !== '\r')) field += character;
    else {
      row.push(field);
      field = '';
      if (character === ',') continue;
      rows.push(row);
      row = [];
      at++;
    }
  }
  return rows;
}

test('a reader of RFC 4180 gets hostile names back, and no column or row more', (t) => {
  const hostile = `"',\r\n=cmd|'\u2028</script>`;
  const plain = sampleResult({ rounds: 2 });
  const result = { ...plain, runtimes: plain.runtimes.map((each) => ({ ...each, id: each.id + hostile })), samples: plain.samples.map((each) => ({ ...each, runtime: each.runtime + hostile })) };
  const rows = parse(samplesCsv(result));
  t.is(rows.length, parse(samplesCsv(plain)).length);
  t.true(rows.every((row) => row.length === 10));
  t.is(rows[1]?.[2], `process${hostile}`);
  t.is(rows[1]?.[3], 'process', 'its kind is still found');
});

test('values are written whole, not rounded for people', (t) => {
  const result = sampleResult({ rounds: 1, runtimes: ['container'] });
  const sample = result.samples[0];
  if (sample?.outcome !== 'ok') return t.fail('the sample result has a good sample');
  sample.values['ready'] = 1.234567890123;
  t.is(parse(samplesCsv(result))[1]?.[7], '1.234567890123');
});
