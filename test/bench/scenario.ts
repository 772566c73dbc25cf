/** A scenario of the benchmark: what it gets and what it reports. */
import type { Databases } from '../databases.ts';
import type { LoadGenerator } from './load/load.ts';

export interface Options {
  /** Of one measurement. */
  readonly seconds: number;
  /** How often what is compared runs, in turns. */
  readonly rounds: number;
  /** Of the mixed load. */
  readonly minutes: number;
  /** Demo populations that searches run on, in clients. */
  readonly populations: readonly number[];
  /** Small data: to see that everything runs, not to measure. */
  readonly quick: boolean;
}

export interface Bench {
  readonly databases: Databases;
  readonly load: LoadGenerator;
  readonly options: Options;
}

/** One line of the report. */
export interface Row {
  readonly name: string;
  /** Figures by their name, which has the unit: `p50 ms`. */
  readonly figures: Readonly<Record<string, number | undefined>>;
}

/** What the project promises, and what was seen. */
export interface Target {
  readonly promise: string;
  readonly seen: number;
  readonly met: boolean;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly targets?: readonly Target[];
  readonly notes?: readonly string[];
}

export interface Scenario {
  /** By which --only chooses it. */
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Report>;
}

export const atLeast = (limit: number, promise: string, seen: number): Target => ({
  promise,
  seen,
  met: seen >= limit,
});

export const below = (limit: number, promise: string, seen: number): Target => ({ promise, seen, met: seen < limit });
