/**
 * Brings a database to the schema of this program, one process at a time, and refuses one that is newer or different.
 * Forward only: each migration is a list of statements for each dialect.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Dialect } from './dialect.ts';

export interface Migration {
  /** `0001-initial`: number and name, ascending. */
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** How a dialect keeps other processes out while the schema changes. */
export interface MigrationLock {
  /** Begins a transaction that no other process can be in at the same time. */
  readonly begin: readonly string[];
}

export const sqliteLock: MigrationLock = { begin: ['BEGIN IMMEDIATE'] };

/** The key is arbitrary and constant; `schema` is made when it is missing. */
export const postgresLock = (schema: string | undefined): MigrationLock => ({
  begin: [
    'BEGIN',
    'SELECT pg_advisory_xact_lock(7846518291)',
    ...(schema ? [`CREATE SCHEMA IF NOT EXISTS "${schema}"`] : []),
  ],
});

const MIGRATION_TABLE = `CREATE TABLE IF NOT EXISTS migration (
  name text NOT NULL PRIMARY KEY,
  checksum text NOT NULL)`;

/** Of the statements without comments and spacing, so that rewording a purpose is no other schema. */
export function checksumOf(migration: Migration, dialect: Dialect): string {
  const text = migration
    .statements(dialect)
    .filter((statement) => !statement.startsWith('COMMENT ON'))
    .map((statement) => statement.replace(/ -- .*$/gm, '').replace(/\s+/g, ' '))
    .join(';');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** @throws Error with a sentence when the database was made by another program or a later version */
function requireSame(applied: readonly Applied[], known: readonly Applied[]): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const expected = known[index];
    if (!expected)
      throw new Error(
        `The database has the migration ${name}, which this version does not know (its last is ${known.at(-1)?.name ?? 'none'}). ` +
          'It was made by a newer version: start that one, or use another database.',
      );
    if (expected.name !== name)
      throw new Error(`The database has the migration ${name} where this version has ${expected.name}.`);
    if (expected.checksum !== checksum)
      throw new Error(
        `The migration ${name} of the database differs from the one of this version: checksum ${checksum}, expected ${expected.checksum}.`,
      );
  }
}

async function rowsOf<Row>(knex: Knex, text: string): Promise<readonly Row[]> {
  const result: unknown = await knex.raw(text);
  return (Array.isArray(result) ? result : (result as { rows: Row[] }).rows) as readonly Row[];
}

const appliedTo = (knex: Knex): Promise<readonly Applied[]> =>
  rowsOf<Applied>(knex, 'SELECT name, checksum FROM migration ORDER BY name');

/**
 * Applies what is missing; with `readOnly` only checks. `knex` must have a pool of exactly one connection.
 * @throws Error with a sentence that names the difference
 */
export async function migrate(
  knex: Knex,
  dialect: Dialect,
  lock: MigrationLock,
  migrations: readonly Migration[],
  readOnly = false,
): Promise<void> {
  const known = migrations.map((migration) => ({ name: migration.name, checksum: checksumOf(migration, dialect) }));
  const present = await appliedTo(knex).catch(() => undefined);
  if (present) requireSame(present, known);
  if (present?.length === known.length) return;
  if (readOnly)
    throw new Error('The database lacks migrations of this version: start a server that may write to it first.');

  for (const statement of lock.begin) await knex.raw(statement);
  try {
    await knex.raw(MIGRATION_TABLE);
    const applied = await appliedTo(knex);
    requireSame(applied, known);
    for (const [index, migration] of migrations.entries()) {
      const entry = known[index];
      if (index < applied.length || !entry) continue;
      for (const statement of migration.statements(dialect)) await knex.raw(statement);
      await knex('migration').insert(entry);
    }
    await knex.raw('COMMIT');
  } catch (error) {
    await knex.raw('ROLLBACK');
    throw error;
  }
}
