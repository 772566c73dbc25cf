/**
 * A seeded stream of pseudo-random numbers (sfc32). Each subject of each client draws from a stream of its own, so a change to
 * one subject moves no other, and client k is the same in a population of any size.
 */

/** One choice of a weighted list: the value, and how often it comes relative to the others. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/** 32 bits of FNV-1a over the UTF-16 units of `text`. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  return bits | 0;
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** The stream of `subject` for client `index` of the population `seed`: the same numbers for the same three, always. */
  constructor(seed: number, index: number, subject: string) {
    this.#a = seed | 0;
    this.#b = index | 0;
    this.#c = hash(subject);
    // Mixes the three into all of the state; neighbouring seeds are unrelated after twelve rounds.
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** A fraction in [0, 1). */
  fraction(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }

  /** An integer of [low, high], both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** A number of [low, high] with `digits` decimal places. */
  decimal(low: number, high: number, digits: number): number {
    return Number((low + this.fraction() * (high - low)).toFixed(digits));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of `values`, which is never empty. */
  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)] as T;
  }

  /** One of `choices`, which is never empty, as often as its weight says. */
  weighted<T>(choices: Weighted<T>): T {
    let left = this.fraction() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(choices)[0];
  }

  /** `count` different values, in random order; all of them when there are fewer. */
  sample<T>(values: readonly T[], count: number): T[] {
    const left = [...values];
    const chosen: T[] = [];
    while (chosen.length < count && left.length > 0) chosen.push(...left.splice(this.integer(0, left.length - 1), 1));
    return chosen;
  }
}

const hex = (bits: number): string => (bits >>> 0).toString(16).padStart(8, '0');

/** A version 4 UUID in lower case, from the next 128 bits of `random`. https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
export function uuid(random: Random): string {
  const digits = hex(random.bits()) + hex(random.bits()) + hex(random.bits()) + hex(random.bits());
  const variant = '89ab'.charAt(random.integer(0, 3));
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20),
  ].join('-');
}
