/** Runs a seccomp filter as the kernel does, and checks what the kernel checks before it takes one. */
import { CODE, type Instruction } from './assembler.ts';

/** What a filter is shown of a call: struct seccomp_data. */
export interface Call {
  readonly architecture: number;
  readonly number: number;
  readonly args: readonly bigint[];
}

export interface Run {
  readonly value: number;
  /** Instructions performed. */
  readonly steps: number;
  /** Offsets of the words that were read. */
  readonly read: readonly number[];
}

export function decode(program: Uint8Array): Instruction[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return Array.from({ length: program.length / 8 }, (_, index) => ({
    code: view.getUint16(index * 8, true),
    jt: view.getUint8(index * 8 + 2),
    jf: view.getUint8(index * 8 + 3),
    k: view.getUint32(index * 8 + 4, true),
  }));
}

function data({ architecture, number, args }: Call): DataView {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, number, true);
  view.setUint32(4, architecture, true);
  args.forEach((argument, index) => view.setBigUint64(16 + 8 * index, argument, true));
  return view;
}

export function run(program: readonly Instruction[], call: Call): Run {
  const words = data(call);
  const read: number[] = [];
  let accumulator = 0;
  let at = 0;
  for (let steps = 1; ; steps++) {
    const instruction = program[at];
    if (instruction === undefined) throw new Error(`the filter ran out at ${at}`);
    const { code, jt, jf, k } = instruction;
    at++;
    switch (code) {
      case CODE.load:
        read.push(k);
        accumulator = words.getUint32(k, true);
        break;
      case CODE.and:
        accumulator = (accumulator & k) >>> 0;
        break;
      case CODE.jump:
        at += k;
        break;
      case CODE.equal:
        at += accumulator === k ? jt : jf;
        break;
      case CODE.greater:
        at += accumulator > k ? jt : jf;
        break;
      case CODE.atLeast:
        at += accumulator >= k ? jt : jf;
        break;
      case CODE.anyBit:
        at += (accumulator & k) !== 0 ? jt : jf;
        break;
      case CODE.return:
        return { value: k, steps, read };
      default:
        throw new Error(`instruction ${at - 1} has the code ${code}`);
    }
  }
}

/** Why the kernel would not take it, or `null`: bpf_check_classic and seccomp_check_filter. */
export function fault(program: readonly Instruction[]): string | null {
  if (program.length === 0 || program.length > 4096) return `${program.length} instructions`;
  if (program.at(-1)?.code !== CODE.return) return 'it does not end in a return';
  const codes: readonly number[] = Object.values(CODE);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    if (!codes.includes(code)) return `instruction ${index} has the code ${code}`;
    if (code === CODE.load && (k % 4 !== 0 || k > 60)) return `instruction ${index} loads from ${k}`;
    if ([jt, jf].some((jump) => !Number.isInteger(jump) || jump < 0 || jump > 255)) return `instruction ${index} jumps by ${jt} or ${jf}`;
    const farthest = code === CODE.jump ? k : Math.max(jt, jf);
    if (index + 1 + farthest >= program.length && code !== CODE.return) return `instruction ${index} jumps out`;
  }
  return null;
}

/** As one reads it: `jeq 0x10 2 0`. */
export function text({ code, jt, jf, k }: Instruction): string {
  const name = Object.entries(CODE).find(([, number]) => number === code)?.[0] ?? `code ${code}`;
  return [name, `0x${k.toString(16)}`, ...(jt + jf > 0 || [CODE.equal, CODE.greater, CODE.atLeast, CODE.anyBit].some((one) => one === code) ? [jt, jf] : [])].join(' ');
}
