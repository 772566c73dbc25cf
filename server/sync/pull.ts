/** Pull: rows that have changed become new versions of their resources. */
import type { Session } from '../store/store.ts';
import type { Lens, Source } from './lens.ts';
import { countOf, type KeyValues, type Mark, markOf, pages, positionOf, presentKeys } from './rows.ts';
import { sideBySide } from './side-by-side.ts';
import { snapshotText } from './snapshot.ts';
import { type Entry, type Progress, pageOfRows, progressOf, putMark, putPosition } from './state.ts';
import { entryOf, kept, type Sync, specOf } from './sync.ts';
import { type Item, takeIn } from './take-in.ts';

/** Pages under way at once: one is read, one carried over and one written to disk. */
const UNDER_WAY = 3;

/** Rows in a transaction: enough to share its cost, few enough that others get their turn. */
export const PAGE = 100;

export interface PullOptions {
  /** Every row is looked at, whatever the change column says. */
  readonly full?: boolean;
}

/** Where a pull is that was interrupted: the key of the last row, and the mark that it goes by. */
interface Position {
  readonly key: KeyValues;
  readonly since: Mark | null;
}

const pulled = ({ lenses }: Sync): readonly Lens[] => lenses.filter(({ table }) => table.direction !== 'push');

/** How many rows a pull will look at. */
export async function rowsToPull(sync: Sync, { full = false }: PullOptions): Promise<number> {
  let sum = 0;
  for (const lens of pulled(sync)) {
    const progress = await progressOf(sync.fhir.store, entryOf(sync, lens));
    sum += await countOf(sync.practice, lens, sinceOf(progress, specOf(sync.binding, lens), full));
  }
  return sum;
}

/** The tables of which a pull was interrupted; it goes on where it was. */
export async function interruptedTables(sync: Sync): Promise<readonly string[]> {
  const names: string[] = [];
  for (const lens of pulled(sync)) {
    const progress = await progressOf(sync.fhir.store, entryOf(sync, lens));
    if (positionIn(progress, specOf(sync.binding, lens))) names.push(lens.name);
  }
  return names;
}

const positionIn = (progress: Progress | undefined, spec: string): Position | undefined =>
  progress?.spec === spec && progress.position !== null ? (JSON.parse(progress.position) as Position) : undefined;

function sinceOf(progress: Progress | undefined, spec: string, full: boolean): Mark | undefined {
  if (full || progress?.spec !== spec) return undefined;
  const position = positionIn(progress, spec);
  if (position) return position.since ?? undefined;
  return progress.mark === null ? undefined : (JSON.parse(progress.mark) as Mark);
}

/** All tables, in the order of the binding. @throws StoppedByValue */
export async function pull(sync: Sync, options: PullOptions = {}): Promise<void> {
  for (const lens of pulled(sync)) {
    if (sync.signal.aborted) return;
    await pullTable(sync, lens, options);
  }
}

async function pullTable(sync: Sync, lens: Lens, { full = false }: PullOptions): Promise<void> {
  const entry = entryOf(sync, lens);
  const spec = specOf(sync.binding, lens);
  const progress = await progressOf(sync.fhir.store, entry);
  const since = sinceOf(progress, spec, full);
  const position = full ? undefined : positionIn(progress, spec)?.key;
  // What changes while the pages are read is at this mark or behind it, and is read again next time.
  const next = await markOf(sync.practice, lens);
  const read = pages(sync.practice, lens, { size: PAGE, position, mark: since });
  const reached = async (session: Session, page: readonly Source[] | undefined): Promise<void> => {
    const last = page?.at(-1);
    if (!last) return;
    const place: Position = { key: positionOf(lens, last), since: since ?? null };
    await putPosition(session, entry, spec, JSON.stringify(place));
  };
  const done = await sideBySide(read, UNDER_WAY, async (page, doneSoFar) => {
    const items = page.map(
      (source): Item => ({ key: lens.keyOf(source.row), source, text: snapshotText(lens, spec, source) }),
    );
    await takeIn(sync, lens, items, (session) => reached(session, doneSoFar()));
    sync.advance(page.length);
    return !sync.signal.aborted;
  });
  if (sync.signal.aborted) return kept(sync, ({ session }) => reached(session, done));
  if (lens.table.deleted === 'missing') await takeInMissing(sync, lens, entry);
  if (sync.signal.aborted) return;
  await kept(sync, ({ session }) => putMark(session, entry, spec, next ? JSON.stringify(next) : null));
}

/** Rows that were there and are no more. */
async function takeInMissing(sync: Sync, lens: Lens, entry: Entry): Promise<void> {
  let after: string | undefined;
  while (!sync.signal.aborted) {
    const known = await pageOfRows(sync.fhir.store, entry, after, PAGE);
    const keys = known.filter(({ row }) => row !== null).map(({ key }) => key);
    const present = keys.length === 0 ? new Set() : await presentKeys(sync.practice, lens, keys);
    const missing = keys
      .filter((key) => !present.has(key))
      .map((key): Item => ({ key, source: undefined, text: null }));
    if (missing.length > 0) await takeIn(sync, lens, missing, async () => undefined);
    after = known.at(-1)?.key;
    if (known.length < PAGE) return;
  }
}
