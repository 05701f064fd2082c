/** Writes a fleet's files: the page, the medians, and beneath them each run's own report. */
import { join } from 'node:path';
import { writeReport } from '../write.ts';
import { writeWhole } from '../whole.ts';
import { fleetCsv } from './csv.ts';
import { fleetHtml } from './html.ts';
import { fleetMarkdown } from './text.ts';
import type { FleetView, RunView } from './view.ts';

/** `07-lab-3`: a number that no other run has, and what of the host's name any file system takes. */
function folderOf({ position, result }: RunView): string {
  const name = (result.host.hostname ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40);
  return [String(position + 1).padStart(2, '0'), name].filter((each) => each !== '').join('-');
}

/**
 * `fleet.html`, `fleet.csv`, `fleet.md`, and `machines/NN-HOST/report.html` with its companions for each run.
 * @returns the page's path
 */
export async function writeFleet(view: FleetView, directory: string): Promise<string> {
  for (const { runs } of view.hosts) {
    // One after the other: fifty at once would hold fifty pages in memory.
    for (const run of runs) await writeReport(run.result, join(directory, 'machines', folderOf(run)), { images: false });
  }
  await writeWhole(join(directory, 'fleet.csv'), fleetCsv(view));
  await writeWhole(join(directory, 'fleet.md'), fleetMarkdown(view));
  return writeWhole(join(directory, 'fleet.html'), await fleetHtml(view, (run) => `machines/${folderOf(run)}/report.html`));
}
