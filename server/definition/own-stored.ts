/** What the database remembers of our definitions: which set of them was stored last, and by which transactions. */
import { setSetting, settingOf } from '../store/setting.ts';
import type { Identity, Reader, Session } from '../store/store.ts';

/** The name of the setting, and what processes that store our definitions wait for. */
export const OWN_DEFINITIONS = 'own-definitions';

export interface OwnStored {
  /** `ownHash` of the set; empty when none was ever stored. */
  readonly hash: string;
  /** The transactions that wrote our definitions and nothing else, as far as what they wrote is current. */
  readonly transactions: readonly number[];
  /** The definitions of the set, and of earlier ones. */
  readonly identities: readonly Identity[];
}

const NOTHING: OwnStored = { hash: '', transactions: [], identities: [] };

export async function ownStored(reader: Pick<Reader, 'query'>): Promise<OwnStored> {
  const value = await settingOf(reader, OWN_DEFINITIONS);
  return value === undefined ? NOTHING : (JSON.parse(value) as OwnStored);
}

export const rememberOwn = (session: Session, stored: OwnStored): Promise<void> =>
  setSetting(session, OWN_DEFINITIONS, JSON.stringify(stored));
