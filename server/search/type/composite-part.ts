/**
 * The components of a composite beside its token: how a value of each type is laid out in the columns of the composite index, and
 * tested there. Two numbers (start and end of a window) share `low` and `high`.
 */
import sql, { type Sql } from 'sql-template-tag';
import { typeOfNumber } from '../../../resources/definition.ts';
import { type IndexRow, tokenIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { allOf, beginsWith, column, cutText, inList } from './condition.ts';
import { date, intervalOfValue } from './date.ts';
import { boundsOf, number } from './number.ts';
import { type AmountTest, amountsOf, quantity, testAmount, whereAmount } from './quantity.ts';
import { type RangeTest, testRange, whereRange } from './range.ts';
import { reference } from './reference.ts';
import { targetsOf } from './reference-rows.ts';
import type { ParseContext, RowContext, TypedValue } from './search-type.ts';
import { textRows, textTest } from './string.ts';
import { type CodeTest, codeTest, testCode, whereCode } from './token.ts';
import { tokenRows } from './token-rows.ts';
import { badSearchValue } from './value-error.ts';

/** The columns of a composite row that one component fills. */
export interface Part {
  readonly text?: string;
  readonly low?: number;
  readonly high?: number;
  readonly unit?: string;
  readonly canonical?: 0 | 1;
}

type Bound = 'low' | 'high';

export type PartTest =
  | ({ readonly kind: 'token' } & CodeTest)
  | ({ readonly kind: 'quantity' } & AmountTest)
  | { readonly kind: 'date'; readonly range: RangeTest }
  | { readonly kind: 'number'; readonly range: RangeTest; readonly bound: Bound }
  | { readonly kind: 'string'; readonly folded: string }
  | { readonly kind: 'reference'; readonly texts: readonly string[] };

const boundAt = (place: number): Bound => (place === 0 ? 'low' : 'high');

/** Reads the value of the component at `place` among those beside the token. */
export function parsePart(text: string, param: SearchParameter, place: number, context: ParseContext): PartTest {
  switch (param.type) {
    case 'token':
      return { kind: 'token', ...codeTest(text, param) };
    case 'quantity': {
      const { range, unit } = quantity.parse(text, undefined, param, context);
      return { kind: 'quantity', range, unit };
    }
    case 'date':
      return { kind: 'date', range: date.parse(text, undefined, param, context).range };
    case 'number':
      return { kind: 'number', range: number.parse(text, undefined, param, context).range, bound: boundAt(place) };
    case 'string':
      return { kind: 'string', folded: textTest(text, undefined, param).folded };
    case 'reference':
      return { kind: 'reference', texts: targetTexts(text, param, context) };
    default:
      throw badSearchValue(param, text, `cannot stand in a composite: it is of type ${param.type}`);
  }
}

/** `Type/id` for each type that may be meant, or the text of another address. */
function targetTexts(text: string, param: SearchParameter, context: ParseContext): readonly string[] {
  const value = reference.parse(text, undefined, param, context);
  if (value.kind !== 'to') return [];
  const { local, texts } = value;
  const types = local?.types ? local.types.map(typeOfNumber) : param.targets;
  return [...texts, ...(local ? types.map((type) => `${type}/${local.id}`) : [])];
}

export function testPart(row: IndexRow, part: PartTest): boolean {
  const [, , , text, low, high, unit, canonical] = row;
  switch (part.kind) {
    case 'token':
      return testCode(String(text), String(unit), part);
    case 'quantity':
      return testAmount(part, {
        low: Number(low),
        high: Number(high),
        unit: String(unit),
        canonical: canonical === 1 ? 1 : 0,
      });
    case 'date':
      return testRange(part.range, Number(low), Number(high));
    case 'number': {
      const point = Number(part.bound === 'low' ? low : high);
      return testRange(part.range, point, point);
    }
    case 'string':
      return String(text).startsWith(part.folded);
    case 'reference':
      return part.texts.includes(String(text));
  }
}

export function wherePart(alias: string, part: PartTest): Sql {
  const text = column(alias, 'text');
  switch (part.kind) {
    case 'token':
      return allOf(whereCode(alias, part, { code: 'text', system: 'unit' }));
    case 'quantity':
      return whereAmount(alias, part);
    case 'date':
      return whereRange(alias, part.range);
    case 'number':
      return whereRange(alias, part.range, { low: part.bound, high: part.bound });
    case 'string':
      return beginsWith(text, part.folded);
    case 'reference':
      return part.texts.length === 0 ? sql`1 = 0` : inList(text, part.texts);
  }
}

/** Code and system of each token of the first component. */
export function headRows(value: TypedValue, param: SearchParameter): readonly (readonly [string, string])[] {
  return tokenRows(value, param, false)
    .filter(({ table, row }) => table === tokenIndex && (row[1] !== '' || row[2] !== ''))
    .map(({ row }) => [String(row[1]), String(row[2])]);
}

/** The columns of each value of the component at `place` among those beside the token. */
export function partsOf(
  value: TypedValue,
  param: SearchParameter,
  place: number,
  context: RowContext,
): readonly Part[] {
  switch (param.type) {
    case 'token':
      return headRows(value, param).map(([text, unit]) => ({ text, unit }));
    case 'quantity':
      return amountsOf(value);
    case 'date': {
      const interval = intervalOfValue(value);
      return interval ? [interval] : [];
    }
    case 'number': {
      const bounds = boundsOf(value);
      return bounds ? [{ [boundAt(place)]: bounds[0] }] : [];
    }
    case 'string':
      return typeof value.value === 'string'
        ? textRows(value.value, param.number).map(({ row }) => ({ text: cutText(String(row[1])) }))
        : [];
    case 'reference':
      return targetsOf(value, context).map(({ id, type }) => ({
        text: type === 0 ? id : `${typeOfNumber(type)}/${id}`,
      }));
    default:
      return [];
  }
}
