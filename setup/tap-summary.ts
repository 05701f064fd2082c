/**
 * Reads TAP on standard input and tells it to people: a line a test, failures whole, and at the end
 * `N passed, N failed, N skipped`, which is also written to the file named by the first argument.
 *
 * AVA's own closing lines count a todo as failed, and are no form that others read.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { summarise } from './tap.ts';

const summary = await summarise(createInterface({ input: process.stdin }), (line) => console.log(line));
console.log(summary.line);
const [file] = process.argv.slice(2);
if (file !== undefined) writeFileSync(file, `${summary.line}\n`);
process.exitCode = summary.ok ? 0 : 1;
