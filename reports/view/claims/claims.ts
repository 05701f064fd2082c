/** The article's claims, and what this run says of each. */
import type { ResultDocument } from '../../../benchmarks/result/schema.ts';
import type { RuntimeView } from '../runtimes.ts';
import { betterUse, diskOverAllocation, extraCpu, extraRam, lessOverhead, slowStart } from './costs.ts';
import { Evidence, type Finding } from './evidence.ts';
import { ownKernel, performanceIsolation, smallerSurface } from './heavier.ts';
import { fullGuestOs, isolation, manualSteps, sharedKernel, virtualHardware, wholeFilesystem } from './structure.ts';

export interface ClaimView extends Finding {
  readonly id: string;
  readonly claim: string;
  /** What one must mind in reading it. */
  readonly beware: string;
}

export interface ClaimsView {
  /** Of the article. */
  readonly claims: readonly ClaimView[];
  /** Not in the article: what the heavier box buys. */
  readonly heavier: readonly ClaimView[];
}

interface Claim {
  readonly id: string;
  /** In our words. */
  readonly claim: string;
  readonly beware: string;
  readonly judge: (evidence: Evidence) => Finding;
}

const CLAIMS: readonly Claim[] = [
  { id: 'full-guest-os', claim: 'Under a virtual machine’s app lies a whole guest OS.', beware: 'It is what people do, not what a machine needs.', judge: fullGuestOs },
  { id: 'shared-kernel', claim: 'Containers share the host’s kernel; virtual machines do not.', beware: '', judge: sharedKernel },
  { id: 'virtual-hardware', claim: 'A virtual machine emulates hardware.', beware: 'A machine made for speed has almost none.', judge: virtualHardware },
  { id: 'extra-cpu', claim: 'A virtual machine costs processor time of its own.', beware: 'Emulated machines prove nothing here.', judge: extraCpu },
  { id: 'extra-ram', claim: 'A virtual machine costs RAM of its own.', beware: 'Only what was touched is taken from the host, not what was set aside.', judge: extraRam },
  { id: 'disk-over-allocation', claim: 'Disk is over-allocated for each virtual machine.', beware: 'Thin disks and shared backing files change the answer.', judge: diskOverAllocation },
  { id: 'slow-start', claim: 'A new virtual machine is slow to start.', beware: 'A machine resumed from a snapshot changes the answer.', judge: slowStart },
  { id: 'manual-steps', claim: 'A virtual machine needs many steps by hand.', beware: 'The same work must be counted on both sides.', judge: manualSteps },
  { id: 'isolation', claim: 'Containers are isolated by cgroups, namespaces and SELinux policies.', beware: 'Capabilities, seccomp and AppArmor have a part in it too.', judge: isolation },
  { id: 'whole-filesystem', claim: 'A container wraps its app in a complete file system.', beware: 'It holds no kernel.', judge: wholeFilesystem },
  { id: 'less-overhead', claim: 'Apps run with less overhead in containers.', beware: '', judge: lessOverhead },
  { id: 'better-use', claim: 'More of the hardware does useful work.', beware: 'How many fit depends on what each of them does.', judge: betterUse },
];

const HEAVIER: readonly Claim[] = [
  { id: 'own-kernel', claim: 'A virtual machine has a kernel of its own.', beware: 'It has to be kept up to date as well.', judge: ownKernel },
  { id: 'smaller-surface', claim: 'Less of the host’s kernel is within an app’s reach.', beware: 'A count of system calls is no measure of safety.', judge: smallerSurface },
  { id: 'performance-isolation', claim: 'A greedy neighbour disturbs a virtual machine less.', beware: 'Limits of cgroups narrow the difference.', judge: performanceIsolation },
];

export function claimsView(result: ResultDocument, runtimes: readonly RuntimeView[]): ClaimsView {
  const evidence = new Evidence(result, runtimes);
  const judged = ({ judge, ...claim }: Claim): ClaimView => ({ ...claim, ...judge(evidence) });
  return { claims: CLAIMS.map(judged), heavier: HEAVIER.map(judged) };
}
