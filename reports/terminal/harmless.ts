/** A result may come from anywhere: what it says must not steer the terminal (escapes, right-to-left marks). */
export function harmless(text: string): string {
  return text.replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}
