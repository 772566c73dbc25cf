/**
 * The tables of the store, declared once; `dialect.ts` writes them for SQLite and for PostgreSQL. The index tables follow from
 * the declarations of `search/index-table.ts`. Result: test/golden/schema-sqlite.sql and schema-postgres.sql.
 */
import { type IndexColumn, type IndexTable, indexTables } from '../search/index-table.ts';

/** Ranges: `small` 16 bits, `integer` 32, `big` 53 (safe integers of JavaScript). */
export type ColumnKind = 'small' | 'integer' | 'big' | 'real' | 'text';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly nullable?: boolean;
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: boolean;
  /** Condition of a partial index. */
  readonly where?: string;
  /** Columns carried along so that the index alone answers. SQLite carries the primary key of a clustered table by itself. */
  readonly include?: readonly string[];
  /** The question that this index answers; becomes the SQL comment. */
  readonly purpose: string;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** Kept in the order of the primary key, with no rowid: for narrow rows that are read by range. Never for rows with a body. */
  readonly clustered?: boolean;
  readonly indexes: readonly Index[];
  /** Words for the full text engine of the database belong to each row. */
  readonly words?: true;
  /** Two columns whose values depend on each other; PostgreSQL takes them for independent unless told. */
  readonly correlated?: readonly [string, string];
  readonly purpose: string;
}

const small = (name: string): Column => ({ name, kind: 'small' });
const integer = (name: string): Column => ({ name, kind: 'integer' });
const big = (name: string): Column => ({ name, kind: 'big' });
const text = (name: string): Column => ({ name, kind: 'text' });
const nullable = (column: Column): Column => ({ ...column, nullable: true });

const resource: Table = {
  name: 'resource',
  // rid: stands for the resource in every other table, ascending with creation. version: meta.versionId.
  columns: [
    big('rid'),
    small('type'),
    text('id'),
    integer('version'),
    big('tx'),
    small('method'),
    nullable(text('content')),
  ],
  primaryKey: ['rid'],
  indexes: [
    {
      name: 'resource_by_id',
      columns: ['type', 'id'],
      unique: true,
      purpose: 'what is the current version of Type/id, and is the id free',
    },
    {
      name: 'resource_by_type',
      columns: ['type', 'rid'],
      where: 'content IS NOT NULL',
      purpose: 'which resources of a type exist, in the order of their creation: search without criteria, reindex',
    },
    {
      name: 'resource_by_tx',
      columns: ['type', 'tx', 'rid'],
      purpose: 'which resources of a type were changed last: _lastUpdated, history of type and system',
    },
  ],
  purpose: 'the current version of every resource; content is the JSON as served, NULL when deleted',
};

const resourceHistory: Table = {
  name: 'resource_history',
  columns: [
    big('rid'),
    integer('version'),
    big('tx'),
    big('ended'),
    small('type'),
    small('method'),
    nullable(text('content')),
  ],
  primaryKey: ['rid', 'version'],
  indexes: [
    {
      name: 'resource_history_by_tx',
      columns: ['type', 'tx', 'rid', 'version'],
      purpose: 'which versions of a type were written last: history of type and system',
    },
  ],
  purpose:
    'versions that were replaced, current from tx until ended; the key answers vread and the history of an instance',
};

const transactionLog: Table = {
  name: 'transaction_log',
  columns: [big('tx'), integer('versions')],
  primaryKey: ['tx'],
  indexes: [],
  purpose: 'every transaction that wrote, with the number of its versions: which was the last',
};

const searchParameter: Table = {
  name: 'search_parameter',
  // position, done, total: of the walk over the resources of the type: the last rid, how many it has seen, how many there were at its start.
  columns: [
    small('number'),
    small('type'),
    text('code'),
    text('url'),
    text('hash'),
    text('status'),
    big('position'),
    integer('done'),
    integer('total'),
  ],
  primaryKey: ['number'],
  indexes: [
    {
      name: 'search_parameter_by_code',
      columns: ['type', 'code'],
      unique: true,
      where: "status <> 'dropping'",
      purpose: 'which number stands for this parameter of this type in the index tables',
    },
  ],
  purpose:
    'the search parameters that have rows; status: active, filling or rebuilding while resources are indexed, dropping while rows are deleted',
};

const setting: Table = {
  name: 'setting',
  columns: [text('name'), text('value')],
  primaryKey: ['name'],
  indexes: [],
  purpose:
    'what all processes of the server share and keep: the key of page links, the revision of the search parameters',
};

const uri: Table = {
  name: 'uri',
  columns: [integer('number'), text('value')],
  primaryKey: ['number'],
  indexes: [{ name: 'uri_by_value', columns: ['value'], unique: true, purpose: 'which number stands for this URI' }],
  purpose: 'code systems and units, told apart by number in the index tables; 0 is the empty text',
};

/** Columns of index tables that hold the number of a parameter or type, or a flag. */
const narrow = new Set(['param', 'target_type', 'canonical']);

function columnOf({ name, kind }: IndexColumn): Column {
  if (narrow.has(name)) return small(name);
  switch (kind) {
    case 'integer':
      return big(name);
    case 'real':
      return { name, kind: 'real' };
    case 'text':
      return text(name);
    case 'uri':
      return integer(name);
  }
}

/** An index table as the database keeps it: with `rid`, clustered by its key. */
function tableOf({ name, columns, key, spans, words, purpose }: IndexTable): Table {
  const reverse: Index = {
    name: `${name}_by_resource`,
    columns: ['rid', 'param'],
    include: key.filter((column) => column !== 'rid' && column !== 'param'),
    purpose: 'what values does this resource have',
  };
  const ends: readonly Index[] = spans
    ? [
        {
          name: `${name}_longer`,
          columns: ['param', 'high'],
          include: key.filter((column) => column !== 'param' && column !== 'high'),
          where: spans.longer,
          purpose: 'which resources have a long range that ends after this',
        },
      ]
    : [];
  const [first = 'param', second = 'rid'] = key;
  return {
    name,
    columns: [...columns.map(columnOf), big('rid')],
    primaryKey: key,
    clustered: true,
    indexes: [reverse, ...ends],
    ...(words ? { words } : { correlated: [first, second] as const }),
    purpose,
  };
}

/** Every table, in the order in which they are made. */
export const tables: readonly Table[] = [
  resource,
  resourceHistory,
  transactionLog,
  searchParameter,
  setting,
  uri,
  ...indexTables.map(tableOf),
];
