import { strict as assert } from 'node:assert';
import { postgresDialect, sqliteDialect } from '../../../server/store/dialect.ts';
import { migrations } from '../../../server/store/migrations/index.ts';
import { golden } from '../../golden.ts';

describe('schema', () => {
  for (const dialect of [sqliteDialect, postgresDialect])
    it(`is for ${dialect.name} as test/golden/schema-${dialect.name}.sql shows`, () => {
      const text = migrations
        .map((migration) => {
          const statements = migration.statements(dialect).map((statement) => `${statement};\n`);
          return `-- ${migration.name}\n\n${statements.join('\n')}`;
        })
        .join('\n');
      golden(`schema-${dialect.name}.sql`, text);
    });

  it('says of every table and index which question it answers', () => {
    const statements = migrations.flatMap((migration) => migration.statements(sqliteDialect));
    for (const statement of statements.filter((text) => text.startsWith('CREATE'))) assert.match(statement, / -- \w/);
  });
});
