/** The report views in PostgreSQL, and who may read them. */
import pg from 'pg';
import { type Granted, type Kept, VIEWS, type ViewSet, type ViewsThere } from '../view-set.ts';
import { clientConfig, type PostgresAddress } from './connection.ts';

const READ = `SELECT value FROM setting WHERE name = '${VIEWS}'`;
const WRITE = `INSERT INTO setting (name, value) VALUES ('${VIEWS}', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** One process at a time; a report that runs for long must not hold up a start, nor those who would wait behind it. */
const BEGIN =
  "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock(7846518292)";

async function connected<T>(address: PostgresAddress, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...clientConfig(address), connectionTimeoutMillis: 10_000 });
  // A connection that breaks is met at the next query.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` in a transaction that has the views for itself. */
async function alone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(BEGIN);
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function there(client: pg.Client): Promise<ViewsThere | undefined> {
  const { rows } = await client.query<{ value: string }>(READ);
  return rows[0] && (JSON.parse(rows[0].value) as ViewsThere);
}

/** @throws Error when the account may not, or what others made depends on a view */
export const keepPostgresViews = (address: PostgresAddress, set: ViewSet): Promise<Kept> =>
  connected(address, async (client) => {
    if ((await there(client))?.hash === set.hash) return 'same';
    return alone(client, async () => {
      const before = await there(client);
      if (before?.hash === set.hash) return 'same';
      const grants = await grantsOn(client, before?.views ?? []);
      for (const name of before?.views ?? []) await client.query(`DROP VIEW IF EXISTS ${name}`);
      for (const name of before?.functions ?? []) await client.query(`DROP FUNCTION IF EXISTS ${name}`);
      for (const statement of set.statements) await client.query(statement);
      for (const statement of regrant(grants, before?.views ?? [], set.views)) await client.query(statement);
      const { views, functions, hash } = set;
      await client.query(WRITE, [JSON.stringify({ views, functions, hash })]);
      return 'made';
    });
  });

interface Grant {
  readonly view: string;
  /** As SQL writes it. */
  readonly role: string;
}

const GRANTS = `SELECT c.relname AS view, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role
  FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY($1) AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner`;

const grantsOn = async (client: pg.Client, views: readonly string[]): Promise<readonly Grant[]> =>
  (await client.query<Grant>(GRANTS, [views])).rows;

/** Who could read a view can read the one of the same name; who could read all of them can read those that are new. */
function regrant(grants: readonly Grant[], before: readonly string[], after: readonly string[]): readonly string[] {
  const roles = [...new Set(grants.map(({ role }) => role))];
  return roles.flatMap((role) => {
    const had = new Set(grants.filter((grant) => grant.role === role).map(({ view }) => view));
    const hadAll = before.every((view) => had.has(view));
    const views = after.filter((view) => hadAll || had.has(view));
    return views.length === 0 ? [] : [`GRANT SELECT ON ${views.join(', ')} TO ${role}`];
  });
}

/** @throws Error with what a superuser has to do, when the account may not make roles */
export const grantPostgresViews = (address: PostgresAddress, set: ViewSet, role: string): Promise<Granted> =>
  connected(address, (client) =>
    alone(client, async () => {
      const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const name = pg.escapeIdentifier(role);
      const isNew = rows.length === 0;
      if (isNew) await client.query(`CREATE ROLE ${name} NOLOGIN`).catch((error: unknown) => refused(role, error));
      const schema = await client.query<{ name: string }>('SELECT current_schema() AS name');
      await client.query(`GRANT USAGE ON SCHEMA ${pg.escapeIdentifier(schema.rows[0]?.name ?? 'public')} TO ${name}`);
      await client.query(`GRANT SELECT ON ${set.views.join(', ')} TO ${name}`);
      const reads = await client.query<{ reads: boolean }>(
        "SELECT has_table_privilege($1, 'resource', 'SELECT') AS reads",
        [role],
      );
      return { isNew, readsTables: reads.rows[0]?.reads === true };
    }),
  );

const INSUFFICIENT_PRIVILEGE = '42501';

function refused(role: string, error: unknown): never {
  if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
  throw new Error(
    `There is no role ${role}, and the account of the server may not make one. Have it made (CREATE ROLE ${role}) and run this again.`,
    { cause: error },
  );
}
