/** The machine that measured. */
import type { VNode } from 'preact';
import { quantityText } from '../../view/numbers.ts';
import type { View } from '../../view/view.ts';
import { described, html } from '../markup.ts';

type Tuning = NonNullable<View['result']['host']['tuning']>;

/** What somebody must match who repeats a run. */
function tuningRows(tuning: Tuning): (readonly [string, string])[] {
  const { ksm, boost } = tuning;
  const rows: readonly (readonly [string, string | null])[] = [
    ['microcode', tuning.microcode],
    ['threads of a core', tuning.smt],
    ['clock speed set by', tuning.frequencyDriver === null ? null : `${tuning.frequencyDriver}${boost === null ? '' : boost ? ', boost allowed' : ', no boost'}`],
    ['idle processors by', tuning.idleDriver],
    ['clock source', tuning.clockSource],
    ['transparent huge pages', tuning.transparentHugePages],
    ['swappiness', tuning.swappiness === null ? null : String(tuning.swappiness)],
    ['KSM settings', ksm === null ? null : `run ${ksm.run}, ${ksm.pagesToScan} pages every ${ksm.sleepMs} ms`],
    ['inside a container', tuning.container],
    ['mitigations', Object.entries(tuning.mitigations).map(([name, what]) => `${name}: ${what}`).join('; ') || null],
  ];
  return rows.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
}

export function hostSection({ result }: View): VNode {
  const { host } = result;
  return html`<section id="host">
    <h2>The machine</h2>
    ${described([
      ...(host.hostname === null ? [] : [['name', host.hostname] as const]),
      ['system', `${host.os.distribution} ${host.os.release}, Linux ${host.os.kernel}, ${host.os.arch}`],
      ['kernel command line', host.os.commandLine],
      ['processor', `${host.cpu.brand} (${host.cpu.vendor}), ${host.cpu.logical} logical, ${host.cpu.physical} physical${host.cpu.maxMhz === null ? '' : `, up to ${host.cpu.maxMhz} MHz`}`],
      ['frequency governor', host.cpu.governor ?? 'none to be seen'],
      ['memory', `${quantityText('bytes', host.memory.totalBytes)}, ${quantityText('bytes', host.memory.availableBytes)} available at the start, swap ${quantityText('bytes', host.memory.swapTotalBytes)}, KSM ${host.memory.ksm === null ? 'not in this kernel' : host.memory.ksm ? 'on' : 'off'}`],
      ['storage', `${host.storage.fileSystem} on ${host.storage.device}${host.storage.options === undefined ? '' : ` (${host.storage.options})`}`],
      ...(host.tuning === undefined ? [] : tuningRows(host.tuning)),
      ['beneath', host.virtualisation ?? 'bare metal'],
      ['cgroups', host.cgroup],
      ['SELinux', host.selinux],
      ['security modules', host.securityModules.length === 0 ? 'none to be seen' : host.securityModules.join(', ')],
      ['versions', Object.entries(host.versions).map(([program, version]) => `${program} ${version}`).join(', ')],
    ])}
  </section>`;
}
