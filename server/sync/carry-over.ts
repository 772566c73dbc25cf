/** One resource to its row: written, made, deleted, or left for people. */
import type { Base } from '../../mappings/model.ts';
import type { Create } from './binding.ts';
import type { Links } from './convert.ts';
import { type Decision, decide, type Names, type Refused } from './decide.ts';
import type { Encoded, Lens, Source } from './lens.ts';
import type { Outcome } from './report.ts';
import { byKeys } from './rows.ts';
import type { Problem } from './slot.ts';
import { snapshotText, sourceFrom } from './snapshot.ts';
import { type ChangedResource, forgetRows, putRows, type SyncRow } from './state.ts';
import { entryOf, type Sync, specOf } from './sync.ts';
import { createRow, deleteRow, RowChanged, writeRow } from './write-row.ts';

const nowOf = ({ now = Date.now }: Sync): number => now();

/** Stands for the key of a row that could not be made. */
export const unmadeKey = (id: string): string => `new:${id}`;
export const isUnmade = (key: string): boolean => key.startsWith('new:');

/** What came of one resource, and what is remembered from now on. */
export interface Result {
  readonly outcome?: Outcome;
  readonly row?: SyncRow;
  /** The key of what need not be remembered any more. */
  readonly forget?: string;
}

interface Carrying {
  readonly row: SyncRow;
  readonly record: Base | undefined;
  readonly version: number;
  readonly source: Source | undefined;
  readonly links: Links;
  /** What people have decided. */
  readonly decision?: Decision;
}

/** One changed resource to its row. */
export async function carryOver(
  sync: Sync,
  lens: Lens,
  { row, record, version, source, links, decision: given }: Carrying,
): Promise<Result> {
  const spec = specOf(sync.binding, lens);
  const text = source ? snapshotText(lens, spec, source) : null;
  const { key, id } = row;
  const known = { text: row.row, version: row.version, base: sourceFrom(lens, spec, row.row) };
  const decision = given ?? decide(lens, { now: source, text, ours: record, version, known }, links);
  const remembered = (more: Partial<SyncRow> = {}): SyncRow => ({
    ...row,
    version,
    row: text,
    conflict: null,
    ...more,
  });
  switch (decision.kind) {
    case 'bad':
      return { row: { ...row, conflict: refusal(decision.problems) } };
    case 'same':
    // Of the pull, which looks at the row.
    case 'create-resource':
    case 'delete-resource':
      return {};
    case 'settle':
      return { outcome: { kind: 'settled', key, id }, row: remembered() };
    case 'conflict':
      return {
        outcome: { kind: 'conflict', key, id, conflict: decision.conflict },
        row: { ...row, conflict: JSON.stringify(decision.conflict) },
      };
    case 'delete-row':
      return source ? remove(sync, lens, row, source, remembered) : {};
    case 'carry': {
      if (decision.toRow.size === 0 || !record || !source) return {};
      // What goes to FHIR is of the pull: until then the row counts as changed.
      const isPending = decision.toFhir.size > 0;
      return write(sync, lens, { row, record, source, links, only: decision.toRow }, (after) =>
        remembered({ row: isPending ? row.row : after }),
      );
    }
  }
}

const refusal = (problems: readonly Problem[]): string => {
  const reasons = problems.map(({ column, reason }) => (column === undefined ? reason : `${column}: ${reason}`));
  return JSON.stringify({ kind: 'refused', reasons } satisfies Refused);
};

/** Somebody was there first: the next round sees both changes. Anything else that a database refuses is of this row alone. */
function failed(sync: Sync, row: SyncRow, error: unknown): Result {
  if (!(error instanceof RowChanged) && !isRefusal(error)) throw error;
  const reason =
    error instanceof RowChanged
      ? `${error.message}; it is looked at again next time`
      : `the database ${sync.practice.name} refuses it: ${error.message}`;
  const problems = [{ reason }];
  return {
    outcome: { kind: 'bad', key: row.key, problems, stops: false },
    row: { ...row, conflict: refusal(problems) },
  };
}

/** Whether the database has refused a statement, as against not being there: constraints, lengths, types. */
function isRefusal(error: unknown): error is Error {
  const { code, errno } = error as { readonly code?: unknown; readonly errno?: unknown };
  if (!(error instanceof Error)) return false;
  if (typeof code === 'string' && /^(22|23)[0-9A-Z]{3}$/.test(code)) return true;
  return (
    (typeof code === 'string' &&
      /^(SQLITE_CONSTRAINT|SQLITE_MISMATCH|SQLITE_TOOBIG|ER_|EREQUEST)/.test(code) &&
      typeof errno !== 'undefined') ||
    code === 'EREQUEST'
  );
}

interface WriteOptions {
  readonly row: SyncRow;
  readonly record: Base;
  readonly source: Source;
  readonly links: Links;
  readonly only: Names;
}

async function write(
  sync: Sync,
  lens: Lens,
  { row, record, source, links, only }: WriteOptions,
  remembered: (text: string | null) => SyncRow,
): Promise<Result> {
  const encoded = lens.encode(record, source, links, only);
  const { key, id } = row;
  const spec = specOf(sync.binding, lens);
  const { problems } = encoded;
  if (encoded.isEmpty) {
    const outcome: Outcome =
      problems.length > 0 ? { kind: 'row-changed', key, id, parts: [], problems } : { kind: 'settled', key, id };
    return { outcome, row: remembered(snapshotText(lens, spec, source)) };
  }
  const parts = partsIn(encoded);
  if (sync.dryRun) return { outcome: { kind: 'row-changed', key, id, parts, problems } };
  try {
    await writeRow(sync.practice, lens, source, encoded, nowOf(sync));
  } catch (error) {
    return failed(sync, row, error);
  }
  const after = (await byKeys(sync.practice, lens, [key])).get(key);
  const changedBack = after ? keptDifferently(lens, record, after, links, only, problems) : [];
  return {
    outcome: { kind: 'row-changed', key, id, parts, problems: [...problems, ...changedBack] },
    row: remembered(after ? snapshotText(lens, spec, after) : null),
  };
}

const partsIn = ({ columns, joined, lists }: Encoded): readonly string[] => [
  ...Object.keys(columns),
  ...Object.entries(joined).flatMap(([name, changes]) => Object.keys(changes).map((column) => `${name}.${column}`)),
  ...Object.keys(lists),
];

/** What the table has made of the values: cut, rounded, set by a trigger. */
function keptDifferently(
  lens: Lens,
  record: Base,
  after: Source,
  links: Links,
  only: Names,
  told: readonly Problem[],
): readonly Problem[] {
  const read = lens.decode(after, links).record;
  const known = new Set(told.map(({ column }) => column));
  return lens.parts
    .filter(
      (part) => only.has(part.name) && !known.has(part.name) && !part.same(read, record) && part.held(after) !== null,
    )
    .filter(({ name }) => !lens.lists.some((list) => list.name === name))
    .map((part) => ({
      column: part.name,
      field: part.fields.join(', '),
      value: part.valueIn(record) ?? null,
      reason: `the table keeps ${JSON.stringify(part.held(after))} in its place`,
    }));
}

async function remove(
  sync: Sync,
  lens: Lens,
  row: SyncRow,
  source: Source,
  remembered: (more?: Partial<SyncRow>) => SyncRow,
): Promise<Result> {
  const { key, id } = row;
  if (lens.table.deleted === undefined) {
    const reason = 'the resource was deleted, and the row stays: the binding does not say how a row is deleted';
    return { outcome: { kind: 'settled', key, id, problems: [{ reason }] }, row: remembered() };
  }
  if (sync.dryRun) return { outcome: { kind: 'row-deleted', key, id } };
  try {
    await deleteRow(sync.practice, lens, source, nowOf(sync));
  } catch (error) {
    return failed(sync, row, error);
  }
  const after = (await byKeys(sync.practice, lens, [key])).get(key);
  const text = after ? snapshotText(lens, specOf(sync.binding, lens), after) : null;
  return { outcome: { kind: 'row-deleted', key, id }, row: remembered({ row: text }) };
}

/** A resource that no row is yet becomes one, when all that it refers to is of this practice. */
export async function create(
  sync: Sync,
  lens: Lens,
  how: Create,
  { id, version }: ChangedResource,
  record: Base,
  links: Links,
): Promise<Result> {
  if (lens.idsIn(record).some(([table, each]) => links.keyOf(table, each) === undefined)) return {};
  const encoded = lens.encode(record, { row: {} }, links);
  if (sync.dryRun) return { outcome: { kind: 'row-new', key: '(new)', id, problems: encoded.problems } };
  const { type } = lens.mapping;
  let key: string;
  try {
    key = await createRow(sync.practice, lens, encoded, how, nowOf(sync));
  } catch (error) {
    return failed(sync, { key: unmadeKey(id), type, id, version: 0, row: null, conflict: null }, error);
  }
  const after = (await byKeys(sync.practice, lens, [key])).get(key);
  const text = after ? snapshotText(lens, specOf(sync.binding, lens), after) : null;
  const row: SyncRow = { key, type, id, version, row: text, conflict: null };
  // At once: a row that is not remembered would be made again.
  await sync.fhir.transact(async ({ session }) => {
    await forgetRows(session, entryOf(sync, lens), [unmadeKey(id)]);
    await putRows(session, entryOf(sync, lens), [row]);
  });
  return { outcome: { kind: 'row-new', key, id, problems: encoded.problems } };
}
