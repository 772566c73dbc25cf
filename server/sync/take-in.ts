/** Rows taken into FHIR: a page in one transaction, resources, what is remembered of them and how far the pull is. */
import { FhirError } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import { contentOf, keyOf as identityKey, type Session, type StoredVersion } from '../store/store.ts';
import type { Change } from '../transaction/change.ts';
import type { Writing } from '../transaction/writing.ts';
import type { Links } from './convert.ts';
import { type Conflict, type Decision, decide, type Names } from './decide.ts';
import type { Lens, Source } from './lens.ts';
import { linksFor } from './links.ts';
import type { Outcome } from './report.ts';
import { asProblems, changeOf, metaSource, provenanceOf, resourceWith } from './resource.ts';
import { sourceFrom } from './snapshot.ts';
import { putRows, rowsByKey, type SyncRow } from './state.ts';
import { entryOf, kept, StoppedByValue, type Sync, specOf } from './sync.ts';

/** What is to be looked at: a row, or the key of one that is gone. */
export interface Item {
  readonly key: string;
  readonly source: Source | undefined;
  /** The snapshot of the row. */
  readonly text: string | null;
  /** What people have decided; without it the sides are compared. */
  readonly decision?: Decision;
}

/** What else is written in the transaction. */
export type Beside = (session: Session) => Promise<void>;

/** A row of which nothing is known but that it is there. */
export const UNKNOWN_TEXT = '[]';

/** @throws StoppedByValue when a value is bad whose column says `stop` */
export async function takeIn(
  sync: Sync,
  lens: Lens,
  items: readonly Item[],
  beside: Beside,
): Promise<readonly Outcome[]> {
  const outcomes = await inOne(sync, lens, items, beside);
  sync.report.add(lens.name, outcomes);
  const stop = outcomes.find((outcome) => outcome.kind === 'bad' && outcome.stops);
  if (stop?.kind === 'bad') {
    const told = stop.problems.map(({ column, reason }) => `${column ?? 'the row'}: ${reason}`);
    throw new StoppedByValue(`${lens.name}/${stop.key} stops the sync: ${told.join('; ')}`);
  }
  return outcomes;
}

const nothing: Beside = async () => undefined;

/** All in one transaction; when it is refused, each in one of its own, so that one row stops no other. */
async function inOne(sync: Sync, lens: Lens, items: readonly Item[], beside: Beside): Promise<readonly Outcome[]> {
  try {
    return await kept(sync, (writing) => carried(sync, lens, items, beside, writing));
  } catch (error) {
    if (!(error instanceof FhirError) || error.status >= 500) throw error;
    const [only, ...others] = items;
    if (!only) return [];
    if (others.length === 0)
      return [{ kind: 'bad', key: only.key, problems: asProblems(lens, error, undefined, only.source), stops: false }];
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(...(await inOne(sync, lens, [item], nothing)));
    await kept(sync, ({ session }) => beside(session));
    return outcomes;
  }
}

/** What is done about one item. */
interface Step {
  readonly outcome: Outcome;
  readonly change?: Change;
  /** What is remembered from now on. */
  readonly row?: SyncRow;
}

async function carried(
  sync: Sync,
  lens: Lens,
  items: readonly Item[],
  beside: Beside,
  { session, check, apply }: Writing,
): Promise<readonly Outcome[]> {
  const entry = entryOf(sync, lens);
  const known = await rowsByKey(
    session,
    entry,
    items.map(({ key }) => key),
  );
  const isSame = ({ key, text, decision }: Item): boolean => {
    const row = known.get(key);
    return decision === undefined && row !== undefined && row.row === text && row.conflict === null;
  };
  const open = items.filter((item) => !isSame(item));
  const spec = specOf(sync.binding, lens);
  const bases = new Map(open.map(({ key }) => [key, sourceFrom(lens, spec, known.get(key)?.row ?? null)]));
  const wanted = {
    keys: [...open.map(({ source }) => source), ...bases.values()].flatMap((source) =>
      source ? lens.keysIn(source) : [],
    ),
    ids: [],
  };
  const links = await linksFor(session, wanted, lens, { ...sync, binding: entry.binding });
  const { type } = lens.mapping;
  const ids = new Map(open.map(({ key }) => [key, identified(lens, key, known.get(key))]));
  const identities = [...ids.values()].flatMap((each) => ('id' in each ? [{ type, id: each.id }] : []));
  const versions = await session.lock(identities);
  const steps: Step[] = [];
  for (const item of items) {
    const { key } = item;
    const row = known.get(key);
    const found = ids.get(key);
    if (!found) steps.push({ outcome: { kind: 'same', key, id: row?.id ?? '' } });
    else if ('refused' in found) steps.push({ outcome: badKey(lens, key, found.refused) });
    else {
      const version = versions.get(identityKey({ type, id: found.id }));
      steps.push(await stepOf(sync, lens, { item, id: found.id, row, base: bases.get(key), version, links, check }));
    }
  }
  const changes = steps.flatMap(({ change }) => change ?? []);
  const provenances = steps.flatMap(({ change, row, outcome }) =>
    sync.binding.provenance && change && row
      ? [
          provenanceOf(sync.binding, lens, {
            ...row,
            version: written(versions.get(identityKey(row))),
            tx: session.tx,
            kind: activityOf(outcome),
          }),
        ]
      : [],
  );
  if (changes.length > 0) await apply([...changes, ...provenances]);
  await putRows(
    session,
    entry,
    steps.flatMap(({ row }) => row ?? []),
  );
  await beside(session);
  return steps.map(({ outcome }) => outcome);
}

/** The version that a write makes. */
const written = (before: StoredVersion | undefined): number => (before?.version ?? 0) + 1;

const activityOf = ({ kind }: Outcome): 'CREATE' | 'UPDATE' | 'DELETE' =>
  kind === 'new' ? 'CREATE' : kind === 'deleted' ? 'DELETE' : 'UPDATE';

function identified(
  lens: Lens,
  key: string,
  known: SyncRow | undefined,
): { readonly id: string } | { readonly refused: string } {
  if (known) return { id: known.id };
  try {
    return { id: lens.idOf(key) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

const badKey = (lens: Lens, key: string, reason: string): Outcome => ({
  kind: 'bad',
  key,
  problems: [{ column: lens.keyColumns.join(', '), value: key, reason }],
  stops: false,
});

interface Stepping {
  readonly item: Item;
  readonly id: string;
  readonly row: SyncRow | undefined;
  /** What the row held when both were last in step. */
  readonly base: Source | undefined;
  readonly version: StoredVersion | undefined;
  readonly links: Links;
  readonly check: Writing['check'];
}

async function stepOf(sync: Sync, lens: Lens, stepping: Stepping): Promise<Step> {
  const { item, id, row, base, version, links } = stepping;
  const { key, source, text } = item;
  const content = contentOf(version);
  const ours = content && lens.mapping.decode(content);
  const number = version?.version ?? 0;
  const known = row && { text: row.row, version: row.version, base };
  const decision = item.decision ?? decide(lens, { now: source, text, ours, version: number, known }, links);
  const remembered = (at: number, more: Partial<SyncRow> = {}): SyncRow => ({
    key,
    type: lens.mapping.type,
    id,
    version: at,
    row: text,
    conflict: null,
    ...more,
  });
  switch (decision.kind) {
    case 'same':
    case 'delete-row':
      return { outcome: { kind: 'same', key, id } };
    case 'settle':
      return { outcome: { kind: 'settled', key, id }, row: remembered(number) };
    case 'bad':
      return { outcome: { kind: 'bad', key, problems: decision.problems, stops: decision.stops } };
    case 'conflict':
      return {
        outcome: { kind: 'conflict', key, id, conflict: decision.conflict },
        row: inConflict(decision.conflict, row, remembered),
      };
    case 'delete-resource':
      return {
        outcome: { kind: 'deleted', key, id },
        change: { kind: 'delete', type: lens.mapping.type, id },
        row: remembered(content ? written(version) : number),
      };
    case 'create-resource':
      return put(sync, lens, {
        ...stepping,
        content: undefined,
        base: undefined,
        only: undefined,
        state: () => remembered(written(version)),
      });
    case 'carry': {
      const { toFhir, toRow } = decision;
      // What goes to the row is of the push: until then the resource counts as changed.
      const pending = toRow.size > 0 ? (row?.version ?? 0) : undefined;
      if (toFhir.size === 0) return { outcome: { kind: 'same', key, id }, ...(row ? {} : { row: remembered(0) }) };
      const state = (isWritten: boolean): SyncRow => remembered(pending ?? (isWritten ? written(version) : number));
      return put(sync, lens, { ...stepping, content, base, only: toFhir, state });
    }
  }
}

/** Both sides stay as they were last in step, until people have decided. */
function inConflict(
  conflict: Conflict,
  row: SyncRow | undefined,
  remembered: (at: number, more: Partial<SyncRow>) => SyncRow,
): SyncRow {
  const text = JSON.stringify(conflict);
  return row ? { ...row, conflict: text } : remembered(0, { row: UNKNOWN_TEXT, conflict: text });
}

interface Putting extends Stepping {
  readonly content: AnyResource | undefined;
  readonly only: Names | undefined;
  /** What is remembered when the resource was written, or had it all. */
  readonly state: (isWritten: boolean) => SyncRow;
}

/** The resource with what the row says, checked. */
async function put(
  sync: Sync,
  lens: Lens,
  { item, id, links, check, content, base, only, state }: Putting,
): Promise<Step> {
  const { key, source, text } = item;
  if (!source) return { outcome: { kind: 'bad', key, problems: [{ reason: 'the row is gone' }], stops: false } };
  const { record, verdict, problems } = lens.decode(source, links, {
    ...(content ? { present: lens.mapping.decode(content) } : {}),
    ...(base ? { base } : {}),
    ...(only ? { only } : {}),
  });
  if (verdict !== 'good') return { outcome: { kind: 'bad', key, problems, stops: verdict === 'stop' } };
  const resource = resourceWith(lens, content, record, id, metaSource(sync.binding, lens, key, text ?? ''));
  if (resource === content) return { outcome: { kind: 'settled', key, id, problems }, row: state(false) };
  try {
    await check(resource);
  } catch (error) {
    return {
      outcome: {
        kind: 'bad',
        key,
        problems: [...problems, ...asProblems(lens, error, resource, source)],
        stops: false,
      },
    };
  }
  const outcome: Outcome = content
    ? { kind: 'changed', key, id, parts: [...(only ?? [])], problems }
    : { kind: 'new', key, id, problems };
  return { outcome, change: changeOf(resource, id), row: state(true) };
}
