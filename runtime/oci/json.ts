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
    const before = text.slice(0, at);
    this.line = before.split('\n').length;
    this.column = at - before.lastIndexOf('\n');
  }
}

/** Deeper than any bundle, and far from the end of the stack. */
const DEEPEST = 64;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#fault('expected the end of the document');
    return value;
  }

  #value(depth: number): unknown {
    if (depth > DEEPEST) throw this.#fault(`nested deeper than ${DEEPEST}`);
    this.#skip();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    return this.#number() ?? JSON.parse(this.#take(LITERAL) ?? this.#expected('a value'));
  }

  #object(depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#at += 1;
    if (this.#punctuation('}')) return {};
    do {
      this.#skip();
      const start = this.#at;
      const name = this.#text[start] === '"' ? this.#string() : this.#expected('a name in quotes');
      if (entries.has(name)) throw this.#fault(`"${name}" is given twice`, start);
      if (!this.#punctuation(':')) this.#expected('":"');
      entries.set(name, this.#value(depth + 1));
    } while (this.#punctuation(','));
    if (!this.#punctuation('}')) this.#expected('"," or "}"');
    return Object.fromEntries(entries);
  }

  #array(depth: number): unknown[] {
    const values: unknown[] = [];
    this.#at += 1;
    if (this.#punctuation(']')) return values;
    do values.push(this.#value(depth + 1));
    while (this.#punctuation(','));
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
