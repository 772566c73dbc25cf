/** Conflicts: what they are, and the decisions of people on them. */
import { same } from '../../mappings/json.ts';
import { contentOf, type StoredVersion } from '../store/store.ts';
import { carryOver } from './carry-over.ts';
import { type Conflict, type Decision, decide, decided, type Names, type Waiting } from './decide.ts';
import type { Lens, Source } from './lens.ts';
import { linksFor } from './links.ts';
import type { Outcome } from './report.ts';
import { byKeys } from './rows.ts';
import { snapshotText, sourceFrom } from './snapshot.ts';
import { putRows, rowsByKey, rowsInConflict, type SyncRow } from './state.ts';
import { entryOf, kept, type Sync, specOf } from './sync.ts';
import { takeIn } from './take-in.ts';

/** A row that waits. */
export interface WaitingRow {
  readonly table: string;
  readonly row: SyncRow;
  readonly waiting: Waiting;
}

const waitingOf = ({ conflict }: SyncRow): Waiting | undefined =>
  conflict === null ? undefined : (JSON.parse(conflict) as Waiting);

/** All rows that wait, in the order of the binding. */
export async function waitingRows(sync: Sync): Promise<readonly WaitingRow[]> {
  const found: WaitingRow[] = [];
  for (const lens of sync.lenses)
    for (const row of await rowsInConflict(sync.fhir.store, entryOf(sync, lens))) {
      const waiting = waitingOf(row);
      if (waiting) found.push({ table: lens.name, row, waiting });
    }
  return found;
}

/** Who decides: the row (theirs) or FHIR (ours), for all parts or part by part. */
export type Choice = 'theirs' | 'ours' | ReadonlyMap<string, 'theirs' | 'ours'>;

/**
 * Carries out a decision on the row `TABLE/KEY`. @throws Error with a sentence when there is no such conflict, a part is not decided, or the sides have
 * changed meanwhile
 */
export async function resolve(sync: Sync, name: string, choice: Choice): Promise<readonly Outcome[]> {
  const slash = name.indexOf('/');
  const [table, key] = [name.slice(0, slash), name.slice(slash + 1)];
  const lens = sync.lenses.find((each) => each.name === table);
  if (!lens)
    throw new Error(
      `There is no table "${table}" in the binding; a conflict is named TABLE/KEY, such as ${sync.lenses[0]?.name}/4711`,
    );
  const entry = entryOf(sync, lens);
  const row = (await rowsByKey(sync.fhir.store, entry, [key])).get(key);
  const conflict = row && waitingOf(row);
  if (!row || !conflict || conflict.kind === 'refused')
    throw new Error(`${name} is not in conflict; throughline sync conflicts lists those that are`);
  const theirs = partsOfRow(conflict, choice, name);
  const source = (await byKeys(sync.practice, lens, [key])).get(key);
  const version = await sync.fhir.store.read(lens.mapping.type, row.id);
  const text = source ? snapshotText(lens, specOf(sync.binding, lens), source) : null;
  await requireSeen(sync, lens, { row, conflict, source, text, version });
  const decision = decided(lens, conflict, theirs);
  if (decision.kind !== 'carry') {
    if (decision.kind !== 'delete-row') {
      if (conflict.kind === 'row-deleted' && theirs.size === 0)
        throw new Error(
          `The row ${name} is gone and sync does not make it again: restore it in the practice, or decide --theirs`,
        );
      return takeIn(sync, lens, [{ key, source, text, decision }], async () => undefined);
    }
    return finished(sync, lens, row, undefined, version?.version ?? 0, source, { kind: 'delete-row' });
  }
  const outcomes: Outcome[] = [];
  if (decision.toFhir.size > 0) {
    outcomes.push(...(await takeIn(sync, lens, [{ key, source, text, decision }], async () => undefined)));
    if (outcomes.some(({ kind }) => kind === 'bad')) return outcomes;
  }
  if (decision.toRow.size > 0) {
    const now = await sync.fhir.store.read(lens.mapping.type, row.id);
    const known = (await rowsByKey(sync.fhir.store, entry, [key])).get(key) ?? row;
    const toRow = { kind: 'carry', toFhir: new Set<string>(), toRow: decision.toRow } as const;
    outcomes.push(...(await finished(sync, lens, known, contentOf(now), now?.version ?? 0, source, toRow)));
  }
  return outcomes;
}

/** Carries the part of FHIR to the row. */
async function finished(
  sync: Sync,
  lens: Lens,
  row: SyncRow,
  content: ReturnType<typeof contentOf>,
  version: number,
  source: Source | undefined,
  decision: Decision,
): Promise<readonly Outcome[]> {
  const record = content && lens.mapping.decode(content);
  const wanted = { keys: source ? lens.keysIn(source) : [], ids: record ? lens.idsIn(record) : [] };
  const links = await linksFor(sync.fhir.store, wanted, lens, { ...sync, binding: sync.binding.binding });
  const result = await carryOver(sync, lens, {
    row,
    record,
    version,
    source,
    links,
    ...(decision ? { decision } : {}),
  });
  const after = result.row;
  if (after) await kept(sync, ({ session }) => putRows(session, entryOf(sync, lens), [after]));
  const outcomes = result.outcome ? [result.outcome] : [];
  sync.report.add(lens.name, outcomes);
  return outcomes;
}

function partsOfRow(conflict: Conflict, choice: Choice, name: string): Names {
  const parts = conflict.parts.map(({ part }) => part);
  const all = parts.length === 0 ? ['row'] : parts;
  if (choice === 'theirs') return new Set(all);
  if (choice === 'ours') return new Set();
  if (conflict.kind !== 'changed') throw new Error(`One side of ${name} is gone: decide --theirs or --ours`);
  const open = parts.filter((part) => !choice.has(part));
  const unknown = [...choice.keys()].filter((part) => !parts.includes(part));
  if (open.length + unknown.length > 0)
    throw new Error(
      `The conflict of ${name} is about ${parts.join(', ')}; ${unknown.length > 0 ? `not about ${unknown.join(', ')}` : `${open.join(', ')} is not decided`}`,
    );
  return new Set(parts.filter((part) => choice.get(part) === 'theirs'));
}

interface Seen {
  readonly row: SyncRow;
  readonly conflict: Conflict;
  readonly source: Source | undefined;
  readonly text: string | null;
  readonly version: StoredVersion | undefined;
}

/** A decision is on what people have seen. @throws Error when the sides say something else by now */
async function requireSeen(sync: Sync, lens: Lens, { row, conflict, source, text, version }: Seen): Promise<void> {
  const base = sourceFrom(lens, specOf(sync.binding, lens), row.row);
  const wanted = { keys: [source, base].flatMap((each) => (each ? lens.keysIn(each) : [])), ids: [] };
  const links = await linksFor(sync.fhir.store, wanted, lens, { ...sync, binding: sync.binding.binding });
  const content = contentOf(version);
  const ours = content && lens.mapping.decode(content);
  const known = { text: row.row, version: row.version, base };
  const now = decide(lens, { now: source, text, ours, version: version?.version ?? 0, known }, links);
  if (now.kind === 'conflict' && same(JSON.parse(JSON.stringify(now.conflict)), conflict)) return;
  throw new Error(
    `${lens.name}/${row.key} has changed since the conflict was found: pull again, and decide on what it says then`,
  );
}
