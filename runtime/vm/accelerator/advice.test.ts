import test from 'ava';
import { recordedFiles } from '../../host/files.ts';
import { kvmAdvice } from './advice.ts';
import { factsOf, type KvmFacts } from './facts.ts';

const INTEL = 'vendor_id\t: GenuineIntel\n';
const AMD = 'vendor_id\t: AuthenticAMD\n';

function flags(...names: string[]): string {
  return `flags\t\t: fpu vme ${names.join(' ')}\n`;
}

interface Recorded {
  readonly device: KvmFacts['device'];
  readonly files: Readonly<Record<string, string>>;
  readonly remedy: RegExp;
  readonly background: RegExp;
}

function guestOf(vendor: string, product = ''): Record<string, string> {
  return { '/proc/cpuinfo': `${INTEL}${flags('hypervisor')}`, '/sys/class/dmi/id/sys_vendor': `${vendor}\n`, '/sys/class/dmi/id/product_name': `${product}\n` };
}

const HOSTS: Readonly<Record<string, Recorded>> = {
  'not in the group': {
    device: 'denied', files: { '/proc/cpuinfo': INTEL + flags('vmx') },
    remedy: /sudo usermod -aG kvm "\$USER", then log in again/, background: /ls -l \/dev\/kvm/,
  },
  'Intel on bare metal, module not loaded': {
    device: 'absent', files: { '/proc/cpuinfo': INTEL + flags('vmx') },
    remedy: /^load the module: sudo modprobe kvm_intel$/, background: /disabled by BIOS.*VT-x/,
  },
  'AMD on bare metal, module not loaded': {
    device: 'absent', files: { '/proc/cpuinfo': AMD + flags('svm') },
    remedy: /^load the module: sudo modprobe kvm_amd$/, background: /disabled by BIOS.*SVM Mode/,
  },
  'Intel on bare metal, switched off in the firmware': {
    device: 'absent', files: { '/proc/cpuinfo': INTEL + flags() },
    remedy: /BIOS or UEFI: "Intel Virtualization Technology".*modprobe kvm_intel$/, background: /neither vmx nor svm.*switch the machine off/,
  },
  'AMD on bare metal, switched off in the firmware': {
    device: 'absent', files: { '/proc/cpuinfo': AMD + flags() },
    remedy: /BIOS or UEFI: "SVM Mode".*modprobe kvm_amd$/, background: /firmware-setup/,
  },
  'a processor of neither': {
    device: 'absent', files: {},
    remedy: /VT-x\), or "SVM Mode" on AMD; then: sudo modprobe kvm_intel \(Intel\) or kvm_amd \(AMD\)/, background: /neither/,
  },
  'a guest of KVM without nested virtualisation': {
    device: 'absent', files: guestOf('QEMU', 'Standard PC'),
    remedy: /is a guest \(QEMU Standard PC\): .*nested=1.*processor "host"/, background: /grep -cE "vmx\|svm" \/proc\/cpuinfo.*kvm_intel\/parameters\/nested.*In a cloud/,
  },
  'a guest of VMware': { device: 'absent', files: guestOf('VMware, Inc.', 'VMware Virtual Platform'), remedy: /"Virtualize Intel VT-x\/EPT or AMD-V\/RVI"/, background: /nested virtualisation/ },
  'a guest of VirtualBox': { device: 'absent', files: guestOf('innotek GmbH', 'VirtualBox'), remedy: /--nested-hw-virt on/, background: /nested virtualisation/ },
  'a guest of Hyper-V': { device: 'absent', files: guestOf('Microsoft Corporation', 'Virtual Machine'), remedy: /ExposeVirtualizationExtensions/, background: /nested virtualisation/ },
  'a guest of who knows what': { device: 'absent', files: { '/proc/cpuinfo': AMD + flags('hypervisor') }, remedy: /switch on nested virtualisation in its hypervisor/, background: /In a cloud/ },
  'a guest that has it, module not loaded': { device: 'absent', files: { '/proc/cpuinfo': AMD + flags('hypervisor', 'svm') }, remedy: /modprobe kvm_amd/, background: /kernel’s part/ },
  'in a Docker container': {
    device: 'absent', files: { '/.dockerenv': '', '/proc/cpuinfo': INTEL + flags('vmx') },
    remedy: /docker run --device \/dev\/kvm/, background: /devices that it was started with/,
  },
  'in a container of a host that shows no extension': { device: 'absent', files: { '/run/.containerenv': '', ...guestOf('QEMU') }, remedy: /podman run --device/, background: /may not be there outside either/ },
  'in LXC': { device: 'absent', files: { '/run/systemd/container': 'lxc', '/proc/cpuinfo': INTEL + flags('vmx') }, remedy: /lxc\.mount\.entry/, background: /outside/ },
  'in WSL': {
    device: 'absent', files: { ...guestOf('Microsoft Corporation'), '/proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2' },
    remedy: /nestedVirtualization=true.*\.wslconfig.*wsl --shutdown/, background: /Windows 11/,
  },
  'a device that opens in a guest without the extension, and does not work': {
    device: 'openable', files: { '/proc/cpuinfo': INTEL + flags('hypervisor'), '/proc/modules': 'kvm_pvm 1 0 - Live 0x0\n' },
    remedy: /hands down no vmx or svm/, background: /interprets instructions.*the device alone proves nothing.*In a cloud/,
  },
  'nested, shown, and not whole': { device: 'openable', files: { '/proc/cpuinfo': INTEL + flags('hypervisor', 'vmx') }, remedy: /dmesg.*may be incomplete/, background: /shows vmx/ },
  'bare metal that opens and does not work': { device: 'openable', files: { '/proc/cpuinfo': INTEL + flags('vmx') }, remedy: /dmesg.*stop other hypervisors/, background: /vboxdrv\|vmmon/ },
};

for (const [name, { device, files, remedy, background }] of Object.entries(HOSTS)) {
  test(`what to do: ${name}`, (t) => {
    const advice = kvmAdvice(factsOf(device, recordedFiles(files)));
    t.regex(advice.remedy, remedy);
    t.regex(advice.background.join(' '), background);
  });
}
