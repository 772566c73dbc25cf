/** What a sync says to people when it is through: a table of counts, the first examples, what waits. */
import type { Outcome, OutcomeKind, Report, TableReport } from '../../sync/report.ts';
import { numberText } from '../progress.ts';

const TITLES: readonly (readonly [kind: OutcomeKind, title: string])[] = [
  ['new', 'new in FHIR'],
  ['changed', 'changed in FHIR'],
  ['deleted', 'deleted in FHIR'],
  ['row-new', 'rows made'],
  ['row-changed', 'rows changed'],
  ['row-deleted', 'rows deleted'],
  ['same', 'the same'],
  ['settled', 'the same by now'],
  ['conflict', 'in conflict'],
  ['bad', 'left out'],
];

/** A line for each table: `clients: 5,000 new in FHIR, 3 left out`. */
export function* summaryOf(report: Report): Generator<string> {
  for (const [table, { counts, problems }] of report.tables()) {
    const told = TITLES.flatMap(([kind, title]) => (counts[kind] > 0 ? [`${numberText(counts[kind])} ${title}`] : []));
    if (problems > 0) told.push(`${numberText(problems)} values left out`);
    yield `${table}: ${told.join(', ') || 'nothing to do'}`;
  }
}

/** The first of each kind. */
export function* examplesOf(tables: ReadonlyMap<string, TableReport>): Generator<string> {
  for (const [table, { examples }] of tables)
    for (const example of examples) yield `  ${table}/${example.key} ${told(example)}`;
}

function told(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'bad':
      return `left out: ${outcome.problems.map(({ column, value, reason }) => `${column ?? 'the row'}${value === undefined || value === null ? '' : ` is ${JSON.stringify(value)}`}: ${reason}`).join('; ')}`;
    case 'conflict':
      return `in conflict: ${outcome.conflict.parts.map(({ part }) => part).join(', ')}`;
    default: {
      const title = TITLES.find(([kind]) => kind === outcome.kind)?.[1] ?? outcome.kind;
      const parts = (outcome.parts ?? []).length > 0 ? ` (${outcome.parts?.join(', ')})` : '';
      const problems = (outcome.problems ?? [])
        .map(({ column, reason }) => `; ${column ?? 'the row'}: ${reason}`)
        .join('');
      return `${title}${parts}${problems}`;
    }
  }
}

/** What is to be done after a sync. */
export function* afterwards(report: Report, lines: number, file: string, isDryRun: boolean): Generator<string> {
  if (lines > 0) yield `${numberText(lines)} problems are listed in ${file}`;
  if (report.total('conflict') > 0)
    yield 'Rows in conflict stay as they are on both sides: throughline sync conflicts shows them, sync resolve decides';
  if (isDryRun) yield 'Nothing was written.';
}
