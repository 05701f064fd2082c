/** How the files of a run are called, in the directory that it is given. */
export const RESULT_FILE = 'result.json';
export const JOURNAL_FILE = 'journal.jsonl';
