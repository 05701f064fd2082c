/** A value as a field of CSV (RFC 4180); `null` is an empty one. */
export function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
