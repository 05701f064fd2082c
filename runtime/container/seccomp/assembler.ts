/**
 * Assembles classic BPF from its end to its beginning.
 *
 * Every jump of classic BPF leads forward, so what it leads to is already in place when it is written and its
 * distance is known. A conditional one reaches 255 instructions: what lies farther is led to by a jump that
 * reaches any distance (BPF_JA), or, if it is a return, repeated near by.
 */

/** struct sock_filter: what to do, how many instructions to skip if true and if false, and a constant. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** linux/bpf_common.h: class, size and mode, or source, together. */
export const CODE = { load: 0x20, and: 0x54, jump: 0x05, equal: 0x15, greater: 0x25, atLeast: 0x35, anyBit: 0x45, return: 0x06 } as const;

/** Where an instruction stands, counted from the end. */
export type Place = number;

const REACH = 255;

export class Assembler {
  /** The last instruction first. */
  readonly #code: Instruction[] = [];
  readonly #returns = new Map<number, Place>();

  /** Ends the filter with a value. The same value again is the same place while it is near. */
  returns(value: number): Place {
    const known = this.#returns.get(value);
    // Room for the few instructions of a condition, so that the branch which wants it need not repeat it.
    if (known !== undefined && this.#distance(known) < REACH - 16) return known;
    const place = this.#put({ code: CODE.return, jt: 0, jf: 0, k: value });
    this.#returns.set(value, place);
    return place;
  }

  /** Compares the accumulator with `k` and goes on at one place or the other. */
  branch(code: number, k: number, whenTrue: Place, whenFalse: Place): Place {
    // Bringing the second one near may push the first one instruction farther off.
    const yes = this.#near(whenTrue, 1);
    const no = this.#near(whenFalse, 0);
    return this.#put({ code, jt: this.#distance(yes), jf: this.#distance(no), k });
  }

  /** Loads a word of struct seccomp_data, then goes on at a place. */
  load(offset: number, then: Place): Place {
    this.#follow(then);
    return this.#put({ code: CODE.load, jt: 0, jf: 0, k: offset });
  }

  /** Keeps only these bits of the accumulator, then goes on at a place. */
  and(mask: number, then: Place): Place {
    this.#follow(then);
    return this.#put({ code: CODE.and, jt: 0, jf: 0, k: mask });
  }

  /** The program so far, first instruction first. */
  listing(): Instruction[] {
    return this.#code.toReversed();
  }

  #put(instruction: Instruction): Place {
    return this.#code.push(instruction) - 1;
  }

  /** Instructions skipped by a jump, written now, to a place. */
  #distance(place: Place): number {
    return this.#code.length - 1 - place;
  }

  #near(place: Place, room: number): Place {
    if (this.#distance(place) + room <= REACH) return place;
    const there = this.#code[place];
    if (there?.code === CODE.return) {
      const copy = this.#put(there);
      this.#returns.set(there.k, copy);
      return copy;
    }
    return this.#jump(place);
  }

  /** What does not jump falls through: it needs its successor right behind it. */
  #follow(place: Place): void {
    if (this.#distance(place) !== 0) this.#jump(place);
  }

  #jump(place: Place): Place {
    return this.#put({ code: CODE.jump, jt: 0, jf: 0, k: this.#distance(place) });
  }
}

/** As the kernel takes it: 8 bytes an instruction, little-endian. */
export function encode(listing: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(listing.length * 8);
  const view = new DataView(bytes.buffer);
  listing.forEach(({ code, jt, jf, k }, index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  });
  return bytes;
}
