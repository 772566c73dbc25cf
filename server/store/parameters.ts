/**
 * The search parameters as the database knows them: a number for each pair of resource type and code, whether what is stored has been
 * indexed by it, and how far the indexing is.
 */
import sql, { bulk, join, raw, type Sql } from 'sql-template-tag';
import { typeNumber, typeOfNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import { type IndexTable, indexTables } from '../search/index-table.ts';
import type { Reader, Session, Store } from './store.ts';

export interface ParameterDeclaration {
  readonly type: ResourceType;
  readonly code: string;
  readonly url: string;
  /** Changes when the same resource would have other rows: of the expression and of the way it is indexed. */
  readonly hash: string;
}

/**
 * `filling`: resources stored before are being indexed, and searches by it would miss some. `rebuilding`: they are indexed again, while
 * searches go on. `dropping`: not in force any more; its rows are being deleted.
 */
export type ParameterStatus = 'active' | 'filling' | 'rebuilding' | 'dropping';

/** How far the walk over the resources of its type is that fills or rebuilds a parameter. */
export interface ParameterProgress {
  /** The last rid that was indexed. */
  readonly position: number;
  readonly done: number;
  /** Resources there were when the walk began. */
  readonly total: number;
}

export interface StoredParameter extends ParameterDeclaration, ParameterProgress {
  /** Stands for it in the index tables, until its rows are gone. */
  readonly number: number;
  readonly status: ParameterStatus;
}

/** `Patient.birthdate` */
export const parameterKey = ({ type, code }: Pick<ParameterDeclaration, 'type' | 'code'>): string => `${type}.${code}`;

/** What transactions that change the search parameters wait for (`Session.serialize`). */
export const PARAMETERS_KEY = 'search_parameter';

type ParameterRow = Omit<StoredParameter, 'type'> & { readonly type: number };

/** Every parameter that has rows, in the order of its number; those that are being dropped among them. */
export async function storedParameters(reader: Pick<Reader, 'query'>): Promise<readonly StoredParameter[]> {
  const rows = await reader.query<ParameterRow>(
    sql`SELECT number, type, code, url, hash, status, position, done, total FROM search_parameter ORDER BY number`,
  );
  return rows.map((row) => ({ ...row, type: typeOfNumber(row.type) }));
}

/** Those in force, by `parameterKey`. */
export const parametersInForce = (stored: readonly StoredParameter[]): ReadonlyMap<string, StoredParameter> =>
  new Map(
    stored.filter(({ status }) => status !== 'dropping').map((parameter) => [parameterKey(parameter), parameter]),
  );

/** Makes the declared parameters those in force, by `parameterKey`. When nothing changed this is one SELECT. */
export async function registerParameters(
  store: Store,
  declared: readonly ParameterDeclaration[],
): Promise<ReadonlyMap<string, StoredParameter>> {
  const known = parametersInForce(await storedParameters(store));
  if (isInForce(known, declared)) return known;
  return store.transact(async (session) => {
    await session.serialize([PARAMETERS_KEY]);
    return registerIn(session, declared);
  });
}

const isInForce = (known: ReadonlyMap<string, StoredParameter>, declared: readonly ParameterDeclaration[]): boolean =>
  known.size === declared.length &&
  declared.every((declaration) => isSame(known.get(parameterKey(declaration)), declaration));

const isSame = (stored: StoredParameter | undefined, { url, hash }: ParameterDeclaration): boolean =>
  stored?.url === url && stored.hash === hash;

/** Rows inserted by one statement; each takes nine parameters, and SQLite allows 32,766. */
const ROWS_A_STATEMENT = 1000;

/**
 * As `registerParameters`, in a transaction that has serialized PARAMETERS_KEY. One that is new, or whose hash differs, is `filling` where
 * resources of its type are stored, otherwise `active`; one that is not declared any more is `dropping`.
 */
export async function registerIn(
  session: Session,
  declared: readonly ParameterDeclaration[],
): Promise<ReadonlyMap<string, StoredParameter>> {
  const stored = await storedParameters(session);
  const known = parametersInForce(stored);
  if (isInForce(known, declared)) return known;
  const wanted = new Map(declared.map((declaration) => [parameterKey(declaration), declaration]));
  const totals = await countsOf(
    session,
    declared.filter((declaration) => known.get(parameterKey(declaration))?.hash !== declaration.hash),
  );

  for (const [key, { number }] of known) if (!wanted.has(key)) await setStatus(session, [number], 'dropping');
  for (const [key, declaration] of wanted) {
    const parameter = known.get(key);
    if (parameter && !isSame(parameter, declaration)) await redeclare(session, parameter, declaration, totals);
  }
  await insert(
    session,
    declared.filter((declaration) => !known.has(parameterKey(declaration))),
    stored,
    totals,
  );
  await session.raiseRevision();
  return parametersInForce(await storedParameters(session));
}

type Totals = ReadonlyMap<ResourceType, number>;

/** How many resources there are of the types that have to be walked. */
async function countsOf(reader: Reader, declared: readonly ParameterDeclaration[]): Promise<Totals> {
  const types = [...new Set(declared.map(({ type }) => typeNumber(type)))];
  if (types.length === 0) return new Map();
  const rows = await reader.query<{ type: number; total: number }>(
    sql`SELECT type, count(*) AS total FROM resource WHERE content IS NOT NULL AND type IN (${join(types)}) GROUP BY type`,
  );
  return new Map(rows.map(({ type, total }) => [typeOfNumber(type), Number(total)]));
}

const walk = (total: number): { readonly status: ParameterStatus; readonly total: number } => ({
  status: total > 0 ? 'filling' : 'active',
  total,
});

async function redeclare(
  session: Session,
  parameter: StoredParameter,
  { url, hash, type }: ParameterDeclaration,
  totals: Totals,
): Promise<void> {
  const { status, total } = walk(totals.get(type) ?? 0);
  const again =
    hash === parameter.hash
      ? sql``
      : sql`, hash = ${hash}, status = ${status}, position = 0, done = 0, total = ${total}`;
  await session.execute(sql`UPDATE search_parameter SET url = ${url}${again} WHERE number = ${parameter.number}`);
}

async function insert(
  session: Session,
  declared: readonly ParameterDeclaration[],
  stored: readonly StoredParameter[],
  totals: Totals,
): Promise<void> {
  const free = freeNumbers(stored, declared.length);
  const rows = declared.map(({ type, code, url, hash }, index) => {
    const { status, total } = walk(totals.get(type) ?? 0);
    return [free[index] ?? 0, typeNumber(type), code, url, hash, status, 0, 0, total];
  });
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT)
    await session.execute(
      sql`INSERT INTO search_parameter (number, type, code, url, hash, status, position, done, total)
        VALUES ${bulk(rows.slice(from, from + ROWS_A_STATEMENT))}`,
    );
}

/** `smallint` on PostgreSQL. */
const LAST_NUMBER = 32_767;

/** Numbers above all that are taken, so that one is not soon used again; the gaps when there are no more. */
function freeNumbers(stored: readonly StoredParameter[], count: number): readonly number[] {
  const last = stored.at(-1)?.number ?? 0;
  if (last + count <= LAST_NUMBER) return Array.from({ length: count }, (_, index) => last + index + 1);
  const taken = new Set(stored.map(({ number }) => number));
  const gaps = Array.from({ length: LAST_NUMBER }, (_, index) => index + 1).filter((number) => !taken.has(number));
  if (gaps.length < count) throw new Error(`there are more than ${LAST_NUMBER} search parameters`);
  return gaps.slice(0, count);
}

/** Changes the status of parameters; their progress stays. */
export async function setStatus(session: Session, numbers: readonly number[], status: ParameterStatus): Promise<void> {
  if (numbers.length > 0)
    await session.execute(sql`UPDATE search_parameter SET status = ${status} WHERE number IN (${join([...numbers])})`);
}

/** Has active parameters of types that have resources walked again from the first one. */
export async function rebuild(session: Session, parameters: readonly StoredParameter[]): Promise<void> {
  const active = parameters.filter(({ status }) => status === 'active' || status === 'rebuilding');
  const totals = await countsOf(session, active);
  for (const type of totals.keys()) {
    const numbers = active.filter((parameter) => parameter.type === type).map(({ number }) => number);
    await session.execute(
      sql`UPDATE search_parameter SET status = 'rebuilding', position = 0, done = 0, total = ${totals.get(type) ?? 0}
        WHERE number IN (${join(numbers)})`,
    );
  }
}

/** Remembers that the walk of parameters has come to the resource `position`, over `count` more. */
export async function advance(
  session: Session,
  numbers: readonly number[],
  position: number,
  count: number,
): Promise<void> {
  await session.execute(
    sql`UPDATE search_parameter SET position = ${position}, done = done + ${count} WHERE number IN (${join([...numbers])})`,
  );
}

/** Rows deleted in one transaction, so that other writers get their turn. */
const ROWS_A_DELETION = 5_000;

/** Deletes some of the index rows of a parameter; when there are none left, the parameter itself. Gives whether anything is left. */
export async function deleteSome(session: Session, number: number): Promise<boolean> {
  for (const table of indexTables)
    if (await hasRows(session, table, number)) {
      await session.execute(partialDeletion(table, number));
      return true;
    }
  await session.execute(sql`DELETE FROM search_parameter WHERE number = ${number} AND status = 'dropping'`);
  return false;
}

async function hasRows(reader: Reader, { name }: IndexTable, number: number): Promise<boolean> {
  return (await reader.query(sql`SELECT 1 AS one FROM ${raw(name)} WHERE param = ${number} LIMIT 1`)).length > 0;
}

function partialDeletion({ name, key }: IndexTable, number: number): Sql {
  const columns = join(key.map(raw));
  return sql`DELETE FROM ${raw(name)} WHERE (${columns}) IN
    (SELECT ${columns} FROM ${raw(name)} WHERE param = ${number} LIMIT ${ROWS_A_DELETION})`;
}
