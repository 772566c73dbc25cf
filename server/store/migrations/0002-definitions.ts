/** FHIR packages and large code systems. */
import { definitionTables } from '../definition-schema.ts';
import type { Migration } from '../migrate.ts';

export const definitions: Migration = {
  name: '0002-definitions',
  statements: (dialect) => definitionTables.flatMap((table) => dialect.create(table)),
};
