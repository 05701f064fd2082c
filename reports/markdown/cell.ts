/** Text in a cell or a line of Markdown: nothing in it ends the cell or begins mark-up. */
export function cell(text: string): string {
  return text.replace(/[\\|<>`*_[\]]/g, '\\$&').replace(/\s+/g, ' ');
}
