import test from 'ava';
import { JsonFault, readJson, readJsonWithPlaces } from './json.ts';

for (const text of ['{}', ' [1, -2.5e3, true, false, null, "a\\u0041\\n\\"", {"b": [[]]}]\n', '"x"', '0', '{"__proto__": 1}']) {
  test(`reads what JSON.parse does: ${text.trim()}`, (t) => t.deepEqual(readJson(text), JSON.parse(text)));
}

test('every digit of a 64-bit number is kept', (t) => {
  t.deepEqual(readJson('[18446744073709551615, -9007199254740993, 9007199254740991, 1e30]'), [18446744073709551615n, -9007199254740993n, 9007199254740991, 1e30]);
});

const FAULTS: readonly (readonly [text: string, line: number, column: number, message: RegExp])[] = [
  ['', 1, 1, /a value, found the end/],
  ['{\n  "a": 1,\n  "b": x\n}', 3, 8, /a value, found "x"/],
  ['{"a": 1,}', 1, 9, /a name in quotes, found "}"/],
  ['{"a" 1}', 1, 6, /":", found "1"/],
  ['[1 2]', 1, 4, /"," or "]", found "2"/],
  ['{"a": 1', 1, 8, /"," or "}", found the end/],
  ['"a\nb"', 1, 1, /text that ends/],
  ['"\\x"', 1, 1, /text that ends/],
  ['{} x', 1, 4, /the end of the document/],
  ['{"a": 1,\n "a": 2}', 2, 2, /"a" is given twice/],
  ['\uFEFF{}', 1, 1, /a value/],
  ['[01]', 1, 3, /"," or "]"/],
  [`${'['.repeat(70)}`, 1, 66, /nested deeper than 64/],
];
for (const [text, line, column, message] of FAULTS) {
  test(`refuses ${JSON.stringify(text.slice(0, 30))} at ${line}:${column}`, (t) => {
    const fault = t.throws(() => readJson(text), { instanceOf: JsonFault, message });
    t.deepEqual([fault?.line, fault?.column], [line, column]);
  });
}

test('tells where each thing stands', (t) => {
  const { value, placeOf } = readJsonWithPlaces('{\n  "a": [1,\n   {"b": 2}]}');
  t.deepEqual(value, { a: [1, { b: 2 }] });
  t.deepEqual(placeOf(['a']), { line: 2, column: 3 });
  t.deepEqual(placeOf(['a', 0]), { line: 2, column: 9 });
  t.deepEqual(placeOf(['a', 1, 'b']), { line: 3, column: 5 });
  t.deepEqual(placeOf([]), { line: 1, column: 1 });
});
