/** The machine that measured. */
import type { VNode } from 'preact';
import { quantityText } from '../../view/numbers.ts';
import type { View } from '../../view/view.ts';
import { described, html } from '../markup.ts';

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
      ['storage', `${host.storage.fileSystem} on ${host.storage.device}`],
      ['beneath', host.virtualisation ?? 'bare metal'],
      ['cgroups', host.cgroup],
      ['SELinux', host.selinux],
      ['security modules', host.securityModules.length === 0 ? 'none to be seen' : host.securityModules.join(', ')],
      ['versions', Object.entries(host.versions).map(([program, version]) => `${program} ${version}`).join(', ')],
    ])}
  </section>`;
}
