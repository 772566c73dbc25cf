/** `throughline sync` as its user runs it, beside a server on the same database. */
import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../../server/store/open.ts';
import { openPractice } from '../../../server/sync/practice.ts';
import { withDatabase } from '../../databases.ts';
import { openServer } from '../../server-under-test.ts';
import { NORTHSIDE } from '../sync/northside.ts';
import { fill, makeTables } from '../sync/northside-tables.ts';
import { databasesUnderTest, type Ended, inFolder, start, throughline } from './command.ts';

interface Walk {
  readonly folder: string;
  readonly database: string;
  readonly url: string;
  sync(...args: string[]): Promise<Ended>;
  sql(work: (practice: Awaited<ReturnType<typeof openPractice>>['knex']) => Promise<unknown>): Promise<unknown>;
  served<T>(work: (http: Awaited<ReturnType<typeof openServer>>['http']) => Promise<T>): Promise<T>;
}

/** A practice with three clients, its binding, and an empty store. */
const walk = (databases: ReturnType<typeof databasesUnderTest>[number], use: (walk: Walk) => Promise<void>) =>
  withDatabase(databases, (database) =>
    inFolder(async (folder) => {
      const file = join(folder, 'practice.sqlite');
      await writeFile(file, '');
      await writeFile(join(folder, 'northside.yaml'), NORTHSIDE);
      const url = `sqlite:${file}`;
      const sql: Walk['sql'] = async (work) => {
        const practice = await openPractice(url);
        return work(practice.knex).finally(() => practice.close());
      };
      const practice = await openPractice(url);
      await makeTables(practice);
      await fill(practice, 3);
      await practice.close();
      await use({
        folder,
        database,
        url,
        sync: (command, ...more) =>
          throughline(['sync', command ?? '', 'northside.yaml', ...more, '--from', url, '--database', database], {
            folder,
          }),
        sql,
        async served(work) {
          const server = await openServer(await openStore({ url: database }));
          try {
            return await work(server.http);
          } finally {
            await server.close();
          }
        },
      });
    }),
  );

const patched = (http: Parameters<Parameters<Walk['served']>[0]>[0], path: string, operation: object) =>
  http.patch(`/fhir/${path}`).set('Content-Type', 'application/json-patch+json').send([operation]).expect(200);

for (const databases of databasesUnderTest())
  describe(`throughline sync with FHIR on ${databases.name}`, () => {
    it('pulls, pushes, and carries out decisions', () =>
      walk(databases, async ({ folder, sync, sql, served }) => {
        await sql((knex) => knex('plan_goal').where({ goal_id: 20 }).update({ status: 'lost' }));
        const dry = await sync('pull', '--dry-run');
        assert.match(
          dry.stderr,
          /goal: 2 new in FHIR, 1 left out[\s\S]*goal\/20 left out: status is "lost"[\s\S]*Nothing was written\./,
        );
        const pull = await sync('pull');
        assert.equal(pull.code, 1, pull.stderr);
        assert.match(pull.stderr, /client: 3 new in FHIR\n/);
        const report = JSON.parse(await readFile(join(folder, 'sync-report.ndjson'), 'utf8'));
        assert.deepEqual([report.table, report.key, report.column, report.value], ['goal', '20', 'status', 'lost']);

        await served((http) =>
          patched(http, 'Patient/client-1', { op: 'replace', path: '/birthDate', value: '1970-01-02' }),
        );
        const push = await sync('push');
        assert.equal(push.code, 0, push.stderr);
        assert.match(push.stderr, /client\/1 rows changed \(born\)/);

        await served((http) =>
          patched(http, 'Patient/client-1', { op: 'replace', path: '/birthDate', value: '1970-01-03' }),
        );
        await sql((knex) => knex('client').where({ client_id: 1 }).update({ born: '01/04/1970' }));
        assert.match((await sync('pull')).stderr, /client: 2 the same, 1 in conflict/);
        const conflicts = await sync('conflicts');
        assert.equal(conflicts.code, 1);
        assert.match(
          conflicts.stdout,
          /client\/1 {2}Patient\/client-1\n {2}born \(bornOn\)\n {4}before "1970-01-02"\n {4}theirs "1970-01-04"\n {4}ours {3}"1970-01-03"/,
        );
        const wrong = await sync('resolve', 'client/1', '--fields', 'zip=ours');
        assert.match(wrong.stderr, /The conflict of client\/1 is about born; not about zip/);
        const resolved = await sync('resolve', 'client/1', '--fields', 'born=theirs');
        assert.equal(resolved.code, 0, resolved.stderr);
        const born = await served(async (http) => (await http.get('/fhir/Patient/client-1')).body.birthDate);
        assert.equal(born, '1970-01-04');
        assert.equal((await sync('conflicts')).code, 0);
      }));

    it('watches both sides until it is stopped, alone', () =>
      walk(databases, async ({ folder, database, url, sync, sql, served }) => {
        const watch = start(
          ['sync', 'watch', 'northside.yaml', '--from', url, '--database', database, '--interval', '100'],
          { folder },
        );
        try {
          await watch.says('team/3 new');
          await sql((knex) => knex('client').where({ client_id: 1 }).update({ zip: '60622' }));
          await watch.says('client/1 changed (zip)');
          await served((http) =>
            patched(http, 'Patient/client-2', { op: 'replace', path: '/birthDate', value: '1970-01-02' }),
          );
          await watch.says('client/2 row-changed (born)');
          const second = await sync('pull');
          assert.equal(second.code, 1);
          assert.match(second.stderr, /Another process syncs northside/);
        } finally {
          watch.interrupt();
        }
        const { code, stderr } = await watch.ended;
        assert.equal(code, 0, stderr);
        const zip = await served(async (http) => (await http.get('/fhir/Patient/client-1')).body.address[0].postalCode);
        assert.equal(zip, '60622');
      }));
  });

describe('throughline sync', () => {
  it('says what is wrong with a binding, a database and an address', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'wrong.yaml'), NORTHSIDE.replace('mrn: recordNumber', 'mrn: recordNumbr'));
      await writeFile(join(folder, 'right.yaml'), NORTHSIDE);
      const run = async (file: string, from: string) =>
        (await throughline(['sync', 'pull', file, '--from', from], { folder })).stderr;
      assert.match(
        await run('wrong.yaml', 'sqlite:none'),
        /line \d+, tables\[0\]\.columns\.mrn: .* did you mean recordNumber\?/,
      );
      assert.match(await run('right.yaml', 'sqlite:none.sqlite'), /There is no SQLite file at none\.sqlite/);
      assert.match(
        await run('right.yaml', 'mongodb://user:secret@host/x'),
        /mongodb:\/\/user:\*\*\*@host\/x is no address of a practice database/,
      );
      assert.match(await run('right.yaml', 'mssql://sa@127.0.0.1:1/x'), /tedious|does not answer/);
      assert.match(await run('missing.yaml', 'sqlite:none'), /The binding file missing\.yaml cannot be read/);
    }));

  it('checks a binding against the tables', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'practice.sqlite'), '');
      await writeFile(
        join(folder, 'northside.yaml'),
        NORTHSIDE.replace('mrn: recordNumber', 'mnr: recordNumber').replace('table: visit', 'table: visits'),
      );
      const practice = await openPractice(`sqlite:${join(folder, 'practice.sqlite')}`);
      await makeTables(practice);
      await fill(practice, 3);
      await practice.knex('plan_goal').where({ goal_id: 20 }).update({ status: 'lost' });
      await practice.close();
      const { code, stdout } = await throughline(
        ['sync', 'check', 'northside.yaml', '--from', 'sqlite:practice.sqlite'],
        { folder },
      );
      assert.equal(code, 1);
      assert.match(stdout, /error {3}client\.mnr: there is no such column; did you mean mrn\?/);
      assert.match(stdout, /error {3}visits: there is no such table; did you mean visit\?/);
      assert.match(stdout, /warning plan_goal\.status: its table of values does not name "lost" \(1 rows\)/);
      assert.match(stdout, /note {4}client: nothing binds mrn, front_desk/);
    }));
});
