import test from 'ava';
import { TareError } from '../../errors.ts';
import { recordedFiles } from '../../host/files.ts';
import { factsOf, type KvmFacts } from './facts.ts';
import { proveAccelerator, type Confirmation, type ProofParts } from './prove.ts';
import * as recorded from './recorded-traces.ts';
import type { HostKey, Remembered } from './remembered.ts';
import type { Trace } from './trace.ts';

const key: HostKey = { bootId: 'b', kernel: 'k', qemu: 'q', cpu: 'c', probe: 'p', guestKernel: 'g' };

interface Host {
  readonly parts: ProofParts;
  /** What was done, in order. */
  readonly done: string[];
  readonly kept: Remembered[];
}

function host(options: { device?: KvmFacts['device']; trace?: Trace; confirmation?: Confirmation | null; remembered?: Remembered } = {}): Host {
  const { device = 'openable', trace = recorded.hardware, confirmation = { works: true, ms: 180 }, remembered } = options;
  const done: string[] = [];
  const kept: Remembered[] = [];
  const parts: ProofParts = {
    facts: factsOf(device, recordedFiles({ '/proc/cpuinfo': 'flags : vmx\n' })),
    key,
    store: {
      recall: async () => {
        done.push('recall');
        return remembered ?? null;
      },
      remember: async (_key, verdict) => {
        kept.push({ works: verdict.works, reason: verdict.reason });
      },
    },
    probe: async () => {
      done.push('probe');
      return trace;
    },
    ...(confirmation === null
      ? {}
      : {
          confirm: async () => {
            done.push('confirm');
            return confirmation;
          },
        }),
  };
  return { parts, done, kept };
}

test('auto: a good probe, confirmed by the guest kernel, is KVM; and is remembered', async (t) => {
  const { parts, done, kept } = host();
  const proof = await proveAccelerator('auto', parts);
  t.is(proof.accelerator, 'kvm');
  t.regex(proof.reason, /guest kernel was ready in 180 ms/);
  t.deepEqual(proof.trace, recorded.hardware);
  t.deepEqual(done, ['recall', 'probe', 'confirm']);
  t.true(kept[0]?.works);
});

test('auto: a failed probe is TCG without a confirmation; and is remembered', async (t) => {
  const { parts, done, kept } = host({ trace: recorded.interpreted });
  const proof = await proveAccelerator('auto', parts);
  t.is(proof.accelerator, 'tcg');
  t.regex(proof.reason, /CMPXCHG16B/);
  t.deepEqual(done, ['recall', 'probe']);
  t.false(kept[0]?.works);
});

test('auto: a good probe and a guest kernel that hangs is TCG', async (t) => {
  const { parts, kept } = host({ confirmation: { works: false, reason: 'not ready within 10000 ms: stopped' } });
  const proof = await proveAccelerator('auto', parts);
  t.is(proof.accelerator, 'tcg');
  t.regex(proof.reason, /but the guest kernel did not start: not ready within 10000 ms/);
  t.false(kept[0]?.works);
});

test('auto: without a guest kernel a good verdict stands, and is not remembered', async (t) => {
  const { parts, kept } = host({ confirmation: null });
  t.is((await proveAccelerator('auto', parts)).accelerator, 'kvm');
  t.deepEqual(kept, []);
});

test('auto: a remembered verdict starts nothing', async (t) => {
  for (const works of [true, false]) {
    const { parts, done } = host({ remembered: { works, reason: 'as before' } });
    const proof = await proveAccelerator('auto', parts);
    t.deepEqual(proof, { accelerator: works ? 'kvm' : 'tcg', reason: 'as before', trace: null });
    t.deepEqual(done, ['recall']);
  }
});

test('auto: no device, or one that is denied, starts nothing', async (t) => {
  for (const [device, reason] of [['absent', /does not exist/], ['denied', /permission denied/]] as const) {
    const { parts, done, kept } = host({ device });
    const proof = await proveAccelerator('auto', parts);
    t.is(proof.accelerator, 'tcg');
    t.regex(proof.reason, reason);
    t.deepEqual([done, kept], [[], []]);
  }
});

test('tcg: the user’s word is enough', async (t) => {
  const { parts, done } = host();
  t.is((await proveAccelerator('tcg', parts)).accelerator, 'tcg');
  t.deepEqual(done, []);
});

test('kvm: the user’s word overrides a bad verdict of before, but is proven again', async (t) => {
  const { parts, done, kept } = host({ remembered: { works: false, reason: 'as before' } });
  t.is((await proveAccelerator('kvm', parts)).accelerator, 'kvm');
  t.deepEqual(done, ['probe', 'confirm']);
  t.true(kept[0]?.works);
});

test('kvm: a failed probe is an error that names the marks reached', async (t) => {
  const { parts } = host({ trace: recorded.interpreted });
  const error = await t.throwsAsync(proveAccelerator('kvm', parts), { instanceOf: TareError });
  t.is(error?.code, 'no-kvm');
  t.regex(error?.message ?? '', /opens and does not work.*marks reached: R \(real mode\) at 40\.1 ms,.*M /);
  t.regex(error?.remedy ?? '', /--accelerator tcg/);
});

test('kvm: no device is an error with the remedy', async (t) => {
  const absent = await t.throwsAsync(proveAccelerator('kvm', host({ device: 'absent' }).parts), { instanceOf: TareError });
  t.is(absent?.code, 'no-kvm');
  t.regex(absent?.remedy ?? '', /modprobe kvm_intel/);
  const denied = await t.throwsAsync(proveAccelerator('kvm', host({ device: 'denied' }).parts), { instanceOf: TareError });
  t.regex(denied?.remedy ?? '', /usermod -aG kvm/);
});
