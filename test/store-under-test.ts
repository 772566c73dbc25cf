/** The databases that tests run against: SQLite always, PostgreSQL when TEST_POSTGRES_URL names one. Each opening is a new, empty store. */
import { openStore, type StoreOptions } from '../server/store/open.ts';
import type { Store } from '../server/store/store.ts';

export interface StoreUnderTest {
  readonly name: string;
  /** Opens an empty store. Close it, then nothing of it remains. */
  open(options?: Omit<StoreOptions, 'url'>): Promise<Store>;
}

const sqlite: StoreUnderTest = {
  name: 'SQLite',
  open: (options = {}) => openStore({ url: 'sqlite::memory:', ...options }),
};

export const storesUnderTest = (): readonly StoreUnderTest[] => [sqlite];
