/**
 * The inner query of a view reads each value once, under a name; the columns are written over these names. So a subquery that leads to a value stands in
 * the text once, however many columns come of it.
 */
import type { JsonSql } from './json-sql.ts';

export interface Reader {
  readonly json: JsonSql;
  /** The name of what `sql` reads. */
  read(sql: string): string;
  /** Everything that was read, with its name. */
  readonly taken: ReadonlyMap<string, string>;
}

export function readerOf(json: JsonSql): Reader {
  const taken = new Map<string, string>();
  return {
    json,
    taken,
    read(sql) {
      const name = taken.get(sql) ?? `r${taken.size + 1}`;
      taken.set(sql, name);
      return name;
    },
  };
}
