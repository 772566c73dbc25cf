import type { SqlFunction } from './json-sql.ts';

/** What a report view is: its columns, each with the field of the model that it comes from, and its query. */
export type ColumnType = 'text' | 'boolean' | 'integer' | 'numeric' | 'date' | 'timestamp';

/** What a column has of its field: the value, or what is told about a time or a list apart from it. */
export type Part = 'value' | 'day' | 'instant' | 'precision' | 'joined';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The field below the record or item of the view: `enrolment.status`; empty for what an item is as a whole. */
  readonly field: string;
  readonly part: Part;
  readonly doc: string;
  readonly sql: string;
  /** Not NULL where the field has a value; `sql` when absent. */
  readonly there?: string;
}

export interface View {
  /** `care_goal_targets` */
  readonly name: string;
  /** The model type in addresses: `goals`. */
  readonly plural: string;
  /** The lists that lead to its rows, the outermost first: none for one row a record. */
  readonly lists: readonly string[];
  readonly doc: string;
  /** Columns by which a row is known: the id of the record, and the places in its lists. */
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  /** What it alone calls. */
  readonly functions: readonly SqlFunction[];
  /** The SELECT. */
  readonly query: string;
}
