/** The binding of the invented practice database: it reads every row but for the flaws that were planted, and writes back what it has read. */
import { strict as assert } from 'node:assert';
import { practiceBinding } from '../../../../server/demo/legacy/practice-binding.ts';
import { legacyClients } from '../../../../server/demo/legacy/practice-database.ts';
import type { Row, RowsOfClient } from '../../../../server/demo/legacy/rows.ts';
import { type LegacyTable, legacyTables } from '../../../../server/demo/legacy/tables.ts';
import type { Links } from '../../../../server/sync/convert.ts';
import { compileBinding, type Lens, type Source } from '../../../../server/sync/lens.ts';
import { readBinding } from '../../../../server/sync/read-binding.ts';

const { lenses } = compileBinding(readBinding(practiceBinding, 'yaml'));
const clients = [...legacyClients({ clients: 220, seed: 3, until: '2026-11-01' })];

/** Every key has a resource, whose id says which. */
const links: Links = {
  idOf: (table, key) => `${table}-${key}`,
  keyOf: (table, id) => (id.startsWith(`${table}-`) ? id.slice(table.length + 1) : undefined),
};

const rowsIn = (rows: RowsOfClient, table: string): readonly Row[] => rows[table as LegacyTable];

/** A row with what belongs to it in other tables, as a database would give it. */
function sourceOf(lens: Lens, row: Row, rows: RowsOfClient): Source {
  const belonging = (table: string, on: Readonly<Record<string, string>>, where: object = {}): readonly Row[] =>
    rowsIn(rows, table).filter(
      (each) =>
        Object.entries(on).every(([theirs, ours]) => each[theirs] === row[ours]) &&
        Object.entries(where).every(([column, value]) => each[column] === value),
    );
  return {
    row,
    joined: Object.fromEntries(
      lens.joins.map(({ name, binding }) => [name, belonging(binding.table, binding.on, binding.where)[0]]),
    ),
    lists: Object.fromEntries(
      lens.lists.map(({ name, binding }) => [name, belonging(binding.table, binding.on, binding.where)]),
    ),
  };
}

function* sources(lens: Lens): Generator<Source> {
  for (const { rows } of clients)
    for (const row of rowsIn(rows, lens.table.table)) if (!lens.isDeleted(row)) yield sourceOf(lens, row, rows);
}

describe('the binding of the practice database', () => {
  it('binds every table', () => {
    const bound = lenses.flatMap(({ table, joins, lists }) => [
      table.table,
      ...joins.map(({ binding }) => binding.table),
      ...lists.map(({ binding }) => binding.table),
    ]);
    assert.deepEqual(new Set(bound), new Set(Object.keys(legacyTables)));
    assert.deepEqual(
      new Set(lenses.map(({ mapping }) => mapping.name)),
      new Set(['Client', 'CareTeam', 'CarePlan', 'Goal', 'Appointment', 'Phq9Assessment']),
    );
  });

  it('finds the values that were made unreadable, and no other', () => {
    const found = lenses.flatMap((lens) =>
      [...sources(lens)].flatMap((source) =>
        lens.decode(source, links).problems.map(({ column, value }) => ({
          table: lens.table.table,
          key: Number(lens.keyOf(source.row)),
          column,
          value,
        })),
      ),
    );
    const planted = clients.flatMap(({ unreadable }) => unreadable);
    const sorted = (list: readonly object[]): readonly string[] => list.map((each) => JSON.stringify(each)).sort();
    assert.deepEqual(sorted(found), sorted(planted));
    assert.deepEqual(new Set(planted.map(({ column }) => column)), new Set(['dob', 'q3', 'screened_at', 'status']));
  });

  for (const lens of lenses)
    it(`writes nothing back to ${lens.name} of what it has read there`, () => {
      let rows = 0;
      for (const source of sources(lens)) {
        const { record, verdict } = lens.decode(source, links);
        if (verdict !== 'good') continue;
        const resource = lens.mapping.encode(record);
        const written = lens.encode(lens.mapping.decode(resource), source, links);
        assert.ok(written.isEmpty && written.problems.length === 0, JSON.stringify({ source, written }));
        rows += 1;
      }
      assert.ok(rows > 200);
    });
});
