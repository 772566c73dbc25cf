/**
 * The tables that searches read, as data: the search types declare them, the store makes and fills them. A row is an array in the
 * order of `columns`; the parameter number comes first, and the store adds `rid`. Design: ARCHITECTURE, "Search index".
 */

export interface IndexColumn {
  readonly name: string;
  /** `uri`: text outside, an interned number (table `uri`, 0 for the empty string) inside. `real` holds doubles, `integer` safe integers. */
  readonly kind: 'integer' | 'real' | 'text' | 'uri';
}

export interface IndexTable {
  readonly name: string;
  /** The first is `param`. */
  readonly columns: readonly IndexColumn[];
  /** Every column and `rid`, in the order of the primary key. */
  readonly key: readonly string[];
  /** For rows that are ranges: how long they usually are, and the index of those that are longer. */
  readonly spans?: Spans;
  /** Rows end with one more value, a text of words, for the full text engine of the database: each resource has one row of a parameter at most. */
  readonly words?: true;
  /** The question that this table answers; becomes the SQL comment. */
  readonly purpose: string;
}

/**
 * The key leads to rows that begin in a range. Rows that end after `x` begin after `x - usual`, but for those that are longer, which have
 * an index (param, high) of their own: so `ge` and `gt` read what they find and not the whole parameter.
 */
export interface Spans {
  readonly usual: number;
  /** The condition on `low` and `high` of a row that is longer; a constant of ours. */
  readonly longer: string;
}

export type IndexRow = readonly (string | number)[];

/** Rows by the name of their table. */
export type IndexRows = Readonly<Record<string, readonly IndexRow[]>>;

const integer = (name: string): IndexColumn => ({ name, kind: 'integer' });
const real = (name: string): IndexColumn => ({ name, kind: 'real' });
const text = (name: string): IndexColumn => ({ name, kind: 'text' });
const uri = (name: string): IndexColumn => ({ name, kind: 'uri' });

/**
 * token, boolean and uri values; `code` is the uri for type uri; both empty for a concept without a code. Under a reference parameter:
 * `Reference.identifier` (`:identifier`).
 */
export const tokenIndex: IndexTable = {
  name: 'token_index',
  columns: [integer('param'), text('code'), uri('system')],
  key: ['param', 'code', 'rid', 'system'],
  purpose: 'which resources have this code, and does this resource have it; by resource: its codes (:missing, _sort)',
};

/** string values, folded and as written. Under a token parameter: display and text (`:text`). */
export const stringIndex: IndexTable = {
  name: 'string_index',
  columns: [integer('param'), text('value'), text('exact')],
  key: ['param', 'value', 'rid', 'exact'],
  purpose: 'which resources have a text that begins with this; by resource: its texts (_sort, a second criterion)',
};

/** Half-open [low, high), milliseconds since the epoch, UTC. */
export const dateIndex: IndexTable = {
  name: 'date_index',
  columns: [integer('param'), integer('low'), integer('high')],
  key: ['param', 'low', 'high', 'rid'],
  // A day: dates, and visits within one. Periods of treatment are longer.
  spans: { usual: 86_400_000, longer: 'high - low > 86400000' },
  purpose: 'which resources have a date in this interval; by resource: does this one',
};

/**
 * number and quantity values; low = high for a single value. `unit` is `code|system`, or `unit|` for the text of a unit that is not its
 * code; the canonical form of a UCUM quantity is a row of its own with `canonical` 1. Under `near`: latitude and longitude.
 */
export const quantityIndex: IndexTable = {
  name: 'quantity_index',
  columns: [integer('param'), real('low'), real('high'), uri('unit'), integer('canonical')],
  key: ['param', 'low', 'high', 'rid', 'unit', 'canonical'],
  spans: { usual: 0, longer: 'high > low' },
  purpose: 'which resources have a value in this range; by resource: does this one',
};

/**
 * `target_type` is the number of the resource type; 0 means an absolute URL elsewhere, a canonical or a urn, whole in `target_id`, or,
 * empty, a Reference that names nothing. A versioned reference is there twice: by id, and by `id/_history/version`.
 */
export const referenceIndex: IndexTable = {
  name: 'reference_index',
  columns: [integer('param'), text('target_id'), integer('target_type')],
  key: ['param', 'target_id', 'rid', 'target_type'],
  purpose: 'which resources refer to this one; by resource: what does this one refer to',
};

/**
 * The components of a composite from one element: the first token in `code` and `system`; the others a token (`text`, its system in
 * `unit`), a string or reference (`text`), a range (`low`, `high`, `unit`) or two numbers. Under an identifier parameter: type and value.
 */
export const compositeIndex: IndexTable = {
  name: 'composite_index',
  columns: [
    integer('param'),
    text('code'),
    uri('system'),
    text('text'),
    real('low'),
    real('high'),
    uri('unit'),
    integer('canonical'),
  ],
  key: ['param', 'code', 'text', 'low', 'high', 'rid', 'system', 'unit', 'canonical'],
  purpose: 'which resources have both values in one element',
};

/** The words of the narrative. On SQLite they are in the FTS5 table `narrative_text_words`, whose rowid is rid; on PostgreSQL in the column `words`. */
export const narrativeText: IndexTable = {
  name: 'narrative_text',
  columns: [integer('param')],
  key: ['param', 'rid'],
  words: true,
  purpose: 'which narratives have these words (_text)',
};

/** The words of all texts of a resource, kept as those of the narrative are. */
export const contentText: IndexTable = {
  name: 'content_text',
  columns: [integer('param')],
  key: ['param', 'rid'],
  words: true,
  purpose: 'which resources have these words anywhere (_content)',
};

/** The full text table of a name in SQLite. */
export const wordsTable = ({ name }: IndexTable): string => `${name}_words`;

/** Its words with their places, in SQLite: columns `term`, `doc` (a rid) and `offset` (from 0). */
export const placesTable = ({ name }: IndexTable): string => `${name}_places`;

/** All index tables, in the order in which they are made. */
export const indexTables: readonly IndexTable[] = [
  tokenIndex,
  stringIndex,
  dateIndex,
  quantityIndex,
  referenceIndex,
  compositeIndex,
  narrativeText,
  contentText,
];
