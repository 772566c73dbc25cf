/** What all processes of a server share and keep beside the resources, by name: the table `setting`. */
import sql from 'sql-template-tag';
import type { Reader, Session, Store } from './store.ts';

/** The revision of the search parameters: grows with each change to them. Transactions learn it when they begin (`Session.revision`). */
export const PARAMETERS_REVISION = 'search-parameters';

export const RAISE_REVISION = sql`UPDATE setting SET value = CAST(CAST(value AS integer) + 1 AS text) WHERE name = ${PARAMETERS_REVISION}`;

/** The value of a setting; undefined when it was never made. */
export async function settingOf(reader: Pick<Reader, 'query'>, name: string): Promise<string | undefined> {
  const [row] = await reader.query<{ value: string }>(sql`SELECT value FROM setting WHERE name = ${name}`);
  return row?.value;
}

export const setSetting = (session: Session, name: string, value: string): Promise<void> =>
  session.execute(
    sql`INSERT INTO setting (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );

/** The value of a setting that is made once: of several processes that make it at the same time, one wins and all get its value. */
export async function madeOnce(store: Store, name: string, make: () => string): Promise<string> {
  const known = await settingOf(store, name);
  if (known !== undefined) return known;
  return store.transact(async (session) => {
    await session.execute(
      sql`INSERT INTO setting (name, value) VALUES (${name}, ${make()}) ON CONFLICT (name) DO NOTHING`,
    );
    const made = await settingOf(session, name);
    if (made === undefined) throw new Error(`the setting ${name} was made and is not there`);
    return made;
  });
}
