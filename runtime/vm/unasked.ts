/** Why a machine's guest cannot tell what memory it sees, by metric. */
export function cannotTell(reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(['taken', 'free', 'available'].map((name) => [`memory.${name}`, reason]));
}
