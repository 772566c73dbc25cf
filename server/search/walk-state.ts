/**
 * The state of the store over which a walk of pages goes: what had been written when the first page was made. On PostgreSQL a
 * transaction with a smaller tx can end after one with a greater, so that "up to tx" is not enough: what was seen beyond the oldest
 * transaction still under way is named one by one. A client always finds what it has written.
 */
import sql, { join, type Sql } from 'sql-template-tag';
import type { Reader, Session } from '../store/store.ts';
import type { Page } from './query.ts';

export type WalkState = Pick<Page, 'tx' | 'beyond'>;

// So many transactions beside one that takes long are named in a link; beyond, the walk may miss or repeat what that one changes.
const MAX_NAMED = 500;

/** The state of this moment; inside a transaction, with what the transaction wrote. */
export async function walkState(reader: Reader | Session): Promise<WalkState> {
  if ('tx' in reader) return { tx: reader.tx };
  const settled = await reader.settled();
  const rows = await reader.query<{ tx: number }>(
    sql`SELECT tx FROM transaction_log WHERE tx > ${settled} ORDER BY tx DESC LIMIT ${MAX_NAMED + 1}`,
  );
  const beyond = rows.map(({ tx }) => tx);
  const [latest] = beyond;
  if (latest === undefined) return { tx: settled };
  return beyond.length > MAX_NAMED ? { tx: latest } : { tx: settled, beyond };
}

/** Everything there is. */
export const present: WalkState = { tx: Number.MAX_SAFE_INTEGER };

/** `tx` was written after the state. */
export const isLater = (tx: Sql, state: WalkState): Sql =>
  state.beyond && state.beyond.length > 0
    ? sql`(${tx} > ${state.tx} AND ${tx} NOT IN (${join(state.beyond)}))`
    : sql`${tx} > ${state.tx}`;
