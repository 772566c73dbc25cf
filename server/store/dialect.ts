/** What differs between the DDL of SQLite and of PostgreSQL, and nothing else. */
import type { ColumnKind, Index, Table } from './schema.ts';

export type DialectName = 'sqlite' | 'postgres';

export interface Dialect {
  readonly name: DialectName;
  /** The statements that make a table, its indexes and its comments. */
  create(table: Table): readonly string[];
}

const list = (columns: readonly string[]): string => columns.join(', ');

function columnLines(table: Table, types: Readonly<Record<ColumnKind, string>>): string {
  return table.columns
    .map(({ name, kind, nullable }) => `  ${name} ${types[kind]}${nullable ? '' : ' NOT NULL'},\n`)
    .join('');
}

function createIndex(table: Table, { name, columns, unique, where }: Index, include: readonly string[] = []): string {
  return [
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table.name} (${list(columns)})`,
    ...(include.length > 0 ? [` INCLUDE (${list(include)})`] : []),
    ...(where ? [` WHERE ${where}`] : []),
  ].join('');
}

const sqliteTypes = { small: 'INTEGER', integer: 'INTEGER', big: 'INTEGER', real: 'REAL', text: 'TEXT' };

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  create(table) {
    const head = `CREATE TABLE ${table.name} ( -- ${table.purpose}\n`;
    const key = `  PRIMARY KEY (${list(table.primaryKey)}))${table.clustered ? ' WITHOUT ROWID' : ''}`;
    return [
      head + columnLines(table, sqliteTypes) + key,
      ...table.indexes.map((index) => `${createIndex(table, index)} -- ${index.purpose}`),
    ];
  },
};

// COLLATE "C": codes and ids are compared by code point on both databases, which also lets a prefix be a range of the key.
const postgresTypes = {
  small: 'smallint',
  integer: 'integer',
  big: 'bigint',
  real: 'double precision',
  text: 'text COLLATE "C"',
};

const comment = (kind: 'TABLE' | 'INDEX', name: string, purpose: string): string =>
  `COMMENT ON ${kind} ${name} IS '${purpose.replaceAll("'", "''")}'`;

export const postgresDialect: Dialect = {
  name: 'postgres',
  create(table) {
    const key = `  PRIMARY KEY (${list(table.primaryKey)}))`;
    const statistics = table.correlated
      ? [`CREATE STATISTICS ${table.name}_statistics (ndistinct, mcv) ON ${list(table.correlated)} FROM ${table.name}`]
      : [];
    return [
      `CREATE TABLE ${table.name} (\n${columnLines(table, postgresTypes)}${key}`,
      comment('TABLE', table.name, table.purpose),
      ...table.indexes.flatMap((index) => [
        createIndex(table, index, index.include),
        comment('INDEX', index.name, index.purpose),
      ]),
      ...statistics,
    ];
  },
};
