/**
 * Quantity search: number, unit, and what UCUM can convert. Rows hold the quantity as written and, where UCUM knows the unit, in
 * canonical units; a search that names a UCUM unit asks the canonical ones. https://hl7.org/fhir/R4/search.html#quantity
 */
import sql, { type Sql } from 'sql-template-tag';
import { type Decimal, decimal } from '../../../resources/primitive.ts';
import type { Money, Quantity, Range, SampledData } from '../../../resources/types.ts';
import { splitUnescaped } from '../escape.ts';
import { quantityIndex } from '../index-table.ts';
import { allOf, beginsWith, column, keyText, uriNumber } from './condition.ts';
import { boundsOf, UNBOUNDED } from './number.ts';
import {
  anyRange,
  numberTest,
  type Prefix,
  prefixes,
  type RangeTest,
  splitPrefix,
  testRange,
  whereRange,
} from './range.ts';
import type { SearchType, SearchValue, TableRow, TypedValue } from './search-type.ts';
import { canonicalAmount, canonicalUnit, UCUM } from './ucum.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** Which unit a row must have: `is` the whole text of the column, `code` its first part, whatever the system. */
export type UnitTest =
  | { readonly kind: 'any' }
  | { readonly kind: 'is'; readonly unit: string; readonly canonical: boolean }
  | { readonly kind: 'code'; readonly code: string };

/** A range of amounts in some unit. */
export interface AmountTest {
  readonly range: RangeTest;
  readonly unit: UnitTest;
}

export interface QuantityValue extends SearchValue, AmountTest {
  readonly type: 'quantity';
}

/** An amount as an index row has it. */
export interface Amount {
  readonly low: number;
  readonly high: number;
  /** `code|system`, or `unit|` for the text of a unit that is not its code; empty for none. */
  readonly unit: string;
  readonly canonical: 0 | 1;
}

export const quantity: SearchType<QuantityValue> = {
  parse(text, _modifier, param) {
    const { prefix, rest } = splitPrefix(text);
    const [amount = '', ...unit] = splitUnescaped(rest, '|').map(unescapeValue);
    const found = decimal(amount);
    const [system, code = ''] = unit;
    if (!found || unit.length === 1 || unit.length > 2 || (system !== undefined && code === ''))
      throw badSearchValue(
        param,
        text,
        `is no quantity; accepted are number, number||unit and number|system|code, for example 5.4|${UCUM}|mg, after one of the prefixes ${prefixes.join(', ')} or none`,
      );
    return { type: 'quantity', ...amountTest(prefix, found, system, code) };
  },
  modifiers: () => [],
  rows: (value, { number }) =>
    amountsOf(value).map(
      ({ low, high, unit, canonical }): TableRow => ({
        table: quantityIndex,
        row: [number, low, high, unit, canonical],
      }),
    ),
  present: () => ({ type: 'quantity', range: anyRange, unit: { kind: 'any' } }),
  table: () => quantityIndex,
  test: ([, low, high, unit, canonical], value) =>
    testAmount(value, { low: Number(low), high: Number(high), unit: String(unit), canonical: canonical === 1 ? 1 : 0 }),
  where: (alias, value, { number }): Sql => sql`${column(alias, 'param')} = ${number} AND ${whereAmount(alias, value)}`,
};

function amountTest(prefix: Prefix, amount: Decimal, system: string | undefined, code: string): AmountTest {
  if (system === undefined) return { range: numberTest(prefix, amount), unit: { kind: 'any' } };
  if (system === '') return { range: numberTest(prefix, amount), unit: { kind: 'code', code } };
  const canonical = system === UCUM ? canonicalUnit(code) : undefined;
  if (!canonical)
    return { range: numberTest(prefix, amount), unit: { kind: 'is', unit: unitKey(code, system), canonical: false } };
  const convert = (number: number): number => canonicalAmount(number, canonical);
  const converted = { value: convert(amount.value), low: convert(amount.low), high: convert(amount.high) };
  return {
    range: numberTest(prefix, converted),
    unit: { kind: 'is', unit: unitKey(canonical.unit, UCUM), canonical: true },
  };
}

const unitKey = (code: string, system: string): string => keyText(`${code}|${system}`);

export function testAmount({ range, unit }: AmountTest, amount: Amount): boolean {
  if (!testRange(range, amount.low, amount.high)) return false;
  switch (unit.kind) {
    case 'any':
      return amount.canonical === 0;
    case 'code':
      return amount.canonical === 0 && amount.unit.startsWith(`${unit.code}|`);
    case 'is':
      return amount.canonical === (unit.canonical ? 1 : 0) && amount.unit === unit.unit;
  }
}

export function whereAmount(alias: string, { range, unit }: AmountTest): Sql {
  const canonical = sql`${column(alias, 'canonical')} = ${unit.kind === 'is' && unit.canonical ? 1 : 0}`;
  return allOf([whereRange(alias, range), canonical, ...whereUnit(column(alias, 'unit'), unit)]);
}

function whereUnit(unitColumn: Sql, unit: UnitTest): readonly Sql[] {
  switch (unit.kind) {
    case 'any':
      return [];
    case 'code':
      return [sql`${unitColumn} IN (SELECT number FROM uri WHERE ${beginsWith(sql`value`, `${unit.code}|`)})`];
    case 'is':
      return [sql`${unitColumn} = ${uriNumber(unit.unit)}`];
  }
}

/** The amounts that an element stands for: as written by code and by unit text, and canonical. */
export function amountsOf(typed: TypedValue): readonly Amount[] {
  switch (typed.type) {
    case 'integer':
    case 'decimal':
    case 'positiveInt':
    case 'unsignedInt': {
      const bounds = boundsOf(typed);
      return bounds ? [{ low: bounds[0], high: bounds[1], unit: '', canonical: 0 }] : [];
    }
    case 'Money': {
      const { value, currency } = typed.value as Money;
      return amounts(value, value, { code: currency, system: 'urn:iso:std:iso:4217' });
    }
    case 'Range': {
      const { low, high } = typed.value as Range;
      if (low && high && low.code !== high.code) return [];
      return low || high ? amounts(low?.value ?? -UNBOUNDED, high?.value ?? UNBOUNDED, low ?? high ?? {}) : [];
    }
    case 'SampledData':
      return amountsOfSamples(typed.value as SampledData);
    default:
      return typeof typed.value === 'object' ? amountsOfQuantity(typed.value as Quantity) : [];
  }
}

/** `<5` is everything below 5. */
function amountsOfQuantity(found: Quantity): readonly Amount[] {
  const { value, comparator } = found;
  if (comparator?.startsWith('<')) return amounts(-UNBOUNDED, value, found);
  if (comparator?.startsWith('>')) return amounts(value, UNBOUNDED, found);
  return amounts(value, value, found);
}

/** From the lowest to the highest sample. */
function amountsOfSamples({ origin, data, factor = 1 }: SampledData): readonly Amount[] {
  if (typeof data !== 'string' || typeof origin?.value !== 'number') return [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of data.split(/\s+/)) {
    const value = sample === '' ? Number.NaN : origin.value + Number(sample) * factor;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? amounts(low, high, origin) : [];
}

function amounts(
  low: number | undefined,
  high: number | undefined,
  { code, system, unit }: Quantity,
): readonly Amount[] {
  if (typeof low !== 'number' || typeof high !== 'number' || !(low <= high)) return [];
  const written = {
    low,
    high,
    unit: code ? unitKey(code, system ?? '') : unit ? unitKey(unit, '') : '',
    canonical: 0,
  } as const;
  const named = code && unit && unit !== code ? [{ ...written, unit: unitKey(unit, '') }] : [];
  const canonical = system === UCUM && code ? canonicalUnit(code) : undefined;
  if (!canonical) return [written, ...named];
  const convert = (value: number): number =>
    Math.abs(value) === UNBOUNDED ? value : canonicalAmount(value, canonical);
  return [
    written,
    ...named,
    { low: convert(low), high: convert(high), unit: unitKey(canonical.unit, UCUM), canonical: 1 },
  ];
}
