/**
 * What stands between this host and KVM, and what to do about it: a pure function of the facts, for when the device is
 * not there, may not be opened, or opens and fails its probe.
 */
import type { KvmFacts } from './facts.ts';

export interface Advice {
  /** What is to do first, in the imperative. */
  readonly remedy: string;
  /** What it rests on, and how to look further: sentences. */
  readonly background: readonly string[];
}

interface Case {
  readonly when: (facts: KvmFacts) => boolean;
  readonly advice: (facts: KvmFacts) => Advice;
}

/** How each hypervisor is told to hand the extension down, by the name that it gives itself. */
const HYPERVISORS: readonly { readonly name: RegExp; readonly how: string }[] = [
  { name: /VMware/, how: 'in the settings of this virtual machine’s processors, tick "Virtualize Intel VT-x/EPT or AMD-V/RVI", with it powered off' },
  { name: /VirtualBox|innotek/, how: 'with it powered off, on the machine beneath: VBoxManage modifyvm NAME --nested-hw-virt on' },
  { name: /Microsoft/, how: 'with it powered off, on the machine beneath: Set-VMProcessor -VMName NAME -ExposeVirtualizationExtensions $true' },
  { name: /Xen/, how: 'on the machine beneath, put nestedhvm=1 and hap=1 into its configuration' },
  { name: /QEMU|KVM|Red Hat|oVirt|OpenStack/, how: 'on the machine beneath, load kvm_intel or kvm_amd with nested=1, and give this virtual machine the processor "host" (libvirt: host-passthrough)' },
];

const SEE_FLAGS = 'Whether the hypervisor beneath hands it down shows here: grep -cE "vmx|svm" /proc/cpuinfo has to say more than 0.';
const SEE_OUTSIDE = 'Whether it can shows on the machine beneath, where that is Linux: cat /sys/module/kvm_intel/parameters/nested (or kvm_amd) has to say Y or 1.';
const CLOUD = 'In a cloud that is a property of the type of machine: ordinary ones mostly lack it; the bare-metal ones have it, and so do those of which the provider says "nested virtualisation", where it may have to be asked for when the machine is made.';

function handDown({ beneath }: KvmFacts): string {
  return HYPERVISORS.find(({ name }) => name.test(beneath ?? ''))?.how ?? 'switch on nested virtualisation in its hypervisor (for KVM: kvm_intel or kvm_amd with nested=1, processor "host")';
}

function module({ extension, vendor }: KvmFacts): string {
  return extension === 'vmx' || (extension === null && vendor === 'intel') ? 'kvm_intel' : extension === 'svm' || vendor === 'amd' ? 'kvm_amd' : 'kvm_intel (Intel) or kvm_amd (AMD)';
}

const SETTING: Readonly<Record<'intel' | 'amd' | 'unknown', string>> = {
  intel: '"Intel Virtualization Technology" or "VT-x" (often under Advanced, CPU or Security)',
  amd: '"SVM Mode" or "AMD-V" (often under Advanced, CPU or Overclocking)',
  unknown: '"Intel Virtualization Technology" (VT-x), or "SVM Mode" on AMD',
};

/** First match wins. */
const CASES: readonly Case[] = [
  {
    when: ({ device }) => device === 'denied',
    advice: () => ({
      remedy: 'join the group that owns it: sudo usermod -aG kvm "$USER", then log in again; or run as root',
      background: ['ls -l /dev/kvm shows its group, id shows yours; a new group counts only in sessions begun after it was given.', 'Where it belongs to root alone, nothing gave the group its right, as udev does where it runs: sudo chown root:kvm /dev/kvm && sudo chmod 660 /dev/kvm.'],
    }),
  },
  {
    when: ({ device, wsl }) => device === 'absent' && wsl,
    advice: () => ({
      remedy: 'in Windows put nestedVirtualization=true below [wsl2] into %UserProfile%\\.wslconfig, then run: wsl --shutdown',
      background: ['This is WSL: a virtual machine of Windows’. Nested virtualisation in it needs Windows 11 and WSL 2 (wsl -l -v shows the version).', SEE_FLAGS],
    }),
  },
  {
    when: ({ device, container }) => device === 'absent' && container !== null,
    advice: ({ container, extension }) => ({
      remedy: `hand the device into the container: ${container === 'docker' || container === 'podman' ? `${container} run --device /dev/kvm …` : 'lxc.mount.entry or a bind of /dev/kvm in its configuration'}`,
      background: ['A container has the devices that it was started with, and /dev/kvm is none of them by itself; ls -l /dev/kvm outside tells whether the host has it.', ...(extension === null ? ['The processor shows neither vmx nor svm, so it may not be there outside either.'] : [])],
    }),
  },
  {
    when: ({ device, extension }) => device === 'absent' && extension !== null,
    advice: (facts) => ({
      remedy: `load the module: sudo modprobe ${module(facts)}`,
      background: [
        `The processor has ${facts.extension ?? ''}, so only the kernel’s part is missing; to load it at every boot: echo ${module(facts)} | sudo tee /etc/modules-load.d/kvm.conf`,
        `When modprobe says "Operation not supported", and dmesg "disabled by BIOS", switch it on in the firmware’s set-up: ${SETTING[facts.vendor ?? 'unknown']}.`,
        'When modprobe finds no such module, the kernel was built without: install the distribution’s ordinary kernel.',
      ],
    }),
  },
  {
    when: ({ device, nested }) => device === 'absent' && nested,
    advice: (facts) => ({
      remedy: `this host is a guest${facts.beneath === null ? '' : ` (${facts.beneath})`}: ${handDown(facts)}; or use a machine that has it`,
      background: ['KVM in a guest needs nested virtualisation: the hypervisor beneath has to hand the processor’s extension down.', SEE_FLAGS, SEE_OUTSIDE, CLOUD],
    }),
  },
  {
    when: ({ device }) => device === 'absent',
    advice: (facts) => ({
      remedy: `switch on virtualisation in the set-up of BIOS or UEFI: ${SETTING[facts.vendor ?? 'unknown']}; then: sudo modprobe ${module(facts)}`,
      background: ['The processor shows neither vmx nor svm. Nearly all made since 2010 have one of them; where the firmware has switched it off, Linux does not show it.', 'The set-up is reached by a key at power-on (often Del, F2 or F10), or by: systemctl reboot --firmware-setup. After the change switch the machine off once: a restart may not be enough.'],
    }),
  },
  {
    when: ({ nested, extension }) => nested && extension === null,
    advice: (facts) => ({
      remedy: `this host is a guest whose hypervisor${facts.beneath === null ? '' : ` (${facts.beneath})`} hands down no vmx or svm: ${handDown(facts)}; or use a host on bare metal`,
      background: ['/dev/kvm opens all the same: what answers there has no processor’s help, and interprets instructions until it meets one that it does not know. So the device alone proves nothing, and a guest is run.', SEE_FLAGS, SEE_OUTSIDE, CLOUD],
    }),
  },
  {
    when: ({ nested }) => nested,
    advice: (facts) => ({
      remedy: `see the kernel’s log (sudo dmesg | grep -i kvm); nested virtualisation may be incomplete here: ${handDown(facts)}; or use a host on bare metal`,
      background: [`The processor shows ${facts.extension ?? ''}, and the guest that was run did not come to its end: the hypervisor beneath (${facts.beneath ?? 'it does not name itself'}) handles part of it alone.`, SEE_OUTSIDE, CLOUD],
    }),
  },
  {
    when: () => true,
    advice: () => ({
      remedy: 'see the kernel’s log (sudo dmesg | grep -i kvm), and stop other hypervisors',
      background: ['VirtualBox and VMware take the processor’s extension for themselves while they run: lsmod | grep -E "vboxdrv|vmmon".', 'A kernel and a firmware that are up to date have mended this before.'],
    }),
  },
];

export function kvmAdvice(facts: KvmFacts): Advice {
  const found = CASES.find(({ when }) => when(facts));
  if (found === undefined) throw new Error('the last case is for all');
  return found.advice(facts);
}
