/**
 * The search parameters as the database knows them: a number for each pair of resource type and code, for the life of the database,
 * and whether what is stored has been indexed by it. What reindexing needs of the store is here too.
 */
import sql, { bulk, join, raw, type Sql } from 'sql-template-tag';
import { typeNumber, typeOfNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import { type IndexTable, indexTables } from '../search/index-table.ts';
import type { Reader, Session, Store, StoredVersion } from './store.ts';
import { type VersionRow, versionOf } from './version.ts';

export interface ParameterDeclaration {
  readonly type: ResourceType;
  readonly code: string;
  readonly url: string;
  /** Changes when the same resource would have other rows: of the expression and of the way it is indexed. */
  readonly hash: string;
}

/** `filling` while resources stored before are being indexed. */
export type ParameterStatus = 'active' | 'filling';

export interface StoredParameter extends ParameterDeclaration {
  /** Stands for it in the index tables. */
  readonly number: number;
  readonly status: ParameterStatus;
}

/** `Patient.birthdate` */
export const parameterKey = ({ type, code }: Pick<ParameterDeclaration, 'type' | 'code'>): string => `${type}.${code}`;

type ParameterRow = Omit<StoredParameter, 'type'> & { readonly type: number };

/** Every parameter that was ever registered, in the order of its number. */
export async function storedParameters(reader: Pick<Reader, 'query'>): Promise<readonly StoredParameter[]> {
  const rows = await reader.query<ParameterRow>(
    sql`SELECT number, type, code, url, hash, status FROM search_parameter ORDER BY number`,
  );
  return rows.map((row) => ({ ...row, type: typeOfNumber(row.type) }));
}

/**
 * Makes the declared parameters known, by `parameterKey`. One that is new, or whose hash differs, is `filling` where resources of its
 * type are stored, otherwise `active`. When nothing changed this is one SELECT.
 */
export async function registerParameters(
  store: Store,
  declared: readonly ParameterDeclaration[],
): Promise<ReadonlyMap<string, StoredParameter>> {
  const known = byKey(await storedParameters(store));
  if (declared.every((declaration) => isSame(known.get(parameterKey(declaration)), declaration))) return known;

  for (const declaration of declared) {
    const stored = known.get(parameterKey(declaration));
    if (stored && stored.hash !== declaration.hash) await deleteParameterRows(store, stored.number);
  }
  return store.transact(async (session) => {
    await session.serialize(['search_parameter']);
    await register(session, declared);
    return byKey(await storedParameters(session));
  });
}

const byKey = (parameters: readonly StoredParameter[]): ReadonlyMap<string, StoredParameter> =>
  new Map(parameters.map((parameter) => [parameterKey(parameter), parameter]));

const isSame = (stored: StoredParameter | undefined, { url, hash }: ParameterDeclaration): boolean =>
  stored?.url === url && stored.hash === hash;

/** Rows inserted by one statement; each takes six parameters, and SQLite allows 32,766. */
const ROWS_A_STATEMENT = 1000;

async function register(session: Session, declared: readonly ParameterDeclaration[]): Promise<void> {
  const stored = await storedParameters(session);
  const known = byKey(stored);
  const types = new Set(
    (await session.query<{ type: number }>(sql`SELECT DISTINCT type FROM resource WHERE content IS NOT NULL`)).map(
      ({ type }) => type,
    ),
  );
  const statusOf = (type: ResourceType): ParameterStatus => (types.has(typeNumber(type)) ? 'filling' : 'active');

  const changed = declared.filter((declaration) => {
    const parameter = known.get(parameterKey(declaration));
    return parameter && !isSame(parameter, declaration);
  });
  for (const { type, code, url, hash } of changed) {
    const status = known.get(parameterKey({ type, code }))?.hash === hash ? sql`status` : sql`${statusOf(type)}`;
    await session.execute(
      sql`UPDATE search_parameter SET url = ${url}, hash = ${hash}, status = ${status}
        WHERE type = ${typeNumber(type)} AND code = ${code}`,
    );
  }

  const last = stored.at(-1)?.number ?? 0;
  const rows = declared
    .filter((declaration) => !known.has(parameterKey(declaration)))
    .map(({ type, code, url, hash }, index) => [last + index + 1, typeNumber(type), code, url, hash, statusOf(type)]);
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT)
    await session.execute(
      sql`INSERT INTO search_parameter (number, type, code, url, hash, status)
        VALUES ${bulk(rows.slice(from, from + ROWS_A_STATEMENT))}`,
    );
}

export const setParameterStatus = (store: Store, number: number, status: ParameterStatus): Promise<void> =>
  store.transact((session) =>
    session.execute(sql`UPDATE search_parameter SET status = ${status} WHERE number = ${number}`),
  );

/** Rows deleted in one transaction, so that other writers get their turn. */
const ROWS_A_DELETION = 10_000;

/** Deletes the index rows of a parameter, a part of the key range at a time. */
export async function deleteParameterRows(store: Store, number: number): Promise<void> {
  for (const table of indexTables)
    while (await hasRows(store, table, number))
      await store.transact((session) => session.execute(partialDeletion(table, number)));
}

async function hasRows(reader: Reader, { name }: IndexTable, number: number): Promise<boolean> {
  return (await reader.query(sql`SELECT 1 AS one FROM ${raw(name)} WHERE param = ${number} LIMIT 1`)).length > 0;
}

function partialDeletion({ name, key }: IndexTable, number: number): Sql {
  const columns = join(key.map(raw));
  return sql`DELETE FROM ${raw(name)} WHERE (${columns}) IN
    (SELECT ${columns} FROM ${raw(name)} WHERE param = ${number} LIMIT ${ROWS_A_DELETION})`;
}

/** The resources of a type that exist, by rid ascending from above `after`, at most `count` a batch. Each batch is a read of its own. */
export async function* resourcesOf(
  reader: Pick<Reader, 'query'>,
  type: ResourceType,
  { after = 0, count = 500 }: { readonly after?: number; readonly count?: number } = {},
): AsyncGenerator<readonly StoredVersion[]> {
  for (let rid = after; ; ) {
    const rows = await reader.query<VersionRow>(
      sql`SELECT rid, type, id, version, tx, method, content FROM resource
        WHERE type = ${typeNumber(type)} AND content IS NOT NULL AND rid > ${rid} ORDER BY rid LIMIT ${count}`,
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(versionOf);
    rid = last.rid;
  }
}
