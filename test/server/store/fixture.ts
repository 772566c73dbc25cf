/** Resources of a small practice, written through the store without the layers above it. */

import type { IndexRows } from '../../../server/search/index-table.ts';
import { type Identity, keyOf, type Session, type Store, type StoredVersion } from '../../../server/store/store.ts';

export const maria: Identity = { type: 'Patient', id: 'maria' };
export const jonas: Identity = { type: 'Patient', id: 'jonas' };
export const plan: Identity = { type: 'CarePlan', id: 'maria-plan' };

export interface Put {
  readonly content?: string;
  readonly before?: IndexRows;
  readonly after?: IndexRows;
  /** The version that must be current. */
  readonly ifMatch?: number;
}

/** Locks and writes the next version in `session`. */
export async function putIn(session: Session, identity: Identity, put: Put = {}): Promise<number> {
  const before = (await session.lock([identity])).get(keyOf(identity));
  const current = before?.version ?? 0;
  if (put.ifMatch !== undefined && put.ifMatch !== current)
    throw new Error(`version is ${current}, expected ${put.ifMatch}`);
  const content = put.content ?? JSON.stringify({ resourceType: identity.type, version: current + 1 });
  session.write([
    {
      ...identity,
      ...(before ? { before } : {}),
      method: 'PUT',
      version: current + 1,
      content,
      rowsBefore: put.before ?? {},
      rowsAfter: put.after ?? {},
    },
  ]);
  return current + 1;
}

export const put = (store: Store, identity: Identity, options?: Put): Promise<number> =>
  store.transact((session) => putIn(session, identity, options));

/** POST: a creation that locks nothing. */
export const postIn = (session: Session, identity: Identity, content = '{}', rowsAfter: IndexRows = {}): void =>
  session.write([{ ...identity, method: 'POST', version: 1, content, rowsBefore: {}, rowsAfter }]);

export const post = (store: Store, identity: Identity, content?: string, rowsAfter?: IndexRows): Promise<void> =>
  store.transact(async (session) => postIn(session, identity, content, rowsAfter));

export const remove = (store: Store, identity: Identity, rowsBefore: IndexRows = {}): Promise<void> =>
  store.transact(async (session) => {
    const before = (await session.lock([identity])).get(keyOf(identity));
    if (!before) throw new Error(`${keyOf(identity)} is not there`);
    session.write([
      { ...identity, before, method: 'DELETE', version: before.version + 1, content: null, rowsBefore, rowsAfter: {} },
    ]);
  });

/** `Patient/maria 2`, for comparing histories at a glance. */
export const namesOf = (versions: readonly StoredVersion[]): string[] =>
  versions.map((version) => `${keyOf(version)} ${version.version}`);

/** What is left of `promises` when each is settled: values, and errors as `Error: ...`. */
export async function settledValues<T>(promises: readonly Promise<T>[]): Promise<(T | string)[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)));
}
