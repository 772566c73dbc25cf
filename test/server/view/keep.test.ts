/** How the views come into a database, follow the program, and are opened to a role that may read nothing else. */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { raw } from 'sql-template-tag';
import { databaseFindings } from '../../../server/cli/doctor/database.ts';
import { inspect } from '../../../server/store/inspection.ts';
import { openStore } from '../../../server/store/open.ts';
import { type ViewSet, viewsThere } from '../../../server/store/view-set.ts';
import { followViews, grantViews, keepViews } from '../../../server/store/views.ts';
import { reportViews, viewSet } from '../../../server/view/set.ts';
import { withDatabase } from '../../databases.ts';
import { golden } from '../../golden.ts';
import { postgresServer } from '../../store-under-test.ts';
import { databasesUnderTest, inFolder, start, throughline } from '../cli/command.ts';
import { post } from '../store/fixture.ts';

const MARIA = '{"resourceType":"Patient","id":"maria","gender":"female"}';

/** The views as an earlier version had them: with one that is gone, and another column. */
const earlier = ({ functions }: ViewSet): ViewSet => ({
  views: ['care_clients', 'care_visits'],
  functions: [],
  statements: [
    'CREATE VIEW care_clients AS SELECT id, content FROM resource',
    'CREATE VIEW care_visits AS SELECT id FROM resource',
  ],
  hash: `earlier${functions.length}`,
});

for (const databases of databasesUnderTest())
  describe(`The views for reports in ${databases.name}`, () => {
    const dialect = databases.name === 'SQLite' ? 'sqlite' : 'postgres';
    const set = viewSet(dialect);
    const onStore =
      (use: (url: string, read: (text: string) => Promise<readonly object[]>) => Promise<void>) => (): Promise<void> =>
        withDatabase(databases, async (url) => {
          const store = await openStore({ url });
          await post(store, { type: 'Patient', id: 'maria' }, MARIA);
          try {
            await use(url, (text) => store.query<object>(raw(text)));
          } finally {
            await store.close();
          }
        });

    it(
      'are made once, and told from what is there by their hash',
      onStore(async (url, read) => {
        assert.equal(await keepViews(url, set), 'made');
        assert.equal(await keepViews(url, set), 'same');
        assert.deepEqual(await read('SELECT id, sex FROM care_clients'), [{ id: 'maria', sex: 'female' }]);
      }),
    );

    it(
      'take the place of those of another version, in one transaction, while a store is open',
      onStore(async (url, read) => {
        await keepViews(url, earlier(set));
        assert.equal((await read('SELECT content FROM care_clients')).length, 1);
        assert.equal(await keepViews(url, set), 'made');
        await assert.rejects(read('SELECT * FROM care_visits'), /care_visits/);
        assert.deepEqual(await read('SELECT sex FROM care_clients'), [{ sex: 'female' }]);
      }),
    );

    it(
      'stay as they were when they cannot be made anew',
      onStore(async (url, read) => {
        await keepViews(url, set);
        const wrong = {
          ...set,
          hash: 'wrong',
          statements: [...set.statements, 'CREATE VIEW care_wrong AS SELECT FROM'],
        };
        await assert.rejects(keepViews(url, wrong), /syntax/);
        assert.deepEqual(await read('SELECT sex FROM care_clients'), [{ sex: 'female' }]);
        assert.equal(await keepViews(url, set), 'same');
      }),
    );

    it(
      'are told of by the doctor',
      onStore(async (url) => {
        const told = async () =>
          (await databaseFindings(url, Date.now())).find(({ check }) => check === 'report views');
        assert.equal((await told())?.what, 'none; throughline views makes them');
        await keepViews(url, earlier(set));
        assert.equal((await told())?.level, 'warn');
        await keepViews(url, set);
        assert.equal((await told())?.what, `${set.views.length}, of this version`);
      }),
    );

    it(
      'come by throughline views',
      onStore((url) =>
        inFolder(async (folder) => {
          const made = await throughline(['views', '--database', url], { folder });
          assert.equal(made.stdout, `${set.views.length} views made\n`, made.stderr);
          const again = await throughline(['views', '--database', url], { folder });
          assert.equal(again.stdout, `${set.views.length} views were there\n`);
        }),
      ),
    );

    it(
      dialect === 'sqlite' ? 'follow the start of a server where there are some' : 'come by the start of a server',
      onStore((url) =>
        inFolder(async (folder) => {
          if (dialect === 'sqlite') {
            assert.equal(await followViews(url, () => set), 'none');
            await keepViews(url, earlier(set));
          }
          const server = start(['serve', '--port', '0', '--database', url], { folder });
          await server.says('Throughline serves');
          const database = await inspect(url);
          while ((await viewsThere(database))?.hash !== set.hash) await wait(20);
          server.interrupt();
          assert.equal((await server.ended).code, 0);
          await database.close();
        }),
      ),
    );

    it('are printed as they are made', async () =>
      inFolder(async (folder) => {
        const { stdout } = await throughline(['views', '--print', '--database', `${dialect}:${'//h/d'}`], { folder });
        assert.equal(stdout, set.statements.map((statement) => `${statement};\n\n`).join(''));
      }));

    it('have one name each, and columns that need no quotes', () => {
      const views = reportViews(dialect);
      assert.equal(new Set(views.map(({ name }) => name)).size, views.length);
      for (const { keys, columns } of views) {
        const names = [...keys.filter((key) => key !== 'id'), ...columns.map(({ name }) => name)];
        assert.deepEqual([...new Set(names)], names);
        for (const name of names) assert.match(name, /^[a-z][a-z0-9_]{0,62}$/);
      }
    });

    it(`are made by statements as test/golden/views-${dialect}.sql shows some`, () => {
      const shown = /^CREATE (FUNCTION care_(json|day|instant)|VIEW care_(goals|goal_targets|appointments) )/;
      const statements = set.statements.filter((statement) => shown.test(statement));
      golden(`views-${dialect}.sql`, statements.map((statement) => `${statement};\n`).join('\n'));
    });
  });

if (postgresServer)
  describe('A role that may read the views of PostgreSQL', () => {
    const [, postgres] = databasesUnderTest();
    const role = `care_report_${randomBytes(4).toString('hex')}`;
    const set = viewSet('postgres');
    let url: string;
    let drop: () => Promise<void>;

    const run = async (text: string, ...first: readonly string[]): Promise<readonly object[]> => {
      const client = new pg.Client({ connectionString: url.replace(/\?.*/, '') });
      await client.connect();
      try {
        for (const each of first) await client.query(each);
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    };
    const path = (): string => `SET search_path = ${new URL(url).searchParams.get('schema')}`;
    const asOwner = (text: string) => run(text, path());
    const asRole = (text: string) => run(text, path(), `SET ROLE ${role}`);

    before(async () => {
      assert.ok(postgres);
      ({ url, drop } = await postgres.create());
      const store = await openStore({ url });
      await post(store, { type: 'Patient', id: 'maria' }, MARIA);
      await store.close();
      await keepViews(url, set);
    });
    after(async () => {
      await drop();
      await run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });

    it('is made where it is missing', async () => {
      assert.deepEqual(await grantViews(url, set, role), { isNew: true, readsTables: false });
      assert.deepEqual(await grantViews(url, set, role), { isNew: false, readsTables: false });
    });

    it('reads every view', async () => {
      assert.deepEqual(await asRole('SELECT id, sex FROM care_clients'), [{ id: 'maria', sex: 'female' }]);
      for (const name of set.views) await asRole(`SELECT * FROM ${name}`);
    });

    for (const table of ['resource', 'resource_history', 'setting', 'token_index', 'migration'])
      it(`does not read the table ${table}`, () =>
        assert.rejects(asRole(`SELECT * FROM ${table}`), /permission denied|does not exist/));

    for (const statement of [
      "UPDATE care_clients SET sex = 'male'",
      'DELETE FROM care_clients',
      "INSERT INTO care_clients (id) VALUES ('x')",
      "UPDATE resource SET content = ''",
      'DELETE FROM resource',
      'CREATE TABLE mine (id text)',
      'DROP VIEW care_clients',
    ])
      it(`may not ${statement}`, () => assert.rejects(asRole(statement), /permission denied|cannot|must be owner/));

    it('reads the views of the next version too, the new ones among them', async () => {
      const next = {
        ...set,
        hash: 'next',
        views: [...set.views, 'care_new'],
        statements: [...set.statements, 'CREATE VIEW care_new AS SELECT 1 AS one'],
      };
      assert.equal(await keepViews(url, next), 'made');
      assert.deepEqual(await asRole('SELECT one FROM care_new'), [{ one: 1 }]);
      assert.deepEqual(await asRole('SELECT id FROM care_clients'), [{ id: 'maria' }]);
    });

    it('keeps the views from being replaced under somebody who has built on them, who hears of it', async () => {
      await asOwner('CREATE VIEW of_the_practice AS SELECT id FROM care_clients');
      await assert.rejects(keepViews(url, set), /other objects depend on it/);
      assert.equal((await asOwner('SELECT * FROM of_the_practice')).length, 1);
      await asOwner('DROP VIEW of_the_practice');
      assert.equal(await keepViews(url, set), 'made');
    });

    it('is no word of SQL in any column', async () => {
      const reserved = await asOwner("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')");
      const words = new Set(reserved.map((row) => (row as { word: string }).word));
      const names = reportViews('postgres').flatMap(({ keys, columns }) => [
        ...keys,
        ...columns.map(({ name }) => name),
      ]);
      assert.deepEqual(
        names.filter((name) => words.has(name)),
        [],
      );
    });
  });
