/**
 * JSON, read strictly: with the line and column of a fault, which JSON.parse of Node.js 20 does not tell,
 * with every digit of 64-bit numbers, and refusing a name that is given twice, of which two readers may take different ones. Source: RFC 8259.
 */

export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly line: number;
  readonly column: number;

  constructor(text: string, at: number, what: string) {
    super(what);
    const { line, column } = positionOf(text, at);
    this.line = line;
    this.column = column;
  }
}

/** Counted from 1. */
function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

/** Names of members and numbers of elements, from the outside in. */
export type JsonPath = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

function keyOf(path: JsonPath): string {
  return JSON.stringify(path);
}

/** Deeper than any bundle, and far from the end of the stack. */
const DEEPEST = 64;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;

class Reader {
  readonly #text: string;
  /** Path of a member or element → offset of its name or its beginning. */
  readonly places = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(0, []);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#fault('expected the end of the document');
    return value;
  }

  #value(depth: number, path: JsonPath): unknown {
    if (depth > DEEPEST) throw this.#fault(`nested deeper than ${DEEPEST}`);
    this.#skip();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth, path);
    if (first === '[') return this.#array(depth, path);
    if (first === '"') return this.#string();
    return this.#number() ?? JSON.parse(this.#take(LITERAL) ?? this.#expected('a value'));
  }

  #object(depth: number, path: JsonPath): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#at += 1;
    if (this.#punctuation('}')) return {};
    do {
      this.#skip();
      const start = this.#at;
      const name = this.#text[start] === '"' ? this.#string() : this.#expected('a name in quotes');
      if (entries.has(name)) throw this.#fault(`"${name}" is given twice`, start);
      if (!this.#punctuation(':')) this.#expected('":"');
      this.places.set(keyOf([...path, name]), start);
      entries.set(name, this.#value(depth + 1, [...path, name]));
    } while (this.#punctuation(','));
    if (!this.#punctuation('}')) this.#expected('"," or "}"');
    return Object.fromEntries(entries);
  }

  #array(depth: number, path: JsonPath): unknown[] {
    const values: unknown[] = [];
    this.#at += 1;
    if (this.#punctuation(']')) return values;
    do {
      this.#skip();
      const inner = [...path, values.length];
      this.places.set(keyOf(inner), this.#at);
      values.push(this.#value(depth + 1, inner));
    } while (this.#punctuation(','));
    if (!this.#punctuation(']')) this.#expected('"," or "]"');
    return values;
  }

  #string(): string {
    return String(JSON.parse(this.#take(STRING) ?? this.#expected('text that ends in a quote on the same line')));
  }

  #number(): number | bigint | null {
    const token = this.#take(NUMBER);
    if (token === null) return null;
    const value = Number(token);
    return Number.isSafeInteger(value) || !/^-?\d+$/.test(token) ? value : BigInt(token);
  }

  #take(token: RegExp): string | null {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(): void {
    this.#take(SPACE);
  }

  #punctuation(mark: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #expected(what: string): never {
    this.#skip();
    const found = this.#text.at(this.#at);
    throw this.#fault(`expected ${what}, found ${found === undefined ? 'the end' : JSON.stringify(found)}`);
  }

  #fault(what: string, at = this.#at): JsonFault {
    return new JsonFault(this.#text, at, what);
  }
}

/**
 * Whole numbers that a double would round are `bigint`.
 * @throws {JsonFault} with line and column, counted from 1
 */
export function readJson(text: string): unknown {
  return new Reader(text).document();
}

/**
 * The same, with where in the text each thing stands: a member's name, an element's beginning.
 * @throws {JsonFault} with line and column, counted from 1
 */
export function readJsonWithPlaces(text: string): { readonly value: unknown; readonly placeOf: (path: JsonPath) => Position } {
  const reader = new Reader(text);
  const value = reader.document();
  return { value, placeOf: (path) => positionOf(text, reader.places.get(keyOf(path)) ?? 0) };
}
