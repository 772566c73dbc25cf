/** A task that one process at a time carries out: it holds a lease, which runs out when the process does not come back to it. */

import { setSetting, settingOf } from './setting.ts';
import { millisecondsOf, type Session, type Store } from './store.ts';

interface Held {
  readonly owner: string;
  /** Milliseconds since the epoch, by the clock of tx, which all processes share. */
  readonly until: number;
}

/** Longer than a batch takes on a busy machine; another process waits so long before it takes over from one that died. */
const LEASE_MS = 15_000;

/** Raised when another process has taken the lease. */
export class LeaseLost extends Error {}

const heldIn = async (session: Session, name: string): Promise<Held | undefined> => {
  const text = await settingOf(session, name);
  return text ? (JSON.parse(text) as Held) : undefined;
};

const extend = (session: Session, name: string, owner: string): Promise<void> =>
  setSetting(session, name, JSON.stringify({ owner, until: millisecondsOf(session.tx) + LEASE_MS } satisfies Held));

/** Takes the lease unless another process has it; gives whether it was taken. */
export function claimLease(store: Store, name: string, owner: string): Promise<boolean> {
  return store.transact(async (session) => {
    await session.serialize([`lease ${name}`]);
    const held = await heldIn(session, name);
    if (held && held.owner !== owner && held.until > millisecondsOf(session.tx)) return false;
    await extend(session, name, owner);
    return true;
  });
}

/** Extends the lease as a part of the transaction. @throws LeaseLost when another process has it */
export async function holdLease(session: Session, name: string, owner: string): Promise<void> {
  await session.serialize([`lease ${name}`]);
  const held = await heldIn(session, name);
  if (held?.owner !== owner) throw new LeaseLost(`the lease ${name} is with ${held?.owner ?? 'nobody'}`);
  await extend(session, name, owner);
}

/** Gives the lease back, so that another process need not wait. */
export function releaseLease(store: Store, name: string, owner: string): Promise<void> {
  return store.transact(async (session) => {
    await session.serialize([`lease ${name}`]);
    if ((await heldIn(session, name))?.owner === owner) await setSetting(session, name, '');
  });
}
