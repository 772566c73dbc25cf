/** Push: resources that have changed in FHIR are written back to their rows; new ones become rows where the binding says so. */
import { contentOf } from '../store/store.ts';
import { carryOver, create, isUnmade, type Result, unmadeKey } from './carry-over.ts';
import type { Waiting } from './decide.ts';
import type { Lens, Source } from './lens.ts';
import { linksFor } from './links.ts';
import { byKeys } from './rows.ts';
import { sourceFrom } from './snapshot.ts';
import {
  type ChangedResource,
  changedResources,
  forgetRows,
  progressOf,
  putPushed,
  putRows,
  rowsByKey,
  rowsInConflict,
  type SyncRow,
} from './state.ts';
import { entryOf, kept, type Sync, specOf } from './sync.ts';
import type { Beside } from './take-in.ts';

/** Resources that are looked at together; each row is written in a transaction of its own. */
const PAGE = 100;

/** All tables that take changes, in the order of the binding. */
export async function push(sync: Sync): Promise<void> {
  for (const lens of sync.lenses) {
    if (sync.signal.aborted) return;
    if (lens.table.direction !== 'pull') await pushTable(sync, lens);
  }
}

/** Behind every resource of a transaction. */
const LAST_RID = Number.MAX_SAFE_INTEGER;

async function pushTable(sync: Sync, lens: Lens): Promise<void> {
  const entry = entryOf(sync, lens);
  const { store } = sync.fhir;
  await takeResults(sync, lens, await refusedBefore(sync, lens));
  // A transaction that is still under way may come to lie before what is seen now: no further than where all is settled.
  const settled = await store.settled();
  const before = sync.places.get(lens.name);
  const stored = before ? undefined : await progressOf(store, entry);
  let place = before ?? { tx: stored?.pushed ?? 0, rid: stored?.pushedRid ?? 0 };
  while (!sync.signal.aborted) {
    const page = await changedResources(store, entry, lens.mapping.type, { ...place, settled, size: PAGE });
    const last = page.at(-1);
    place = last && page.length === PAGE ? { tx: last.tx, rid: last.rid } : { tx: settled, rid: LAST_RID };
    const { tx, rid } = place;
    // Where nothing has happened it is enough to remember the place in this process.
    if (last || !before) await takeResults(sync, lens, page, (session) => putPushed(session, entry, tx, rid));
    if (!sync.dryRun) sync.places.set(lens.name, place);
    if (page.length < PAGE) return;
  }
}

async function takeResults(sync: Sync, lens: Lens, page: readonly ChangedResource[], beside?: Beside): Promise<void> {
  if (page.length === 0 && !beside) return;
  const entry = entryOf(sync, lens);
  const results = await resultsOf(sync, lens, page);
  await kept(sync, async ({ session }) => {
    await forgetRows(
      session,
      entry,
      results.flatMap(({ forget }) => forget ?? []),
    );
    await putRows(
      session,
      entry,
      results.flatMap(({ row }) => row ?? []),
    );
    await beside?.(session);
  });
  sync.report.add(
    lens.name,
    results.flatMap(({ outcome }) => outcome ?? []),
  );
  sync.advance(page.length);
}

/** The resources that the practice has refused; they are tried again. */
async function refusedBefore(sync: Sync, lens: Lens): Promise<readonly ChangedResource[]> {
  const { store } = sync.fhir;
  const rows = await rowsInConflict(store, entryOf(sync, lens));
  const refused = rows.filter(({ conflict }) => (JSON.parse(conflict ?? '{}') as Waiting).kind === 'refused');
  const found: ChangedResource[] = [];
  for (const { key, id } of refused) {
    const version = await store.read(lens.mapping.type, id);
    if (version) found.push({ ...version, key: isUnmade(key) ? null : key });
  }
  return found;
}

async function resultsOf(sync: Sync, lens: Lens, page: readonly ChangedResource[]): Promise<readonly Result[]> {
  const entry = entryOf(sync, lens);
  const keys = page.flatMap(({ key }) => (key === null || isUnmade(key) ? [] : key));
  const sources = await byKeys(sync.practice, lens, keys);
  const known = await rowsByKey(sync.fhir.store, entry, keys);
  const open = page.flatMap((changed) => {
    const content = contentOf(changed);
    // Of a type that several tables hold, or no record of this kind.
    if (content !== undefined && !lens.mapping.accepts(content)) return [];
    return [{ changed, record: content && lens.mapping.decode(content) }];
  });
  const links = await linksFor(
    sync.fhir.store,
    {
      keys: [...sources.values(), ...basesOf(sync, lens, known)].flatMap((source) => lens.keysIn(source)),
      ids: open.flatMap(({ record }) => (record ? lens.idsIn(record) : [])),
    },
    lens,
    { ...sync, binding: entry.binding },
  );
  const results: Result[] = [];
  for (const { changed, record } of open) {
    const row = changed.key === null ? undefined : known.get(changed.key);
    if (row) {
      const source = sources.get(row.key);
      results.push(await carryOver(sync, lens, { row, record, version: changed.version, source, links }));
    } else if (record && lens.table.create)
      results.push(await create(sync, lens, lens.table.create, changed, record, links));
    else if (!record) results.push({ forget: unmadeKey(changed.id) });
  }
  return results;
}

/** What the rows held when both sides were last in step. */
const basesOf = (sync: Sync, lens: Lens, known: ReadonlyMap<string, SyncRow>): readonly Source[] =>
  [...known.values()].flatMap(({ row }) => sourceFrom(lens, specOf(sync.binding, lens), row) ?? []);
