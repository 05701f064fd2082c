export interface TerminalOptions {
  readonly columns: number;
  readonly colours: boolean;
  /** False: bars of # and no other character beyond ASCII in them. */
  readonly unicode: boolean;
}
