/**
 * A binding: which tables and columns of a practice's own database hold which fields of the model. A file in YAML or JSON; docs/sync.md tells it,
 * `read-binding.ts` reads it and `lens.ts` carries it out.
 */

export type Scalar = string | number | boolean;

/** Which way values travel: `pull` from the row to FHIR, `push` from FHIR to the row. */
export type Direction = 'both' | 'pull' | 'push';

/** What becomes of a row with a value that cannot be read: it is left out, it comes without that field, or the sync ends. */
export type OnBad = 'skip-row' | 'leave-out' | 'stop';

/** What becomes of a row and a resource that have both changed: `theirs` is the row, `ours` the FHIR side. */
export type OnConflict = 'report' | 'by-field' | 'theirs' | 'ours';

/** How a column says one field of the model, or several. */
export interface ColumnSpec {
  /** The field: `legalName.family`, `phones[use=mobile].number`, `targets[0].due`; a list of them with `split`. */
  readonly to: string | readonly string[];
  /** The text between the parts of the column, one for each field of `to`. */
  readonly split?: string;
  /** Further columns whose texts follow that of this one, `join` between them. */
  readonly with?: readonly string[];
  /** A space unless said otherwise. */
  readonly join?: string;
  /** What stands in the column, and what it means in the model; null means nothing. */
  readonly values?: Readonly<Record<string, Scalar | null>>;
  /** What is lost where two values mean the same. */
  readonly lossy?: string;
  /** What every value means that `values` does not name. */
  readonly otherwise?: Scalar;
  /** What it means when the column is empty. */
  readonly empty?: Scalar;
  /** The form of dates: `MM/DD/YYYY HH:mm`. ISO unless said otherwise. */
  readonly format?: string;
  /** The column counts from 1970-01-01T00:00:00Z. */
  readonly epoch?: 'seconds' | 'milliseconds';
  /** What moments in the column mean: wall clock of the practice, wall clock of UTC, or text with its own offset. */
  readonly zone?: 'local' | 'utc' | 'offset';
  /** The model has so many times the number of the column. */
  readonly scale?: number;
  /** UCUM units of the column and of the model. */
  readonly unit?: { readonly from: string; readonly to: string };
  /** Decimals of the number in the model, and in the column. */
  readonly decimals?: number;
  readonly columnDecimals?: number;
  /** Upper and lower case in the model and, where values are written, in the column. */
  readonly case?: { readonly model?: LetterCase; readonly column?: LetterCase };
  /** The text of the model around the value: `staff-{value}`. */
  readonly text?: string;
  /** The name of the table of this binding whose key the column holds; the model gets the id of its resource. */
  readonly ref?: string;
  readonly direction?: Direction;
  readonly onBad?: OnBad;
}

export type LetterCase = 'lower' | 'upper' | 'title';

/** A field, or more about it. */
export type ColumnBinding = string | ColumnSpec;

/** Another table with one row at most for each row. */
export interface JoinBinding {
  readonly table: string;
  readonly schema?: string;
  /** Its columns and the columns of the row that they equal. */
  readonly on: Readonly<Record<string, string>>;
  readonly where?: Where;
  readonly columns: Readonly<Record<string, ColumnBinding>>;
  /** Whether a row is made in it when there is none and a field has a value. */
  readonly create?: boolean;
  /** Its change column, where the table goes by one. */
  readonly changed?: string;
}

/** Another table whose rows are the items of a list. */
export interface ListBinding {
  readonly table: string;
  readonly schema?: string;
  readonly on: Readonly<Record<string, string>>;
  readonly key: string | readonly string[];
  readonly where?: Where;
  /** The order of the items; that of the key unless said otherwise. */
  readonly orderBy?: string;
  /** Columns of an item; fields below it. */
  readonly columns?: Readonly<Record<string, ColumnBinding>>;
  readonly constants?: Readonly<Record<string, Scalar>>;
  /** Of a list of plain values: the column that holds the value, `to` left out. */
  readonly value?: Omit<ColumnSpec, 'to'> & { readonly column: string };
  /** Fields by which an item is known when others of it change. */
  readonly identity?: readonly string[];
  /** Whether rows are made for items that are added in FHIR, and how their key comes about. */
  readonly create?: Create;
  /** What is done with the row of an item that is taken away in FHIR. */
  readonly remove?: 'delete' | { readonly column: string; readonly value: Scalar };
  readonly changed?: string;
  readonly direction?: Direction;
}

/** Values that the rows of a table must have to be of interest. */
export type Where = Readonly<Record<string, Scalar | null | readonly Scalar[]>>;

/** How a row that FHIR makes gets its key: from the database, the highest so far and one, or a UUID. */
export interface Create {
  readonly key: 'database' | 'next' | 'uuid';
  /** Columns that nothing binds and that must have a value. */
  readonly values?: Readonly<Record<string, Scalar>>;
}

export interface TableBinding {
  readonly table: string;
  readonly schema?: string;
  /** What references and reports call it; the name of the table unless said otherwise. */
  readonly name?: string;
  /** The model type: Client, CarePlan, Goal ... */
  readonly model: string;
  readonly key: string | readonly string[];
  /** The id of the resource: `client-{key}`. A hash of binding, table and key unless said otherwise. */
  readonly id?: string;
  readonly where?: Where;
  readonly columns: Readonly<Record<string, ColumnBinding>>;
  /** Fields that have the same value for every row, until FHIR says otherwise. */
  readonly constants?: Readonly<Record<string, Scalar>>;
  readonly joins?: Readonly<Record<string, JoinBinding>>;
  /** By the field of the model that is the list. */
  readonly lists?: Readonly<Record<string, ListBinding>>;
  /** How a row says that it is deleted: by being gone, or by a column. Rows are never deleted unless it is said. */
  readonly deleted?: 'missing' | { readonly column: string; readonly value: Scalar };
  /** How a change is noticed: by a column that grows with each, or by comparing all values. */
  readonly changed?: 'hash' | { readonly column: string };
  readonly direction?: Direction;
  readonly onBad?: OnBad;
  readonly conflict?: OnConflict;
  /** Whether rows are made for resources that are made in FHIR. */
  readonly create?: Create;
  /** Columns that tell who wrote a row and when: set whenever a push writes it. */
  readonly stamp?: Readonly<Record<string, Scalar | Now>>;
}

/** The moment of writing on the practice's clock, in a form such as `YYYY-MM-DD HH:mm:ss`. */
export interface Now {
  readonly now: string;
}

export interface Binding {
  /** Its name; with table and key it makes the ids of the resources, so it does not change. */
  readonly binding: string;
  readonly title?: string;
  /** The URI that `meta.source` begins with; `urn:throughline:sync:NAME` unless said otherwise. */
  readonly source?: string;
  /** The time zone of the practice: America/Chicago. */
  readonly timeZone: string;
  /** Whether each version that comes from a row gets a Provenance. */
  readonly provenance?: boolean;
  readonly tables: readonly TableBinding[];
}

/** What is wrong with a binding: where in the file, as a path (`tables[0].columns.sex`), and a sentence. */
export interface BindingFault {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

export const nameOf = ({ name, table }: TableBinding): string => name ?? table;

export const columnsOf = (key: string | readonly string[]): readonly string[] =>
  typeof key === 'string' ? [key] : key;

/** What `meta.source` begins with. */
export const sourceOf = ({ source, binding }: Binding): string => source ?? `urn:throughline:sync:${binding}`;
