/**
 * What the meaning of one search parameter type consists of: how a value is read from a query, which index rows an element gives, and
 * the test of a row against a value, in memory and in SQL, side by side. https://hl7.org/fhir/R4/search.html#ptypes
 */
import type { Sql } from 'sql-template-tag';
import type { TypedValue } from '../../../resources/fhirpath.ts';
import type { AnyResource } from '../../../resources/types.ts';
import type { IndexRow, IndexTable } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';

export type { TypedValue } from '../../../resources/fhirpath.ts';

/**
 * One value of a search, parsed: which table it asks and what. `test` and `where` of the type that made it say the same in memory and in SQL.
 * The concrete values are tagged unions in the files of the types.
 */
export interface SearchValue {
  readonly type: SearchParameter['type'];
}

/** A code with the URI that gives it its meaning; an empty system is none. */
export interface SystemCode {
  readonly system: string;
  readonly code: string;
}

/** What a parser may ask of the code systems and value sets that the server knows; undefined where it knows none of that name. */
export interface Terminology {
  /** The codes of a value set, by its canonical URL. */
  expansion(valueSet: string): readonly SystemCode[] | undefined;
  /** The code itself and all that it subsumes (`below`), or all that subsume it (`above`). */
  subsumption(direction: 'above' | 'below', concept: SystemCode): readonly SystemCode[] | undefined;
}

/** What a parser may ask: its surroundings. */
export interface ParseContext {
  /** The base URL of this server, without a slash at its end: to know its own absolute references. */
  readonly baseUrl: string;
  /** Milliseconds since the epoch, for `ap` on dates; absent: the clock. */
  readonly now?: number;
  readonly terminology?: Terminology;
}

/** What rows depend on beside the value: the resource that contains it, and the server's own address. */
export interface RowContext {
  readonly resource: AnyResource;
  readonly baseUrl: string;
}

export interface TableRow {
  readonly table: IndexTable;
  readonly row: IndexRow;
}

export interface SearchType<V extends SearchValue> {
  /**
   * Reads one value (between unescaped commas, escapes still in place). `not` and `not-in` are read as what they negate.
   * @throws FhirError that says what is accepted
   */
  parse(text: string, modifier: string | undefined, param: SearchParameter, context: ParseContext): V;
  /** The modifiers that `parse` knows for this parameter, without `missing` and without types, for messages and the CapabilityStatement. */
  modifiers(param: SearchParameter): readonly string[];
  /** The index rows of one selected value; none for what no search can find. Never throws: a malformed value has no rows. */
  rows(value: TypedValue, param: SearchParameter, context: RowContext): readonly TableRow[];
  /** What every resource that has a value satisfies: `:missing` is its absence. */
  present(param: SearchParameter): V;
  /** The table that holds the rows which `value` is about. */
  table(value: V): IndexTable;
  /** Whether a row of that table satisfies `value`. Rows are as `rows` made them (URIs as text). */
  test(row: IndexRow, value: V): boolean;
  /** The same as a condition on the columns of `alias`, `param` included. An interned URI is compared with its number. */
  where(alias: string, value: V, param: SearchParameter): Sql;
}
