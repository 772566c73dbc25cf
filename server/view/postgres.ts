/**
 * JSON and time in PostgreSQL: a Value is a jsonb. The text of a resource is parsed once a row, behind OFFSET 0, which keeps the planner from writing the
 * parse into every column; conditions on `resource.id` still use the index.
 */
import type { Json } from '../../mappings/json.ts';
import { type Filter, type JsonSql, type Place, quoted, type Value } from './json-sql.ts';

const value = (expression: string): Value => expression as Value;

/** What is text to PostgreSQL and no jsonb, NUL and halves of surrogate pairs, becomes U+FFFD. */
const careJson = String.raw`CREATE FUNCTION care_json(content text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF strpos(content, '\u') > 0 THEN
    RETURN regexp_replace(content, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\\ufffd', 'g')::jsonb;
  END IF;
  RETURN content::jsonb;
END $$`;

/** NULL for what is no day of the calendar, where a cast would end the report. */
const careDay = String.raw`CREATE FUNCTION care_day(said text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  month text := coalesce(nullif(substr(said, 6, 2), ''), '01');
  found date;
BEGIN
  IF said !~ '^(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T.*)?)?)?$' THEN
    RETURN NULL;
  END IF;
  found := make_date(substr(said, 1, 4)::integer, month::integer, 1) + (coalesce(nullif(substr(said, 9, 2), ''), '01')::integer - 1);
  RETURN CASE WHEN to_char(found, 'MM') = month THEN found END;
END $$`;

const careInstant = String.raw`CREATE FUNCTION care_instant(said text, day date) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(said) <= 10 THEN
    RETURN day::timestamp AT TIME ZONE 'UTC';
  END IF;
  IF said !~ '^.{10}T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$' THEN
    RETURN NULL;
  END IF;
  RETURN said::timestamptz;
END $$`;

const type = (json: Value): string => `jsonb_typeof(${json})`;
const number = (json: Value): string => `CASE ${type(json)} WHEN 'number' THEN ${json}::numeric END`;
const property = (json: Value, name: string): Value => value(`(${json} -> ${quoted(name)})`);
const elements = (list: Value): string => `jsonb_array_elements(CASE ${type(list)} WHEN 'array' THEN ${list} END)`;
const text = (json: Value): string => `CASE ${type(json)} WHEN 'string' THEN ${json} #>> '{}' END`;

function meets(json: Value, filter: Filter): string {
  switch (filter.kind) {
    case 'fits':
      return `${json} @> ${quoted(JSON.stringify(filter.pattern))}`;
    case 'canonical': {
      const canonical = text(property(json, filter.element));
      return `split_part(${canonical}, '|', 1) IN (${filter.urls.map(quoted).join(', ')})`;
    }
    default:
      return `${json} @@ ${quoted(pathOf(filter, '$'))}`;
  }
}

/** A filter as a predicate of jsonpath about `at`. */
function pathOf(filter: Filter, at: string): string {
  switch (filter.kind) {
    case 'fits':
      return patternPath(filter.pattern, at);
    case 'refers':
      return `${at}.${filter.element}.reference like_regex "(^|/)${filter.type}/"`;
    case 'canonical':
      return `(${filter.urls.map((url) => `${at}.${filter.element} == "${url}" || ${at}.${filter.element} starts with "${url}|"`).join(' || ')})`;
    case 'not':
      return `!(${pathOf(filter.condition, at)})`;
    case 'coded':
      return `${at}.system == "${filter.system}" && (${filter.codes.map((code) => `${at}.code == "${code}"`).join(' || ')})`;
    case 'all':
      return filter.filters.map((each) => pathOf(each, at)).join(' && ');
  }
}

function patternPath(pattern: Json, at: string): string {
  const entries = Object.entries(pattern);
  if (entries.length === 0) return `${at}.type() == "object"`;
  const one = (each: unknown, place: string): string =>
    typeof each === 'object' && each !== null
      ? patternPath(each as Json, place)
      : `${place} == ${JSON.stringify(each)}`;
  return entries
    .flatMap(([name, each]) =>
      Array.isArray(each)
        ? each.map((item) => `exists(${at}.${name}[*] ? (${one(item, '@')}))`)
        : [one(each, `${at}.${name}`)],
    )
    .join(' && ');
}

/** A function and no subquery: a plan with a hundred subqueries has a cost at which PostgreSQL compiles it, for seconds. */
const first = ({ value: list, ...place }: Place, filter: Filter): Place => ({
  ...place,
  value: value(`jsonb_path_query_first(${list}, ${quoted(`$[*] ? (${pathOf(filter, '@')})`)})`),
});

/** A function, so that the planner asks no more than it costs and never compiles it: each list is taken to have a hundred items. */
const joined = (query: string, alias: string, columns: readonly string[]) => ({
  join: `LEFT JOIN LATERAL care_${alias}(root.json) AS ${alias} ON true`,
  functions: [
    {
      name: `care_${alias}`,
      statement: `CREATE FUNCTION care_${alias}(form jsonb) RETURNS TABLE (${columns.map((name) => `${name} integer`).join(', ')})
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 1 SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT ${columns.map((name) => `found.${name}`).join(', ')} FROM (SELECT form AS json) AS root CROSS JOIN LATERAL (${query}) AS found;
END $$`,
    },
  ],
});

const day = (text: string): string => `care_day(${text})`;

export const postgresJson: JsonSql = {
  dialect: 'postgres',
  functions: [
    { name: 'care_json', statement: careJson },
    { name: 'care_day', statement: careDay },
    { name: 'care_instant', statement: careInstant },
  ],
  resources: 'resource CROSS JOIN LATERAL (SELECT care_json(resource.content) AS json OFFSET 0) AS root',
  root: value('root.json'),
  property,
  first,
  meets,
  items: (list, alias) => ({
    from: `${elements(list)} WITH ORDINALITY AS ${alias} (value, place)`,
    item: value(`${alias}.value`),
    position: `${alias}.place`,
    isItem: 'true',
  }),
  tree: (list, properties, alias) => ({
    from: `jsonb_path_query(${list}, 'strict $.** ? (${properties.map((name) => `exists(@.${name})`).join(' && ')})', '{}', true) AS ${alias} (value)`,
    item: value(`${alias}.value`),
    isItem: `${type(value(`${alias}.value`))} = 'object'`,
  }),
  within: { from: '', where: () => '', key: '0' },
  joined,
  once: 'OFFSET 0',
  select: (columns, values, from, where, having) =>
    `SELECT ${columns}\nFROM ${from}\nCROSS JOIN LATERAL (SELECT ${values.join(',\n  ')} OFFSET 0) AS item\nWHERE ${where}${having === undefined ? '' : `\n  AND (${having})`}`,
  text,
  boolean: (json) => `CASE ${type(json)} WHEN 'boolean' THEN ${json}::boolean END`,
  integer: (json) =>
    `CASE WHEN ${number(json)} % 1 = 0 AND abs(${number(json)}) <= 2147483647 THEN ${number(json)}::integer END`,
  decimal: number,
  isObject: (json) => `${type(json)} = 'object'`,
  texts: (list) =>
    `(SELECT string_agg(value #>> '{}', ' ' ORDER BY place) FROM ${elements(list)} WITH ORDINALITY AS e (value, place) WHERE jsonb_typeof(value) = 'string')`,
  holdsWord: (text, code) =>
    `strpos(${text}, ${quoted(code)}) > 0 AND ' ' || ${text} || ' ' ~ '[^A-Za-z0-9]${code}[^A-Za-z0-9]'`,
  numberAtEnd: (text) => `substring(lower(${text}) from '(?:^|[/._-])(?:q|item|question)?[._-]?([1-9])$')::integer`,
  isRelative: (text) => `${text} ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$'`,
  typeOf: (text) => `split_part(${text}, '/', 1)`,
  idOf: (text) => `split_part(${text}, '/', 2)`,
  day,
  instant: (text) => `care_instant(${text}, ${day(text)})`,
  truth: (yes) => String(yes),
};
