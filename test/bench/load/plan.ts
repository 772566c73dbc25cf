/** What the load generator is asked for and what it answers. */
import type { RequestText } from '../../raw-http.ts';

/** Requests of one kind; a connection picks a kind by weight, then one of its requests. */
export interface Kind {
  readonly name: string;
  /** Default 1. */
  readonly weight?: number;
  readonly requests: readonly RequestText[];
}

export interface Plan {
  readonly port: number;
  /** Each sends its next request when the answer to the last has come. */
  readonly connections: number;
  readonly kinds: readonly Kind[];
  /**
   * random: drawn from a fixed seed until `seconds` are over. once: every request of the only kind once, in order; it measures how long that takes.
   */
  readonly order: 'random' | 'once';
  readonly seconds?: number;
}

/** What came of the requests of one kind. */
export interface KindResult {
  readonly name: string;
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maximumMs: number;
  /** Answers of 400 and above, by status. A benchmark that has some measured something else than it says. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface LoadResult {
  readonly seconds: number;
  readonly kinds: readonly KindResult[];
  /** Share of one core that the generator itself used; near 1 it is the generator that is measured. */
  readonly generatorLoad: number;
}
