/** All views of this version for a database, as the store keeps them. */
import { createHash } from 'node:crypto';
import { mappings } from '../../mappings/index.ts';
import type { DialectName } from '../store/dialect.ts';
import type { ViewSet } from '../store/view-set.ts';
import { postgresJson } from './postgres.ts';
import { sqliteJson } from './sqlite.ts';
import type { View } from './view.ts';
import { viewsOf } from './views.ts';

const jsonOf = (dialect: DialectName) => (dialect === 'sqlite' ? sqliteJson : postgresJson);

export const reportViews = (dialect: DialectName): readonly View[] => viewsOf(jsonOf(dialect), mappings);

/** The statements that make them, and a hash that tells whether a database has these. */
export function viewSet(dialect: DialectName): ViewSet {
  const views = reportViews(dialect);
  const functions = [...jsonOf(dialect).functions, ...views.flatMap((view) => view.functions)];
  const statements = [
    ...functions.map(({ statement }) => statement),
    ...views.map(({ name, query }) => `CREATE VIEW ${name} AS ${query}`),
  ];
  return {
    views: views.map(({ name }) => name),
    functions: functions.map(({ name }) => name),
    statements,
    hash: createHash('sha256').update(statements.join(';')).digest('hex').slice(0, 16),
  };
}
