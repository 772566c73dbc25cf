/** On SQLite, each word of the full text tables with the resources and places where it stands: how often it occurs decides on relevance. */
import { indexTables, placesTable, wordsTable } from '../../search/index-table.ts';
import type { Migration } from '../migrate.ts';

export const wordPlaces: Migration = {
  name: '0004-word-places',
  statements: ({ name }) =>
    name === 'postgres'
      ? []
      : indexTables
          .filter(({ words }) => words)
          .map(
            (table) =>
              `CREATE VIRTUAL TABLE ${placesTable(table)} USING fts5vocab(${wordsTable(table)}, instance) -- where does each word stand: read from the full text table, which keeps it anyway`,
          ),
};
