/** Text in lines that fit, for terminals and for pasting. */
import { stripVTControlCharacters } from 'node:util';

/** Words of TEXT (narrow spaces within figures part none) in lines of at most COLUMNS (colour codes not counted); the first begins with FIRST, the others with REST. */
export function wrapped(text: string, columns: number, first = '', rest = first): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/[ \t\r\n]+/)) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (!empty && stripVTControlCharacters(longer).length > columns) {
      lines.push(line);
      line = rest + word;
    } else {
      line = longer;
    }
    empty = false;
  }
  return [...lines, line].join('\n');
}
