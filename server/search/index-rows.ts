/**
 * A resource to its index rows: each parameter's expression is compiled once for its type and evaluated on the resource, and the
 * search type of the parameter makes rows of what is selected.
 */
import { typeDefinition } from '../../resources/definition.ts';
import { type Compiled, compile, type TypedValue } from '../../resources/fhirpath.ts';
import { entranceOf } from '../../resources/fhirpath-entrance.ts';
import type { AnyResource, ResourceType } from '../../resources/types.ts';
import type { IndexRow, IndexRows } from './index-table.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';
import { searchTypes } from './type/index.ts';
import type { RowContext, TableRow } from './type/search-type.ts';

/** The rows of one parameter in one resource. */
interface Extract {
  /** Without any of these properties a resource has no rows; undefined when that cannot be told. */
  readonly entrance: readonly string[] | undefined;
  readonly rows: (context: RowContext) => readonly TableRow[];
}

/**
 * The function that gives the index rows of a resource, each row once. Expressions are compiled when the first resource of a type
 * comes. `baseUrl` is the address of this server: references with it are local.
 */
export function indexer(parameters: SearchParameters, baseUrl: string): (resource: AnyResource) => IndexRows {
  const byType = new Map<ResourceType, readonly Extract[]>();
  return (resource) => {
    const known = byType.get(resource.resourceType);
    const extracts = known ?? parameters.of(resource.resourceType).flatMap(extractsOf);
    if (!known) byType.set(resource.resourceType, extracts);
    return rowsOfAll(extracts, { resource, baseUrl });
  };
}

/** The rows of one parameter, for filling the index of a parameter that is added later. */
export function parameterRows(param: SearchParameter, baseUrl: string): (resource: AnyResource) => IndexRows {
  const extracts = extractsOf(param);
  return (resource) => rowsOfAll(extracts, { resource, baseUrl });
}

function extractsOf(param: SearchParameter): readonly Extract[] {
  const { alias, expression, resource: type } = param;
  if (alias || expression === undefined) return [];
  const compiled = compile(expression, type);
  return [
    {
      entrance: entranceOf(expression, type),
      rows(context) {
        const values = selected(compiled, context.resource);
        const [first] = values;
        if (first && values.length === 1) return rowsOf(first, param, context);
        return values.flatMap((value) => rowsOf(value, param, context));
      },
    },
  ];
}

/** The rows by the name of their table, each once. Parameters have rows of their own, so that only those of one are compared. */
function rowsOfAll(extracts: readonly Extract[], context: RowContext): IndexRows {
  const tables: Record<string, IndexRow[]> = {};
  for (const { entrance, rows } of extracts) {
    if (entrance && !hasAny(context.resource, entrance)) continue;
    const found = rows(context);
    for (const { table, row } of found.length > 1 ? unique(found) : found) {
      const own = tables[table.name];
      if (own) own.push(row);
      else tables[table.name] = [row];
    }
  }
  return tables;
}

function hasAny(resource: AnyResource, properties: readonly string[]): boolean {
  for (const property of properties) if (resource[property] !== undefined) return true;
  return false;
}

/** fhirpath.js throws on some data that an expression was not written for; such data has no rows. */
function selected({ by, evaluate }: Compiled, resource: AnyResource): readonly TypedValue[] {
  if (by === 'closure') return evaluate(resource, resource);
  try {
    return evaluate(resource, resource);
  } catch {
    return [];
  }
}

/** Content that was never validated may have any shape: a value that is not what its type says has no rows. */
function rowsOf(value: TypedValue, param: SearchParameter, context: RowContext): readonly TableRow[] {
  try {
    return searchTypes[param.type].rows(withoutExtension(value), param, context);
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}

/** An expression that ends at an extension means its value. */
function withoutExtension(typed: TypedValue): TypedValue {
  if (typed.type !== 'Extension') return typed;
  const extension = typed.value as Readonly<Record<string, unknown>>;
  const properties = typeDefinition('Extension')?.properties;
  const name = Object.keys(extension).find((key) => properties?.get(key)?.element.choice);
  const type = name === undefined ? undefined : properties?.get(name)?.type;
  return name === undefined || type === undefined ? typed : { value: extension[name], type };
}

// Up to here comparing each with each is faster than making keys.
const FEW = 12;

function unique(rows: readonly TableRow[]): readonly TableRow[] {
  if (rows.length <= FEW) return rows.filter((one, index) => !hasBefore(rows, index, one));
  return [...new Map(rows.map((each) => [`${each.table.name}\n${each.row.join('\n')}`, each])).values()];
}

function hasBefore(rows: readonly TableRow[], end: number, { table, row }: TableRow): boolean {
  for (let index = 0; index < end; index += 1) {
    const other = rows[index];
    if (other?.table === table && other.row.every((value, column) => value === row[column])) return true;
  }
  return false;
}
