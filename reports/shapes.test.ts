/** Whatever a run came to, its report is written, is readable, and claims nothing that was not measured. */
import test from 'ava';
import { chartsOf } from './charts/from-view.ts';
import { reportHtml } from './html/document.ts';
import { markdownReport } from './markdown/markdown.ts';
import { SHAPES } from './sample/shapes.ts';
import { terminalReport } from './terminal/terminal.ts';
import { buildView, type View } from './view/view.ts';

/** All that is said to people, in one text. */
async function said(view: View): Promise<{ html: string; markdown: string; terminal: string }> {
  return { html: (await reportHtml(view)).replace(/<script[^]*?<\/script>|<style[^]*?<\/style>/g, ''), markdown: markdownReport(view), terminal: terminalReport(view, { columns: 80, colours: false, unicode: true }) };
}

for (const [title, result] of Object.entries(SHAPES)) {
  test(`${title}: every form is written, and no figure that is none`, async (t) => {
    const view = buildView(result());
    const forms = await said(view);
    for (const [form, text] of Object.entries(forms)) {
      t.notRegex(text, /\b(NaN|undefined|null|Infinity)\b|\[object/, form);
      t.true(text.length > 200, form);
    }
    for (const line of forms.terminal.split('\n')) t.true(line.length <= 80, `${line.length}: ${line}`);
    t.true(chartsOf(view).every((chart) => chart.rows.length > 0));
    const ids = [...forms.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    t.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), [], 'an id stands twice');
    const targets = [...forms.html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? '');
    t.deepEqual(targets.filter((id) => !ids.includes(id) && !['slides', 'quiz'].includes(id)), [], 'a link leads nowhere');
  });
}

for (const title of ['no start that succeeded', 'interrupted before the first sample', 'nothing that could be prepared', 'no box at all']) {
  test(`${title}: no comparison, no claim supported by figures, and the reason said`, async (t) => {
    const view = buildView((SHAPES[title] as (typeof SHAPES)[string])());
    t.is(view.lead, null);
    t.deepEqual(view.comparisons, []);
    t.deepEqual(view.claims.claims.filter(({ figures }) => figures.some(({ text }) => /\d ×/.test(text))), []);
    const { terminal, html } = await said(view);
    if (title !== 'no box at all') for (const text of [terminal, html]) t.regex(text, /not measured|could be measured/);
  });
}

test('one box alone is weighed, and held against nobody', async (t) => {
  for (const title of ['a process alone', 'a container alone', 'a virtual machine alone']) {
    const view = buildView((SHAPES[title] as (typeof SHAPES)[string])());
    t.is(view.lead, null, title);
    t.is(view.stacks, null, title);
    t.deepEqual(view.memory.lenses.flatMap(({ ratios }) => ratios.map(({ value }) => value)).filter((value) => value !== null), [], title);
    t.regex((await said(view)).terminal, /^Memory: cgroup /m, title);
  }
});

test('thirty boxes: each has its row, in every form', async (t) => {
  const view = buildView((SHAPES['thirty boxes'] as (typeof SHAPES)[string])());
  const { html, markdown, terminal } = await said(view);
  for (let index = 1; index <= 26; index++) for (const text of [html, markdown, terminal]) t.regex(text, new RegExp(`peer-runtime-${index}\\b`));
});
