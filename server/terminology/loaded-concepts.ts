/** The concepts of code systems that `throughline terminology load` brought: rows of the database, any number of them. */
import sql, { empty, join, type Sql } from 'sql-template-tag';
import type { Reader } from '../store/store.ts';
import type { Concept, ConceptFilter, ConceptProperty, Concepts, Selection } from './concepts.ts';
import { listOf, notUnderstood } from './filter.ts';

type Database = Pick<Reader, 'query'>;

interface SystemRow {
  readonly number: number;
  readonly url: string;
  readonly version: string;
  readonly title: string;
}

interface ConceptRow {
  readonly code: string;
  readonly display: string;
  readonly active: number;
}

/** The loaded code system of this URL: of the version, or the one that was loaded last. */
export async function loadedConcepts(
  reader: Database,
  url: string,
  version: string | undefined,
): Promise<Concepts | undefined> {
  const rows = await reader.query<SystemRow>(
    sql`SELECT number, url, version, title FROM concept_system WHERE url = ${url} AND complete = 1
      ${version === undefined ? empty : sql`AND version = ${version}`} ORDER BY loaded DESC LIMIT 1`,
  );
  return rows[0] && conceptsOf(reader, rows[0]);
}

function conceptsOf(reader: Database, { number, url, version, title }: SystemRow): Concepts {
  const rows = (condition: Sql, limit: number) =>
    reader.query<ConceptRow>(
      sql`SELECT c.code, c.display, c.active FROM concept c WHERE c.system = ${number} AND ${condition} ORDER BY c.code LIMIT ${limit}`,
    );
  const codes = async (statement: Sql): Promise<readonly string[]> =>
    (await reader.query<{ code: string }>(statement)).map(({ code }) => code);
  return {
    url,
    ...(version === '' ? {} : { version }),
    name: title || url,
    ...(title ? { title } : {}),
    async find(code) {
      const [row] = await rows(sql`c.code = ${code}`, 1);
      if (!row) return undefined;
      const parents = await codes(
        sql`SELECT parent AS code FROM concept_parent WHERE system = ${number} AND code = ${code} ORDER BY parent`,
      );
      const properties = await reader.query<{ property: string; value: string }>(
        sql`SELECT property, value FROM concept_property WHERE system = ${number} AND code = ${code} ORDER BY property, value`,
      );
      return conceptOf(row, parents, properties.map(propertyOf));
    },
    async select(selection) {
      const found = await rows(selectionCondition(selection, number, url), selection.limit + 1);
      return found.map((row) => conceptOf(row, [], []));
    },
    async passes({ code }, filter) {
      const condition = sql`c.code = ${code} AND ${filterCondition(filter, number, url)}`;
      return (await rows(condition, 1)).length > 0;
    },
    async isA(code, ancestor) {
      return (await rows(sql`c.code = ${code} AND c.code IN (${below(number, ancestor)})`, 1)).length > 0;
    },
    ancestors: (code) => codes(above(number, code)),
    descendants: (code, limit) => codes(sql`${below(number, code)} LIMIT ${limit + 1}`),
    children: (code) =>
      codes(sql`SELECT code FROM concept_parent WHERE system = ${number} AND parent = ${code} ORDER BY code`),
  };
}

const conceptOf = (
  { code, display, active }: ConceptRow,
  parents: readonly string[],
  properties: readonly ConceptProperty[],
): Concept => ({
  code,
  ...(display === '' ? {} : { display }),
  designations: [],
  properties,
  parents,
  abstract: false,
  inactive: Number(active) === 0,
});

const propertyOf = ({ property, value }: { property: string; value: string }): ConceptProperty => ({
  code: property,
  type: 'string',
  value,
});

/** The code and all below it. UNION ends at a cycle. CROSS JOIN has SQLite follow the codes found rather than walk the table for each. */
const below = (system: number, code: string): Sql =>
  sql`WITH RECURSIVE below(code) AS (
      SELECT code FROM concept WHERE system = ${system} AND code = ${code} UNION SELECT p.code FROM below b CROSS JOIN concept_parent p WHERE p.system = ${system} AND p.parent = b.code
    ) SELECT code FROM below`;

/** The code and all above it. */
const above = (system: number, code: string): Sql =>
  sql`WITH RECURSIVE above(code) AS (
      SELECT code FROM concept WHERE system = ${system} AND code = ${code} UNION SELECT p.parent FROM above a CROSS JOIN concept_parent p WHERE p.system = ${system} AND p.code = a.code
    ) SELECT code FROM above`;

function selectionCondition({ filters, text, activeOnly }: Selection, system: number, url: string): Sql {
  const words = (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return join(
    [
      sql`1 = 1`,
      ...(activeOnly ? [sql`c.active = 1`] : []),
      ...filters.map((filter) => filterCondition(filter, system, url)),
      ...words.map((word) => {
        const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
        return sql`(lower(c.display) LIKE ${pattern} ESCAPE '\\' OR lower(c.code) LIKE ${pattern} ESCAPE '\\')`;
      }),
    ],
    ' AND ',
  );
}

/** @throws FhirError 422, when the filter is not understood */
function filterCondition(filter: ConceptFilter, system: number, url: string): Sql {
  const { property, op, value } = filter;
  switch (op) {
    case 'is-a':
      return sql`c.code IN (${below(system, value)})`;
    case 'descendent-of':
      return sql`c.code <> ${value} AND c.code IN (${below(system, value)})`;
    case 'is-not-a':
      return sql`c.code NOT IN (${below(system, value)})`;
    case 'generalizes':
      return sql`c.code IN (${above(system, value)})`;
    case '=':
      return hasValue(property, [value], system);
    case 'in':
      return hasValue(property, listOf(value), system);
    case 'not-in':
      return sql`NOT ${hasValue(property, listOf(value), system)}`;
    case 'exists': {
      const exists = sql`EXISTS (SELECT 1 FROM concept_property p WHERE p.system = ${system} AND p.code = c.code AND p.property = ${property})`;
      return value === 'true' ? exists : sql`NOT ${exists}`;
    }
    default:
      throw notUnderstood(filter, url);
  }
}

function hasValue(property: string, values: readonly string[], system: number): Sql {
  const list = join([...values]);
  if (property === 'code' || property === 'concept') return sql`(c.code IN (${list}))`;
  if (property === 'display') return sql`(c.display IN (${list}))`;
  const [table, column, named] =
    property === 'parent'
      ? [sql`concept_parent`, sql`v.parent`, empty]
      : [sql`concept_property`, sql`v.value`, sql`AND v.property = ${property}`];
  return sql`EXISTS (SELECT 1 FROM ${table} v WHERE v.system = ${system} AND v.code = c.code ${named} AND ${column} IN (${list}))`;
}
