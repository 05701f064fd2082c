/**
 * A plan that is encoded once and started many times.
 *
 * From instance to instance only the slot's name changes (in the paths of its cgroups and directories), and
 * that name has a fixed length: so the message is made once, and each start writes a few digits into it.
 * Building and encoding seventy steps anew would cost 0.3 ms of JavaScript, a tenth of a container's start.
 */
import type { Plan } from '../plan.ts';
import { encodeLaunch, writeId } from './wire.ts';

/** Names an instance: unique on the host while the launcher lives. */
export interface Slot {
  readonly launcherPid: number;
  readonly number: number;
}

const DIGITS = 7;

/** The name of everything that belongs to an instance; `tare clean` finds leftovers by it. */
export function slotName(slot: Slot): string {
  return `tare-${slot.launcherPid}-${String(slot.number).padStart(DIGITS, '0')}`;
}

export class PreparedPlan {
  readonly plan: Plan;
  readonly #message: Buffer;
  /** Where the digits stand. */
  readonly #places: readonly number[];

  /**
   * @param slot the one that the plan is made for; it can be started in any other as well
   * @throws {RangeError} when the plan is too long for one message
   */
  constructor(slot: Slot, makePlan: (slot: Slot) => Plan) {
    this.plan = makePlan(slot);
    this.#message = encodeLaunch(0, this.plan);
    const name = Buffer.from(slotName(slot));
    const places: number[] = [];
    for (let at = this.#message.indexOf(name); at >= 0; at = this.#message.indexOf(name, at + 1)) places.push(at + name.length - DIGITS);
    this.#places = places;
  }

  /** The message for one instance. The buffer is a copy: the socket may still be sending the last one. */
  message(slot: Slot): Buffer {
    const message = Buffer.from(this.#message);
    writeId(message, slot.number);
    if (slot.number >= 10 ** DIGITS) throw new RangeError(`more than ${10 ** DIGITS} instances from one launcher`);
    const digits = String(slot.number).padStart(DIGITS, '0');
    for (const place of this.#places) message.write(digits, place, 'latin1');
    return message;
  }
}
