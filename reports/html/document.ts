/** The report as one HTML file: its sections in the order in which they are told, and the result itself. */
import type { VNode } from 'preact';
import type { Chart } from '../charts/chart.ts';
import { chartsOf } from '../charts/from-view.ts';
import { framed } from '../frame/frame.ts';
import { STARTING } from '../view/startup/startup.ts';
import { missingLine } from '../view/missing.ts';
import type { View } from '../view/view.ts';
import { html } from './markup.ts';
import { packedResult } from './packed.ts';
import { runStyles } from './run-styles.ts';
import { benchmarkSection } from './sections/benchmark.ts';
import { claimsSection } from './sections/claims.ts';
import { dataSection } from './sections/data.ts';
import { diskSection } from './sections/disk.ts';
import { fairnessSection } from './sections/fairness.ts';
import { headerSection } from './sections/header.ts';
import { hostSection } from './sections/host.ts';
import { memorySection } from './sections/memory.ts';
import { methodSection } from './sections/method.ts';
import { navigation, TO_TOP, type Group } from './sections/navigation.ts';
import { referencesSection } from './sections/references.ts';
import { stacksSection } from './sections/stacks.ts';
import { stageSection } from './sections/stage.ts';
import { startupSections } from './sections/startup.ts';
import { timelineSection } from './sections/timeline.ts';
import { warningSection } from './sections/warnings.ts';
import { densitySection, isolationSection, workSection } from './sections/work.ts';

/** Benchmarks with sections made for them. */
const TOLD: readonly string[] = ['memory', 'growth', 'disk', 'throughput', 'idle-cpu', 'density', 'interference'];

/** What the page consists of, in the order in which it is told. */
function contents(view: View, charts: readonly Chart[]): readonly Group[] {
  const benchmark = (id: string) => view.benchmarks.find((each) => each.id === id);
  const further = view.benchmarks.filter(({ id }) => !STARTING.includes(id) && !TOLD.includes(id));
  return [
    { title: 'Story', contents: [stacksSection(view.stacks), claimsSection(view.claims)] },
    { title: 'Start', contents: [...startupSections(view, charts), timelineSection(view)] },
    {
      title: 'Weight',
      contents: [
        memorySection(view.memory, view.benchmarks, charts, missingLine(view.result, ['memory', 'growth'])),
        diskSection(view.sizes, benchmark('disk'), charts, missingLine(view.result, ['disk'])),
        workSection(view.throughput, view.benchmarks, charts, missingLine(view.result, ['throughput', 'idle-cpu', 'density', 'interference'])),
        densitySection(view.crowd, benchmark('density'), charts),
        isolationSection(view.interference, view.reach, benchmark('interference'), charts),
        ...further.map((each) => benchmarkSection(each, charts)),
      ],
    },
    { title: 'Ground', contents: [fairnessSection(view.fairness), referencesSection(view.references), warningSection(view), methodSection(view), hostSection(view), dataSection(view)] },
  ];
}

function body(view: View, charts: readonly Chart[]): VNode {
  const groups = contents(view, charts);
  return html`<div>
    ${headerSection(view, navigation(groups))}
    <main>
      ${stageSection(view.questions, charts)}
      ${groups.map((group) => group.contents)}
      ${TO_TOP}
    </main>
    <footer><p>Made by tare ${view.result.tare.version}${view.result.tare.commit === null ? '' : ` (${view.result.tare.commit.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1')})`}, ${view.when}. Run ${view.result.run.id}.</p></footer>
  </div>`;
}

/** @returns the whole file */
export async function reportHtml(view: View): Promise<string> {
  const charts = chartsOf(view);
  return framed({ title: view.title, style: runStyles(view, charts), body: body(view, charts), charts, packed: await packedResult(view.result) });
}
