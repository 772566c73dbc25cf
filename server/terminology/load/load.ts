/** A release into the database, streaming: its rows go in while it is read, and count from the moment that all are in. */
import sql, { bulk, raw } from 'sql-template-tag';
import { setSetting } from '../../store/setting.ts';
import type { Reader, Session, Store } from '../../store/store.ts';
import type { Release, ReleaseItem } from './release.ts';

/** Changes when a code system is loaded or removed. */
export const LOADED_REVISION = 'terminology';

/** Rows of one transaction; each takes four parameters at most, of which SQLite allows 32,766 a statement. */
const [ROWS, ROWS_A_STATEMENT] = [20_000, 5_000];

const TABLES = {
  concept: 'concept (system, code, display, active)',
  parent: 'concept_parent (system, code, parent)',
  property: 'concept_property (system, code, property, value)',
} as const;

export interface LoadedSystem {
  readonly number: number;
  readonly url: string;
  readonly version: string;
  readonly title: string;
  readonly concepts: number;
  /** A tx. */
  readonly loaded: number;
}

/** The code systems that are loaded whole. */
export async function loadedSystems(reader: Pick<Reader, 'query'>): Promise<readonly LoadedSystem[]> {
  const rows = await reader.query<LoadedSystem>(
    sql`SELECT number, url, version, title, concepts, loaded FROM concept_system WHERE complete = 1 ORDER BY url, version`,
  );
  return rows.map((row) => ({ ...row, concepts: Number(row.concepts), loaded: Number(row.loaded) }));
}

/** Loads a release in place of the same version if it is there. `progress` hears of the rows written. Gives the number of concepts. */
export async function loadRelease(
  store: Store,
  release: Release,
  progress: (rows: number) => void = () => undefined,
): Promise<number> {
  const number = await begin(store, release);
  let rows = 0;
  let batch: ReleaseItem[] = [];
  const flush = async (): Promise<void> => {
    const items = batch;
    batch = [];
    await store.transact((session) => write(session, number, items));
    rows += items.length;
    progress(rows);
  };
  for await (const item of release.items()) {
    batch.push(item);
    if (batch.length >= ROWS) await flush();
  }
  await flush();
  return finish(store, release, number);
}

/** A row that is not complete, under a version that nobody asks for. What an earlier load left behind is removed. */
async function begin(store: Store, { url, version, title }: Release): Promise<number> {
  const name = `${version} (loading)`;
  await removeWhere(store, url, name);
  return store.transact(async (session) => {
    await session.serialize([LOADED_REVISION]);
    const [row] = await session.query<{ last: number | null }>(sql`SELECT max(number) AS last FROM concept_system`);
    const number = Number(row?.last ?? 0) + 1;
    await session.execute(
      sql`INSERT INTO concept_system (number, url, version, title, complete, concepts, loaded)
        VALUES (${number}, ${url}, ${name}, ${title}, 0, 0, ${session.tx})`,
    );
    return number;
  });
}

async function write(session: Session, number: number, items: readonly ReleaseItem[]): Promise<void> {
  const rows: Record<keyof typeof TABLES, (string | number)[][]> = { concept: [], parent: [], property: [] };
  for (const item of items) {
    switch (item.kind) {
      case 'concept':
        rows.concept.push([number, item.code, item.display, item.active ? 1 : 0]);
        break;
      case 'parent':
        rows.parent.push([number, item.code, item.parent]);
        break;
      case 'property':
        rows.property.push([number, item.code, item.property, item.value]);
        break;
    }
  }
  for (const kind of ['concept', 'parent', 'property'] as const)
    for (let from = 0; from < rows[kind].length; from += ROWS_A_STATEMENT)
      await session.execute(
        sql`INSERT INTO ${raw(TABLES[kind])} VALUES ${bulk(rows[kind].slice(from, from + ROWS_A_STATEMENT))} ON CONFLICT DO NOTHING`,
      );
}

async function finish(store: Store, { url, version }: Release, number: number): Promise<number> {
  await removeWhere(store, url, version);
  return store.transact(async (session) => {
    const [row] = await session.query<{ concepts: number }>(
      sql`SELECT count(*) AS concepts FROM concept WHERE system = ${number}`,
    );
    const concepts = Number(row?.concepts ?? 0);
    await session.execute(
      sql`UPDATE concept_system SET version = ${version}, complete = 1, concepts = ${concepts}, loaded = ${session.tx} WHERE number = ${number}`,
    );
    await setSetting(session, LOADED_REVISION, String(session.tx));
    return concepts;
  });
}

/** Removes the code system with this URL and version; gives whether it was there. */
export async function removeSystem(store: Store, url: string, version: string): Promise<boolean> {
  const removed = await removeWhere(store, url, version);
  if (removed) await store.transact((session) => setSetting(session, LOADED_REVISION, String(session.tx)));
  return removed;
}

async function removeWhere(store: Store, url: string, version: string): Promise<boolean> {
  return store.transact(async (session) => {
    const systems = await session.query<{ number: number }>(
      sql`SELECT number FROM concept_system WHERE url = ${url} AND version = ${version}`,
    );
    for (const { number } of systems) {
      for (const table of ['concept', 'concept_parent', 'concept_property'])
        await session.execute(sql`DELETE FROM ${raw(table)} WHERE system = ${number}`);
      await session.execute(sql`DELETE FROM concept_system WHERE number = ${number}`);
    }
    return systems.length > 0;
  });
}
