/**
 * A regular expression as a nondeterministic automaton, all of whose states are followed at once: linear in the text, whatever the pattern
 * (Thompson's construction). Knows characters, classes, groups, alternatives, repetitions and the two anchors; not back references, not
 * look-around.
 */
import type { Pattern } from './regular-expression.ts';

type Test = (code: number) => boolean;

/** What a state does: read a character and go on, go on to several, hold at the start or end of the text, or accept. */
type State =
  | { readonly kind: 'read'; readonly test: Test; next: number }
  | { readonly kind: 'split'; next: number[] }
  | { readonly kind: 'start' | 'end'; next: number }
  | { readonly kind: 'accept' };

// A counted repetition is written out; beyond this a pattern asks for more than it is worth.
const MOST_STATES = 20_000;
const DEEPEST = 50;

/** @throws Error when the pattern is none, uses what is not known here, or is too large */
export function automaton(pattern: string): Pattern {
  const builder = new Builder(pattern);
  const start = builder.build();
  const { states } = builder;
  return { test: (text) => runs(states, start, text) };
}

function runs(states: readonly State[], start: number, text: string): boolean {
  let current: number[] = [];
  let marks = new Uint8Array(states.length);
  for (let at = 0; at <= text.length; at++) {
    // A match may begin anywhere.
    if (follow(states, start, at, text.length, current, marks)) return true;
    if (at === text.length) return false;
    const code = text.charCodeAt(at);
    const next: number[] = [];
    const nextMarks = new Uint8Array(states.length);
    for (const index of current) {
      const state = states[index];
      if (
        state?.kind === 'read' &&
        state.test(code) &&
        follow(states, state.next, at + 1, text.length, next, nextMarks)
      )
        return true;
    }
    current = next;
    marks = nextMarks;
  }
  return false;
}

/** Adds a state and all that it leads to without reading; true when one of them accepts. */
function follow(
  states: readonly State[],
  from: number,
  at: number,
  end: number,
  into: number[],
  marks: Uint8Array,
): boolean {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (marks[index]) continue;
    marks[index] = 1;
    const state = states[index];
    switch (state?.kind) {
      case 'accept':
        return true;
      case 'read':
        into.push(index);
        break;
      case 'split':
        open.push(...state.next);
        break;
      case 'start':
        if (at === 0) open.push(state.next);
        break;
      case 'end':
        if (at === end) open.push(state.next);
        break;
    }
  }
  return false;
}

/** Builds from the end: each part is given the state that follows it, and says where it begins. */
type Part = (next: number) => number;

class Builder {
  readonly states: State[] = [];
  readonly #pattern: string;
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  build(): number {
    const part = this.#alternatives();
    if (this.#at < this.#pattern.length) throw new Error(`the pattern ends unexpectedly at ${this.#at + 1}`);
    return part(this.#add({ kind: 'accept' }));
  }

  #add(state: State): number {
    if (this.states.length >= MOST_STATES) throw new Error('the pattern is too large');
    return this.states.push(state) - 1;
  }

  #takes(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): Part {
    if (++this.#depth > DEEPEST) throw new Error('the pattern is nested too deep');
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    this.#depth--;
    const [only] = parts;
    return parts.length === 1 && only
      ? only
      : (next) => this.#add({ kind: 'split', next: parts.map((part) => part(next)) });
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== '|' && this.#pattern[this.#at] !== ')')
      parts.push(this.#repeated());
    return (next) => parts.reduceRight((after, part) => part(after), next);
  }

  #repeated(): Part {
    let part = this.#atom();
    for (;;) {
      const [low, high] = this.#repetition();
      if (low === undefined) return part;
      // A lazy or possessive mark changes what is captured, not what matches.
      if (!this.#takes('?')) this.#takes('+');
      part = this.#times(part, low, high);
    }
  }

  #repetition(): [number, number | undefined] | [undefined, undefined] {
    if (this.#takes('*')) return [0, undefined];
    if (this.#takes('+')) return [1, undefined];
    if (this.#takes('?')) return [0, 1];
    const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 20));
    if (!counted) return [undefined, undefined];
    this.#at += counted[0].length;
    const low = Number(counted[1]);
    return [low, counted[2] === undefined ? low : counted[3] ? Number(counted[3]) : undefined];
  }

  #times(part: Part, low: number, high: number | undefined): Part {
    return (next) => {
      let after = next;
      if (high === undefined) {
        const split: State & { kind: 'split' } = { kind: 'split', next: [] };
        after = this.#add(split);
        split.next = [part(after), next];
      } else {
        for (let at = low; at < high; at++) after = this.#add({ kind: 'split', next: [part(after), next] });
      }
      for (let at = 0; at < low; at++) after = part(after);
      return after;
    };
  }

  #atom(): Part {
    if (this.#takes('(')) {
      if (this.#takes('?:') || !this.#takes('?')) {
        const inner = this.#alternatives();
        if (!this.#takes(')')) throw new Error('a parenthesis is not closed');
        return inner;
      }
      throw new Error('look-around and named groups are not run here');
    }
    if (this.#takes('^')) return (next) => this.#add({ kind: 'start', next });
    if (this.#takes('$')) return (next) => this.#add({ kind: 'end', next });
    const test = this.#takes('[') ? this.#class() : this.#takes('.') ? () => true : this.#character();
    return (next) => this.#add({ kind: 'read', test, next });
  }

  #character(): Test {
    if (this.#takes('\\')) return this.#escape();
    const code = this.#pattern.charCodeAt(this.#at++);
    return (each) => each === code;
  }

  #escape(): Test {
    const letter = this.#pattern[this.#at++] ?? '';
    const known = Object.hasOwn(CLASSES, letter) ? CLASSES[letter] : undefined;
    if (known) return known;
    const unicode = letter === 'u' ? /^[0-9a-fA-F]{4}/.exec(this.#pattern.slice(this.#at))?.[0] : undefined;
    if (unicode) this.#at += 4;
    else if (/[A-Za-z0-9]/.test(letter) && !Object.hasOwn(CONTROLS, letter))
      throw new Error(`\\${letter} is not run here`);
    const code = unicode ? Number.parseInt(unicode, 16) : (CONTROLS[letter] ?? letter.charCodeAt(0));
    return (each) => each === code;
  }

  #class(): Test {
    const negated = this.#takes('^');
    const tests: Test[] = [];
    while (!this.#takes(']')) {
      if (this.#at >= this.#pattern.length) throw new Error('a class is not closed');
      tests.push(this.#range());
    }
    return (code) => tests.some((test) => test(code)) !== negated;
  }

  #range(): Test {
    const from = this.#at;
    const first = this.#character();
    const low = this.#single(from);
    if (
      low === undefined ||
      this.#pattern[this.#at] !== '-' ||
      this.#pattern[this.#at + 1] === ']' ||
      this.#at + 1 >= this.#pattern.length
    )
      return first;
    this.#at++;
    const to = this.#at;
    const last = this.#character();
    const high = this.#single(to);
    if (high === undefined) return (code) => first(code) || last(code) || code === 45;
    return (code) => code >= low && code <= high;
  }

  /** The code of the one character that was read from `from`; undefined when it was a class such as \d. */
  #single(from: number): number | undefined {
    const text = this.#pattern.slice(from, this.#at);
    if (!text.startsWith('\\')) return text.charCodeAt(0);
    const letter = text[1] ?? '';
    if (Object.hasOwn(CLASSES, letter)) return undefined;
    return text.length > 2 ? Number.parseInt(text.slice(2), 16) : (CONTROLS[letter] ?? letter.charCodeAt(0));
  }
}

const isDigit: Test = (code) => code >= 48 && code <= 57;
const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
const isSpace: Test = (code) => /\s/.test(String.fromCharCode(code));
const not =
  (test: Test): Test =>
  (code) =>
    !test(code);

const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };
