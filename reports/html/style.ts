/** The style of every page: the common part, then a file a part of the report, and last what paper wants. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('styles/', import.meta.url);
const LAST = 'print.css';

const parts = readdirSync(FOLDER).filter((file) => file.endsWith('.css') && file !== LAST).sort();

export const STYLE = [new URL('style.css', import.meta.url), ...[...parts, LAST].map((file) => new URL(file, FOLDER))].map((file) => readFileSync(file, 'utf8')).join('');
