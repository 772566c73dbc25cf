/**
 * What the meaning of one search parameter type consists of: how a value is read from a query, which index rows an element gives, and
 * the test of a row against a value, in memory and in SQL, side by side. https://hl7.org/fhir/R4/search.html#ptypes
 */
import type { Sql } from 'sql-template-tag';
import type { IndexRow, IndexTable } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';

/**
 * One value of a search, parsed: which table it asks and what. `test` and `where` of the type that made it say the same in memory and in SQL.
 * The concrete values are tagged unions in the files of the types.
 */
export interface SearchValue {
  readonly type: SearchParameter['type'];
}

/** A value in a resource that a parameter's expression selects, with its FHIR type (`CodeableConcept`, `dateTime`). */
export interface TypedValue {
  readonly value: unknown;
  readonly type: string;
  /** For decimals whose digits matter: the text as written. */
  readonly numeral?: string;
}

/** What a parser may ask: the base URL of this server (to know its own absolute references). */
export interface ParseContext {
  readonly baseUrl: string;
}

export interface SearchType<V extends SearchValue> {
  /** Reads one value (between unescaped commas, escapes still in place). @throws FhirError that says what is accepted. */
  parse(text: string, modifier: string | undefined, param: SearchParameter, context: ParseContext): V;
  /** The modifiers that `parse` knows for this parameter, without `missing`, for messages and the CapabilityStatement. */
  modifiers(param: SearchParameter): readonly string[];
  /** The index rows of one selected value, by table. */
  rows(value: TypedValue, param: SearchParameter): readonly { readonly table: IndexTable; readonly row: IndexRow }[];
  /** The table that holds the rows which `value` is about. */
  table(value: V): IndexTable;
  /** Whether a row of that table satisfies `value`. Rows are as `rows` made them (URIs as text). */
  test(row: IndexRow, value: V): boolean;
  /** The same as a condition on the columns of `alias`, `param` included. An interned URI is compared by a scalar subquery or a number. */
  where(alias: string, value: V, param: SearchParameter): Sql;
}
