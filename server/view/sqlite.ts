/**
 * JSON and time in SQLite: a Value is a path into `resource.content`, whose text is parsed once for all of them. Dates and times are texts that sort,
 * `2026-05-01` and `2026-05-01T10:00:00.000Z`. A value stands as it is: of what type it has to be, validation sees to. Every connection parses these texts
 * when it opens the file, so they are kept short. Nothing here is younger than SQLite 3.38: who opens the file reads every view's text.
 */
import type { Json } from '../../mappings/json.ts';
import { type Filter, type JsonSql, type Place, quoted, type Value } from './json-sql.ts';

const value = (path: string): Value => path as Value;
const extract = (path: Value): string => (path.startsWith("'") ? `(content ->> ${path})` : `(content ->> (${path}))`);
const type = (path: Value): string => `json_type(content, ${path})`;

const property = (path: Value, name: string): Value =>
  value(path.endsWith("'") ? `${path.slice(0, -1)}.${name}'` : `${path} || '.${name}'`);

const items = (list: Value, alias: string) => ({
  from: `json_each(content, ${list}) AS ${alias}`,
  item: value(`${alias}.fullkey`),
  position: `(${alias}.key + 1)`,
  // The keys of an object are texts; a primitive has none.
  isItem: `typeof(${alias}.key) = 'integer'`,
});

/** A list of the pattern has its items anywhere in the list of the value. */
function fits(path: Value, pattern: Json, depth = 1): string {
  const entries = Object.entries(pattern);
  if (entries.length === 0) return `${type(path)} = 'object'`;
  const one = (inner: Value, each: unknown): string =>
    typeof each === 'object' && each !== null
      ? fits(inner, each as Json, depth + 1)
      : `${extract(inner)} = ${quoted(String(each))}`;
  return entries
    .flatMap(([name, each]): string[] => {
      const inner = property(path, name);
      if (!Array.isArray(each)) return [one(inner, each)];
      const { from, item, isItem } = items(inner, `f${depth}`);
      return each.map((wanted) => `EXISTS (SELECT 1 FROM ${from} WHERE ${isItem} AND ${one(item, wanted)})`);
    })
    .join(' AND ');
}

function meets(path: Value, filter: Filter): string {
  switch (filter.kind) {
    case 'fits':
      return fits(path, filter.pattern);
    case 'refers': {
      const reference = extract(property(property(path, filter.element), 'reference'));
      return `instr('/' || ${reference}, ${quoted(`/${filter.type}/`)}) > 0`;
    }
    case 'canonical': {
      const canonical = extract(property(path, filter.element));
      return `substr(${canonical}, 1, instr(${canonical} || '|', '|') - 1) IN (${filter.urls.map(quoted).join(', ')})`;
    }
    case 'not':
      return `(${meets(path, filter.condition)}) IS NOT TRUE`;
    case 'coded': {
      const isKnown = `${extract(property(path, 'code'))} IN (${filter.codes.map(quoted).join(', ')})`;
      return `${extract(property(path, 'system'))} = ${quoted(filter.system)} AND ${isKnown}`;
    }
    case 'all':
      return filter.filters.map((each) => meets(path, each)).join(' AND ');
  }
}

function first(list: Place, filter: Filter): Place {
  const depth = list.depth + 1;
  const { from, item } = items(list.value, `s${depth}`);
  return {
    value: item,
    depth,
    // json_each gives the items in their order.
    wrap: (leaf) => list.wrap(`(SELECT ${leaf} FROM ${from} WHERE ${meets(item, filter)} LIMIT 1)`),
  };
}

const NUMBERED = ['', 'q', 'q[._-]', 'item', 'item[._-]', 'question', 'question[._-]'];

export const sqliteJson: JsonSql = {
  dialect: 'sqlite',
  functions: [],
  resources: 'resource',
  root: value("'$'"),
  property,
  items,
  first,
  meets,
  tree: (list, properties, alias) => {
    const item = value(`${alias}.fullkey`);
    const has = properties.map((name) => `${type(property(item, name))} IS NOT NULL`);
    return {
      from: `json_tree(content, ${list}) AS ${alias}`,
      item,
      isItem: [`${alias}.type = 'object'`, ...has].join(' AND '),
    };
  },
  within: { from: 'resource, ', where: (condition) => `${condition} AND `, key: 'resource.rid' },
  joined: (query, alias) => ({
    join: `LEFT JOIN (${query}) AS ${alias} ON ${alias}.rid = resource.rid`,
    functions: [],
  }),
  once: 'LIMIT -1',
  // No LATERAL: what the outer query does not ask for is not worked out, and conditions on the id find their index.
  select: (columns, values, from, where, having) =>
    `SELECT ${columns}\nFROM (SELECT ${values.join(',\n  ')}\nFROM ${from}\nWHERE ${where}) AS item${having === undefined ? '' : `\nWHERE ${having}`}`,
  text: extract,
  boolean: extract,
  integer: extract,
  decimal: extract,
  isObject: (path) => `${type(path)} = 'object'`,
  // json_each gives the items in their order, and group_concat takes them as they come.
  texts: (list) =>
    `(SELECT group_concat(t.value, ' ') FROM json_each(content, ${list}) AS t WHERE t.type = 'text' AND typeof(t.key) = 'integer')`,
  holdsWord: (text, code) => `(' ' || ${text} || ' ') GLOB '*[^A-Za-z0-9]${code}[^A-Za-z0-9]*'`,
  numberAtEnd: (text) =>
    `CASE WHEN ${NUMBERED.map((word) => `'/' || lower(${text}) GLOB '*[/._-]${word}[1-9]'`).join(' OR ')} THEN CAST(substr(${text}, -1) AS integer) END`,
  isRelative: (text) =>
    `(substr(${text}, instr(${text}, '/') + 1) NOT GLOB '*[^A-Za-z0-9.-]*' AND length(${text}) - instr(${text}, '/') BETWEEN 1 AND 64)`,
  typeOf: (text) => `substr(${text}, 1, instr(${text}, '/') - 1)`,
  idOf: (text) => `substr(${text}, instr(${text}, '/') + 1)`,
  day: (text) => `date(substr(substr(${text}, 1, 10) || '-01-01', 1, 10))`,
  instant: (text) =>
    `strftime('%Y-%m-%dT%H:%M:%fZ', CASE WHEN length(${text}) > 10 THEN ${text} ELSE substr(${text} || '-01-01', 1, 10) END)`,
  truth: (yes) => (yes ? '1' : '0'),
};
