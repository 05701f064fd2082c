/** With no font on a machine, canvas draws boxes for letters and gives no error: the font must come along. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

/** Draws one chart under two titles of one length. Where no font is, both are the same row of boxes. */
const PROBE = `
  const at = (path) => import(new URL(path, process.env.REPORTS).href);
  const { chartPng, chartSvg } = await at('images/images.ts');
  const { chartsOf } = await at('charts/from-view.ts');
  const { buildView } = await at('view/view.ts');
  const { sampleResult } = await at('sample/sample.ts');
  const [chart] = chartsOf(buildView(sampleResult({ rounds: 5 })));
  const pictures = [];
  for (const title of ['Start-up', 'Start-up', 'Disk use']) pictures.push([await chartPng({ ...chart, title }), chartSvg({ ...chart, title })]);
  const [one, same, other] = pictures;
  process.stdout.write(JSON.stringify({ repeatable: one[0].equals(same[0]), png: !one[0].equals(other[0]), svg: !one[1].equals(other[1]) }));
`;

test('text survives on a machine without fonts', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'report-fonts-'));
  try {
    const configuration = join(directory, 'fonts.conf');
    writeFileSync(configuration, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><cachedir>${directory}</cachedir></fontconfig>`);
    const script = join(directory, 'probe.mjs');
    writeFileSync(script, PROBE);
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, FONTCONFIG_FILE: configuration, REPORTS: new URL('../', import.meta.url).href },
    });
    t.deepEqual(JSON.parse(stdout), { repeatable: true, png: true, svg: true });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
