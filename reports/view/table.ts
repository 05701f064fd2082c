/** A table as data: drawn by the page, by Markdown and by the terminal, each in its own form. */
export interface Cell {
  readonly text: string;
  /** Said beside the text, unmistakably. */
  readonly mark?: 'emulated' | 'not measured';
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
  /** The first cell of a row heads it. */
  readonly rows: readonly (readonly Cell[])[];
}

/** The cell that names a runtime, with its mark. */
export function runtimeCell(runtime: { readonly id: string; readonly emulated: boolean }): Cell {
  return runtime.emulated ? { text: runtime.id, mark: 'emulated' } : { text: runtime.id };
}

/** What stands for a figure that there is not. */
export function notMeasured(reason: string): Cell {
  return { text: reason, mark: 'not measured' };
}
