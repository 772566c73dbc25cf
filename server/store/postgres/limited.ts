/** Statements with a time limit on PostgreSQL: what takes longer is cancelled, and its connection can be used again. */
import type pg from 'pg';
import { tooLong } from '../time-limit.ts';
import { rowsOf } from './connection.ts';
import type { Control } from './control.ts';

/** The rows of a statement. @throws FhirError too-costly when it takes too long */
export type Limited = <Row>(client: pg.ClientBase, text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * The limit is of single statements: `statement_timeout` would be of a connection, and so of writes too, which must be able to wait for each
 * other and to delete what a search parameter leaves behind.
 */
export function limitedBy(limitMs: number | undefined, control: Control): Limited {
  if (limitMs === undefined) return rowsOf;
  return async <Row>(client: pg.ClientBase, text: string, values: readonly unknown[]) => {
    const cancels: Promise<unknown>[] = [];
    const cancel = (): void => {
      cancels.push(control.all('SELECT pg_cancel_backend($1)', [backendOf(client)]).catch(() => undefined));
    };
    const timer = setTimeout(cancel, limitMs);
    try {
      const rows = await rowsOf<Row>(client, text, values);
      if (cancels.length === 0) return rows;
      throw tooLong(limitMs);
    } catch (error) {
      throw (error as { code?: unknown }).code === QUERY_CANCELED && cancels.length > 0
        ? tooLong(limitMs, error)
        : error;
    } finally {
      clearTimeout(timer);
      // What follows on this connection must not meet a cancel that was meant for this statement.
      await Promise.all(cancels);
    }
  };
}

const QUERY_CANCELED = '57014';

/** The process of the server that carries out the statements of a connection; pg has it, its types do not. */
const backendOf = (client: pg.ClientBase): number => (client as unknown as { readonly processID: number }).processID;
