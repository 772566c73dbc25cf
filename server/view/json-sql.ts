/**
 * What the views ask of a database about JSON and time, written for SQLite (sqlite.ts) and for PostgreSQL (postgres.ts). A Value is a place in the
 * resource: SQL that stands for it in the functions of the same dialect. What is missing is NULL, and one wrong resource
 * does not end a report.
 */
import type { Condition } from '../../mappings/condition.ts';
import type { DialectName } from '../store/dialect.ts';

export type Value = string & { readonly dialect: DialectName };

/** The items of a list. */
export interface Items {
  /** What stands in FROM, under the alias. */
  readonly from: string;
  readonly item: Value;
  /** The place of the item, from 1. */
  readonly position: string;
  /** Holds for the items of what is a list, which what is none may have as well. */
  readonly isItem: string;
}

/** Which item of a list is looked for. */
export type Filter =
  | Condition
  /** A Coding of the system with one of these codes. */
  | { readonly kind: 'coded'; readonly system: string; readonly codes: readonly string[] }
  /** Every one of these. */
  | { readonly kind: 'all'; readonly filters: readonly Filter[] };

/** Where a value stands: its place in the resource, and the subqueries that lead to it. */
export interface Place {
  readonly value: Value;
  /** SQL about the value as an expression outside: NULL where nothing stands there. */
  wrap(leaf: string): string;
  /** Of subqueries around it. */
  readonly depth: number;
}

/** A function of ours that views call, and the statement that makes it. */
export interface SqlFunction {
  readonly name: string;
  readonly statement: string;
}

export interface JsonSql {
  readonly dialect: DialectName;
  /** Statements that come before the views. */
  readonly functions: readonly SqlFunction[];
  /** FROM for the stored resources, as `resource` with its columns and `root`. */
  readonly resources: string;
  readonly root: Value;
  property(value: Value, name: string): Value;
  items(list: Value, alias: string): Items;
  /** The first object of a list that meets a filter. */
  first(list: Place, filter: Filter): Place;
  /** Whether the object at a place meets a filter. */
  meets(value: Value, filter: Filter): string;
  /** The objects at any depth of a list of objects, the list in it included, that have all these properties. */
  tree(list: Value, properties: readonly string[], alias: string): Pick<Items, 'from' | 'item' | 'isItem'>;
  /** What a query needs in FROM and WHERE (each with what joins it to more) to run over resources, and the key of each, for `joined`. */
  readonly within: { readonly from: string; where(condition: string): string; readonly key: string };
  /** A join of the resources, under an alias, with a query that has one row, or none, for each `rid`; its columns are whole numbers. */
  joined(
    query: string,
    alias: string,
    columns: readonly string[],
  ): { readonly join: string; readonly functions: readonly SqlFunction[] };
  /** Ends a subquery whose columns are worked out once, and not once for each place that names them. */
  readonly once: string;
  /** A query of `columns` over named values of what FROM and WHERE give. */
  select(columns: string, values: readonly string[], from: string, where: string, having: string | undefined): string;
  text(value: Value): string;
  boolean(value: Value): string;
  /** A whole number of 32 bits. */
  integer(value: Value): string;
  decimal(value: Value): string;
  isObject(value: Value): string;
  /** The texts of a list, with a space between. */
  texts(list: Value): string;
  /** Whether a text has a code that is not part of a longer word. */
  holdsWord(text: string, code: string): string;
  /** The digit from 1 to 9 at the end of a text such as `1`, `q1`, `phq9-q1`, `H1/T1/Q1`. */
  numberAtEnd(text: string): string;
  /** Whether a text is a relative reference: a type, a slash, and an id. */
  isRelative(reference: string): string;
  /** The type of a relative reference. */
  typeOf(reference: string): string;
  /** The id of a relative reference. */
  idOf(reference: string): string;
  /** Of a date, dateTime or instant: the first day that it says, as written. */
  day(text: string): string;
  /** Its first instant. A day alone begins in UTC, as it does in a search. */
  instant(text: string): string;
  truth(value: boolean): string;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `CASE x WHEN 'a' THEN 'b' ... END` */
export const translated = (text: string, pairs: readonly (readonly [from: string, to: string])[]): string =>
  `CASE ${text} ${pairs.map(([from, to]) => `WHEN ${quoted(from)} THEN ${quoted(to)}`).join(' ')} END`;
