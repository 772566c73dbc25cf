/**
 * Composite search: values that stand together in one element. The rows hold a token component in `code` and `system`, the others in
 * the columns that suit their type. https://hl7.org/fhir/R4/search.html#composite
 */
import sql, { type Sql } from 'sql-template-tag';
import { type Compiled, compile } from '../../../resources/fhirpath.ts';
import { entranceOf } from '../../../resources/fhirpath-entrance.ts';
import { splitUnescaped } from '../escape.ts';
import { compositeIndex, type IndexRow } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { headRows, type Part, type PartTest, parsePart, partsOf, testPart, wherePart } from './composite-part.ts';
import { allOf, column } from './condition.ts';
import type { RowContext, SearchType, SearchValue, TableRow, TypedValue } from './search-type.ts';
import { type CodeTest, codeTest, testCode, whereCode } from './token.ts';
import { badSearchValue } from './value-error.ts';

export interface CompositeValue extends SearchValue {
  readonly type: 'composite';
  readonly head: CodeTest;
  readonly parts: readonly PartTest[];
}

export const composite: SearchType<CompositeValue> = {
  parse(text, _modifier, param, context) {
    const components = param.components ?? [];
    const texts = splitUnescaped(text, '$');
    if (texts.length !== components.length || texts.includes(''))
      throw badSearchValue(
        param,
        text,
        `needs ${components.length} values joined by $: ${components.map(({ param: { code, type } }) => `${code} (${type})`).join('$')}`,
      );
    const { head, rest } = layout(param);
    return {
      type: 'composite',
      head: head === -1 ? {} : codeTest(texts[head] ?? '', components[head]?.param ?? param),
      parts: rest.map((index, place) =>
        parsePart(texts[index] ?? '', components[index]?.param ?? param, place, context),
      ),
    };
  },
  modifiers: () => [],
  rows: compositeRows,
  present: () => ({ type: 'composite', head: {}, parts: [] }),
  table: () => compositeIndex,
  test: (row, { head, parts }) =>
    testCode(String(row[1]), String(row[2]), head) && parts.every((part) => testPart(row, part)),
  where: (alias, { head, parts }, { number }): Sql =>
    allOf([
      sql`${column(alias, 'param')} = ${number}`,
      ...whereCode(alias, head),
      ...parts.map((part) => wherePart(alias, part)),
    ]),
};

/** Which component stands in `code`: the first token; and which follow, in their order. */
function layout({ components = [] }: SearchParameter): { head: number; rest: readonly number[] } {
  const head = components.findIndex(({ param }) => param.type === 'token');
  return { head, rest: components.map((_, index) => index).filter((index) => index !== head) };
}

/** The component of a composite, compiled for the type of its element. */
interface CompiledComponent {
  readonly param: SearchParameter;
  /** Without any of these properties an element has no value of it; undefined when that cannot be told. */
  readonly entrance: readonly string[] | undefined;
  readonly evaluate: Compiled['evaluate'];
}

const compiledFor = new WeakMap<SearchParameter, Map<string, readonly CompiledComponent[]>>();

function compiledComponents(param: SearchParameter, type: string): readonly CompiledComponent[] {
  const byType = compiledFor.get(param) ?? new Map<string, readonly CompiledComponent[]>();
  compiledFor.set(param, byType);
  const known = byType.get(type);
  if (known) return known;
  const compiled = (param.components ?? []).map(({ param: component, expression }) => ({
    param: component,
    entrance: entranceOf(expression, type),
    evaluate: compile(expression, type, param.resource).evaluate,
  }));
  byType.set(type, compiled);
  return compiled;
}

/** False when the element can have no value of the component. */
function mayHave(element: unknown, { entrance }: CompiledComponent): boolean {
  const object = element as Readonly<Record<string, unknown>>;
  return !entrance || entrance.some((property) => object[property] !== undefined);
}

/** One row for each combination of the values of the components; none when a component has no value. */
function compositeRows(element: TypedValue, param: SearchParameter, context: RowContext): readonly TableRow[] {
  const components = compiledComponents(param, element.type);
  if (!components.every((component) => mayHave(element.value, component))) return [];
  const values: (readonly TypedValue[])[] = [];
  // From the last on: what tells elements apart is seldom the code, which comes first.
  for (let index = components.length - 1; index >= 0; index -= 1) {
    const found = components[index]?.evaluate(element.value, context.resource) ?? [];
    if (found.length === 0) return [];
    values[index] = found;
  }
  const { head, rest } = layout(param);
  const valuesOf = (index: number): readonly TypedValue[] => values[index] ?? [];
  const parameterOf = (index: number): SearchParameter => components[index]?.param ?? param;
  const heads = valuesOf(head).flatMap((value) => headRows(value, parameterOf(head)));
  const partsAt = (index: number, place: number): readonly Part[] =>
    valuesOf(index).flatMap((value) => partsOf(value, parameterOf(index), place, context));
  const combinations = rest.slice(1).reduce<readonly Part[]>(
    (before, index, place) => {
      const parts = partsAt(index, place + 1);
      return before.flatMap((left) => parts.map((right) => ({ ...left, ...right })));
    },
    rest[0] === undefined ? [{}] : partsAt(rest[0], 0),
  );
  return heads.flatMap(([code, system]) =>
    combinations.map(({ text = '', low = 0, high = 0, unit = '', canonical = 0 }): TableRow => {
      const row: IndexRow = [param.number, code, system, text, low, high, unit, canonical];
      return { table: compositeIndex, row };
    }),
  );
}
