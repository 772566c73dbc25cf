/** A binding against real tables: what would go wrong is found before it does. */
import { strict as assert } from 'node:assert';
import type { Binding } from '../../../server/sync/binding.ts';
import { checkSchema } from '../../../server/sync/check.ts';
import { compileBinding } from '../../../server/sync/lens.ts';
import { northside } from './northside.ts';
import { fill, makeTables } from './northside-tables.ts';
import { practicesUnderTest } from './practice-under-test.ts';

for (const { name, open } of practicesUnderTest())
  describe(`the check of a binding on ${name}`, () => {
    let practice: Awaited<ReturnType<typeof open>>;
    before(async () => {
      practice = await open();
      await makeTables(practice);
      await fill(practice, 2);
    });
    after(() => practice.close());

    const found = async (binding: Binding): Promise<readonly string[]> =>
      (await checkSchema(practice, compileBinding(binding).lenses)).map(
        ({ severity, table, column, text }) => `${severity} ${table}${column ? `.${column}` : ''}: ${text}`,
      );
    const withTable = (table: string, change: object): Binding => ({
      ...northside,
      tables: northside.tables
        .filter((each) => each.table === table || each.table === 'client')
        .map((each) => (each.table === table ? { ...each, ...change } : each)),
    });

    it('finds nothing but columns that nothing binds when all is well', async () => {
      const all = await found(northside);
      assert.deepEqual(all, [
        'note client: nothing binds front_desk: they stay in the practice and are not seen in FHIR',
      ]);
    });

    it('finds keys that several rows share', async () => {
      const [error] = await found(withTable('team_member', {}));
      assert.match(error ?? '', /^note/);
      const shared = await found(withTable('visit', { key: 'status' }));
      assert.ok(
        shared.some((text) => /^error visit: several rows have status S/.test(text)),
        shared.join('\n'),
      );
    });

    it('finds columns that need a value when a row is made', async () => {
      const goals = northside.tables.find(({ table }) => table === 'plan_goal');
      const others = Object.fromEntries(
        Object.entries(goals?.columns ?? {}).filter(([column]) => column !== 'goal_text'),
      );
      const open = await found(withTable('plan_goal', { columns: others, create: { key: 'next' } }));
      assert.ok(
        open.some((text) => /^error plan_goal\.goal_text: it needs a value when a row is made/.test(text)),
        open.join('\n'),
      );
      const filled = await found(
        withTable('plan_goal', { columns: others, create: { key: 'next', values: { goal_text: '-' } } }),
      );
      assert.ok(!filled.some((text) => text.startsWith('error')), filled.join('\n'));
    });

    it('finds values that are longer than their column', async function () {
      if (practice.dialect === 'sqlite') this.skip();
      const long = await found(
        withTable('visit', {
          columns: {
            client_id: { to: 'clientId', ref: 'client' },
            status: { to: 'status', values: { S: 'booked', DONE: 'done' } },
          },
        }),
      );
      assert.ok(
        long.some((text) => /^error visit\.status: the value DONE is longer than its 1 characters/.test(text)),
        long.join('\n'),
      );
    });

    it('finds moments with an offset that the binding takes for a wall clock', async function () {
      if (practice.dialect !== 'postgres') this.skip();
      await practice.knex.schema.createTable('zoned', (table) => {
        table.integer('id').primary();
        table.integer('client_id');
        table.timestamp('begins', { useTz: true });
      });
      const zoned = (begins: object | string): Binding => ({
        ...northside,
        tables: [
          ...northside.tables,
          {
            table: 'zoned',
            model: 'Appointment',
            key: 'id',
            columns: { client_id: { to: 'clientId', ref: 'client' }, begins: begins as string },
          },
        ],
      });
      assert.ok((await found(zoned('start'))).some((text) => /^error zoned\.begins: .*say zone: offset/.test(text)));
      assert.ok(!(await found(zoned({ to: 'start', zone: 'offset' }))).some((text) => text.startsWith('error')));
    });
  });
