/** What a sync has done, by table: counts, the first of each kind, and every problem for the report file. */
import type { Conflict } from './decide.ts';
import type { Problem } from './slot.ts';

/** What came of one row. */
export type Outcome =
  | {
      readonly kind: 'same' | 'new' | 'changed' | 'deleted' | 'row-new' | 'row-changed' | 'row-deleted' | 'settled';
      readonly key: string;
      readonly id: string;
      readonly parts?: readonly string[];
      readonly problems?: readonly Problem[];
    }
  | { readonly kind: 'bad'; readonly key: string; readonly problems: readonly Problem[]; readonly stops: boolean }
  | { readonly kind: 'conflict'; readonly key: string; readonly id: string; readonly conflict: Conflict };

export type OutcomeKind = Outcome['kind'];

export const OUTCOME_KINDS: readonly OutcomeKind[] = [
  'new',
  'changed',
  'deleted',
  'row-new',
  'row-changed',
  'row-deleted',
  'same',
  'settled',
  'conflict',
  'bad',
];

/** A line of the report file. */
export interface Reported extends Problem {
  readonly table: string;
  readonly key: string;
  /** What was done with the row for it. */
  readonly effect: 'row left out' | 'value left out' | 'conflict';
}

export interface TableReport {
  readonly counts: Readonly<Record<OutcomeKind, number>>;
  /** Values that were left out of rows that came. */
  readonly problems: number;
  readonly examples: readonly Outcome[];
}

export interface Report {
  add(table: string, outcomes: readonly Outcome[]): void;
  tables(): ReadonlyMap<string, TableReport>;
  total(...kinds: readonly OutcomeKind[]): number;
}

/** Examples of each kind that are kept of a table. */
const MOST_EXAMPLES = 3;

interface Growing {
  readonly counts: Record<OutcomeKind, number>;
  problems: number;
  readonly examples: Outcome[];
}

/** `write` takes each problem as it comes. */
export function openReport(write: (reported: Reported) => void): Report {
  const tables = new Map<string, Growing>();
  const ofTable = (name: string): Growing => {
    const known = tables.get(name);
    if (known) return known;
    const counts = Object.fromEntries(OUTCOME_KINDS.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
    const made: Growing = { counts, problems: 0, examples: [] };
    tables.set(name, made);
    return made;
  };
  return {
    add(table, outcomes) {
      const own = ofTable(table);
      for (const outcome of outcomes) {
        if (own.counts[outcome.kind] < MOST_EXAMPLES && !['same', 'settled'].includes(outcome.kind))
          own.examples.push(outcome);
        own.counts[outcome.kind] += 1;
        for (const line of linesOf(table, outcome)) {
          if (line.effect === 'value left out') own.problems += 1;
          write(line);
        }
      }
    },
    tables: () => tables,
    total: (...kinds) =>
      [...tables.values()].reduce((sum, { counts }) => sum + kinds.reduce((all, kind) => all + counts[kind], 0), 0),
  };
}

function linesOf(table: string, outcome: Outcome): readonly Reported[] {
  const { key } = outcome;
  switch (outcome.kind) {
    case 'bad':
      return outcome.problems.map((problem) => ({ table, key, ...problem, effect: 'row left out' }));
    case 'conflict':
      return outcome.conflict.parts.map(({ part, fields, theirs }) => ({
        table,
        key,
        column: part,
        field: fields.join(', '),
        value: theirs ?? null,
        reason: 'row and resource have both changed',
        effect: 'conflict',
      }));
    default:
      return (outcome.problems ?? []).map((problem) => ({ table, key, ...problem, effect: 'value left out' }));
  }
}
