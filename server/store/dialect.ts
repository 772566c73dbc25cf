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
      ...(table.words ? fullTextTable(table) : []),
    ];
  },
};

/** Words without the text that they come from, which is in the resource; they go with the row that they belong to. Words come folded. */
const fullTextTable = ({ name, purpose }: Table): readonly string[] => [
  `CREATE VIRTUAL TABLE ${name}_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0') -- ${purpose}`,
  `CREATE TRIGGER ${name}_deleted AFTER DELETE ON ${name} BEGIN DELETE FROM ${name}_words WHERE rowid = OLD.rid; END -- words of rows that are gone are found no more`,
];

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
    const words = table.words ? '  words tsvector NOT NULL,\n' : '';
    const statistics = table.correlated
      ? [`CREATE STATISTICS ${table.name}_statistics (ndistinct, mcv) ON ${list(table.correlated)} FROM ${table.name}`]
      : [];
    return [
      `CREATE TABLE ${table.name} (\n${columnLines(table, postgresTypes)}${words}${key}`,
      comment('TABLE', table.name, table.purpose),
      ...table.indexes.flatMap((index) => [
        createIndex(table, index, index.include),
        comment('INDEX', index.name, index.purpose),
      ]),
      ...statistics,
      ...(table.words
        ? [
            `CREATE INDEX ${table.name}_words ON ${table.name} USING gin (words)`,
            comment('INDEX', `${table.name}_words`, table.purpose),
          ]
        : []),
    ];
  },
};
