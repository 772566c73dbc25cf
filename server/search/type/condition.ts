/** Pieces of SQL conditions that the search types share, and the texts that index keys can hold. Both dialects understand all of it. */
import { createHash } from 'node:crypto';
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';

/** `t.code`: both names come from our own declarations, never from a request. */
export const column = (alias: string, name: string): Sql => raw(`${alias}.${name}`);

/** The number that stands for a URI in the index tables; NULL, which equals nothing, when no row has that URI. */
export const uriNumber = (uri: string): Sql =>
  uri === '' ? sql`0` : sql`(SELECT number FROM uri WHERE value = ${uri})`;

export const allOf = (conditions: readonly Sql[]): Sql => joined(conditions, ' AND ');
export const anyOf = (conditions: readonly Sql[]): Sql => joined(conditions, ' OR ');

function joined(conditions: readonly Sql[], separator: string): Sql {
  const kept = conditions.filter((condition) => condition !== empty);
  const [only] = kept;
  if (kept.length < 2) return only ?? sql`1 = 1`;
  return sql`(${join(kept, separator)})`;
}

export const inList = (subject: Sql, values: readonly string[]): Sql =>
  values.length === 1 ? sql`${subject} = ${values[0]}` : sql`${subject} IN (${join(values)})`;

/** The texts that begin with `prefix`, as a range: `%`, `_` and `*` are ordinary characters, and the index is used. */
export function beginsWith(subject: Sql, prefix: string): Sql {
  const after = successor(prefix);
  const from = sql`${subject} >= ${prefix}`;
  return after === undefined ? from : sql`(${from} AND ${subject} < ${after})`;
}

/** The first text, in the order of code points, that follows all texts with this prefix; undefined when there is none. */
export function successor(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = (last.codePointAt(0) ?? 0) + 1;
    // The surrogates are no characters; the code point after U+D7FF is U+E000.
    if (next <= 0x10ffff) return points.join('') + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}

/** `subject` contains `text`; both databases have `replace`, with the same meaning, and no wildcards. */
export const containsText = (subject: Sql, text: string): Sql => sql`replace(${subject}, ${text}, '') <> ${subject}`;

/** `subject` ends with `text`; a start before the first character means the whole on both databases. */
export const endsWith = (subject: Sql, text: string): Sql =>
  sql`(length(${subject}) >= ${[...text].length} AND substr(${subject}, length(${subject}) - ${[...text].length - 1}) = ${text})`;

// PostgreSQL refuses index entries above 2,704 bytes. A key holds two texts at most, and a UTF-16 unit takes 3 bytes at most.
const MAX_KEY = 400;
const HASHED_PREFIX = 300;

const UNSTORABLE = /[\0\ud800-\udfff]/;

/** `text` without what PostgreSQL cannot hold: NUL and lone surrogates become U+FFFD. */
const storable = (text: string): string =>
  UNSTORABLE.test(text) ? text.replace(/\p{Cs}/gu, '\ufffd').replaceAll('\0', '\ufffd') : text;

/** Text for comparing beginnings: the first 400 UTF-16 units. What lies behind them cannot be searched. */
export function cutText(text: string): string {
  if (text.length <= MAX_KEY) return storable(text);
  const cut = text.slice(0, MAX_KEY);
  return storable(/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut);
}

/** Text for comparing wholes: a long one is its beginning and a hash, so that equal keys are equal texts. */
export function keyText(text: string): string {
  if (text.length <= MAX_KEY) return storable(text);
  const prefix = cutText(text)
    .slice(0, HASHED_PREFIX)
    .replace(/[\ud800-\udbff]$/, '');
  return `${prefix}#${createHash('sha256').update(text).digest('hex')}`;
}
