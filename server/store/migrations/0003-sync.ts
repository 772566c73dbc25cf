/** What is known of a practice's own tables. */
import type { Migration } from '../migrate.ts';
import { syncTables } from '../sync-schema.ts';

export const sync: Migration = {
  name: '0003-sync',
  statements: (dialect) => syncTables.flatMap((table) => dialect.create(table)),
};
