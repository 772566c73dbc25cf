/**
 * Takes the rows of a file into the FHIR side: planned one after another, written in transactions. A transaction that is refused is tried again row by
 * row, so one bad row stops no other.
 */
import { FhirError } from '../../../resources/outcome.ts';
import type { FileTable } from './file-table.ts';
import { type Fate, type Planned, type PlanOptions, planner } from './plan.ts';

/** What has become of a row: `created` and `updated` where it was written, `refused` where the server would not have it. */
export type Result = Planned & { readonly written?: 'created' | 'updated' | 'refused'; readonly sameAs?: number };

/** Rows in a transaction. */
const AT_ONCE = 50;

const isWritten = ({ write }: Planned): boolean => write !== undefined;

/** Writes what can be written. @throws Error with a sentence when the file cannot be read on */
export async function* importFile(
  table: FileTable,
  options: PlanOptions,
  signal?: AbortSignal,
): AsyncGenerator<Result> {
  const plan = planner(options);
  let waiting: Planned[] = [];
  let taken = new Set<string>();
  async function flush(): Promise<readonly Result[]> {
    const results = await written(waiting, options);
    [waiting, taken] = [[], new Set()];
    return results;
  }
  for await (const row of table.rows()) {
    if (signal?.aborted) break;
    let planned = await plan(row);
    // A row about somebody whom an earlier row is about is planned on what that one has written.
    if (touches(planned, taken)) {
      yield* await flush();
      planned = await plan(row);
    }
    waiting.push(planned);
    if (isWritten(planned)) for (const mark of [...planned.marks, planned.reference ?? '']) taken.add(mark);
    if (waiting.filter(isWritten).length >= AT_ONCE || waiting.length >= 20 * AT_ONCE) yield* await flush();
  }
  yield* await flush();
}

const touches = ({ marks, reference = '' }: Planned, taken: ReadonlySet<string>): boolean =>
  taken.has(reference) || marks.some((mark) => taken.has(mark));

async function written(rows: readonly Planned[], { side }: PlanOptions): Promise<readonly Result[]> {
  const writes = rows.flatMap(({ write }) => write ?? []);
  try {
    if (writes.length > 0) await side.write(writes);
    return rows.map(done);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
  }
  const results: Result[] = [];
  for (const row of rows) results.push(await alone(row, side));
  return results;
}

async function alone(row: Planned, side: PlanOptions['side']): Promise<Result> {
  try {
    if (row.write) await side.write([row.write]);
    return done(row);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    const said = error.issues
      .filter(({ severity }) => severity === 'error' || severity === 'fatal')
      .map(({ diagnostics }) => ({ reason: diagnostics }));
    return { ...row, fate: 'bad', problems: [...row.problems, ...said], written: 'refused' };
  }
}

const done = (row: Planned): Result =>
  row.write ? { ...row, written: row.fate === 'new' ? 'created' : 'updated' } : row;

/** How many rows came to what. */
export type Totals = Readonly<Record<Fate, number>> & { readonly problems: number };

export const noRows: Totals = { new: 0, changed: 0, same: 0, ambiguous: 0, passed: 0, bad: 0, problems: 0 };

/** The totals with one row more. A row with problems that is taken all the same counts under `problems` too. */
export const counted = (totals: Totals, { fate, problems }: Result): Totals => ({
  ...totals,
  [fate]: totals[fate] + 1,
  problems: totals.problems + (problems.length > 0 && ['new', 'changed', 'same'].includes(fate) ? 1 : 0),
});
