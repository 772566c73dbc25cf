import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDialect } from '../../../../server/store/dialect.ts';
import { migrations } from '../../../../server/store/migrations/index.ts';
import { type Writer, writerOf } from '../../../../server/store/sqlite/commit-group.ts';
import { type Connection, connect } from '../../../../server/store/sqlite/connection.ts';
import { currentVersions } from '../../../../server/store/sqlite/current-versions.ts';
import { keyOf } from '../../../../server/store/store.ts';
import { uriCache } from '../../../../server/store/uri.ts';
import { jonas, maria, postIn, putIn, settledValues } from '../fixture.ts';

/** A connection that notes what runs on it, and fails where it is told to. */
interface Watched extends Connection {
  readonly statements: string[];
  failAt?: (text: string) => boolean;
}

function watch(connection: Connection): Watched {
  const watched: Watched = {
    statements: [],
    all(text, values) {
      watched.statements.push(text);
      return connection.all(text, values);
    },
    search(text, values) {
      watched.statements.push(text);
      return connection.search(text, values);
    },
    async run(text, values) {
      watched.statements.push(text);
      if (watched.failAt?.(text)) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
      await connection.run(text, values);
    },
    lastCommit: connection.lastCommit,
    close: () => connection.close(),
  };
  return watched;
}

const patient = (index: number) => ({ type: 'Patient', id: `p${index}` }) as const;

describe('commit group of SQLite', () => {
  let folder: string;
  let path: string;
  let connection: Watched;
  let writer: Writer;
  let groups: () => number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    path = join(folder, 'store.db');
    connection = watch(await connect(path, ['journal_mode = WAL', 'synchronous = OFF'], { isNew: true }));
    for (const migration of migrations)
      for (const statement of migration.statements(sqliteDialect)) await connection.run(statement);
    connection.statements.length = 0;
    writer = writerOf({ connection, uris: uriCache(), current: currentVersions(() => undefined, 0), clock: Date.now });
    groups = () => connection.statements.filter((text) => text === 'COMMIT').length;
  });
  afterEach(async () => {
    await writer.close();
    await connection.close();
    await rm(folder, { recursive: true });
  });

  const stored = async () =>
    (await connection.all<{ id: string }>('SELECT id FROM resource ORDER BY rid', [])).map(({ id }) => id);
  const post = (index: number) => writer.transact(async (session) => postIn(session, patient(index)));

  it('commits transactions together that arrive together, with one statement', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => post(index)));
    assert.equal((await stored()).length, 100);
    assert.ok(groups() <= 3, `${groups()} commits`);
    assert.equal(connection.statements.filter((text) => text.startsWith('INSERT INTO flush ')).length, groups());
    assert.ok(!connection.statements.includes('SAVEPOINT member'));
  });

  it('needs no statement to take back a member that threw before anything was flushed', async () => {
    const works = Array.from({ length: 10 }, (_, index) =>
      writer.transact(async (session) => {
        postIn(session, patient(index));
        if (index % 2 === 0) throw new Error('no');
      }),
    );
    assert.equal((await settledValues(works)).filter((value) => value === 'Error: no').length, 5);
    assert.deepEqual(await stored(), ['p1', 'p3', 'p5', 'p7', 'p9']);
    assert.ok(!connection.statements.some((text) => /SAVEPOINT|ROLLBACK/.test(text)));
  });

  it('takes back with a savepoint what a member had flushed, and keeps what others had', async () => {
    const works = Array.from({ length: 6 }, (_, index) =>
      writer.transact(async (session) => {
        postIn(session, patient(index), '{}', { token_index: [[1, `c${index}`, `http://s/${index}`]] });
        if (index >= 2) await session.historyTotal({});
        if (index === 3) throw new Error('no');
      }),
    );
    await settledValues(works);
    assert.deepEqual(await stored(), ['p0', 'p1', 'p2', 'p4', 'p5']);
    const codes = await connection.all<{ value: string }>(
      'SELECT u.value FROM token_index t JOIN uri u ON u.number = t.system ORDER BY t.code',
      [],
    );
    assert.deepEqual(
      codes.map(({ value }) => value),
      [0, 1, 2, 4, 5].map((index) => `http://s/${index}`),
    );
    assert.ok(connection.statements.includes('ROLLBACK TO member'));
  });

  it('lets a member lock what an earlier one wrote, before it is in the database', async () => {
    const versions = await Promise.all(
      Array.from({ length: 3 }, () => writer.transact((session) => putIn(session, maria))),
    );
    assert.deepEqual(versions, [1, 2, 3]);
    assert.equal((await connection.all('SELECT version FROM resource_history', [])).length, 2);
  });

  it('answers nobody before the commit, neither with success nor with an error', async () => {
    const events: string[] = [];
    const note = (name: string) => (): void => {
      events.push(`${name} after ${groups()} commits`);
    };
    await Promise.all([
      writer.transact(async (session) => postIn(session, maria)).then(note('maria')),
      writer.transact(async () => Promise.reject(new Error('no'))).catch(note('error')),
      writer.transact(async (session) => postIn(session, jonas)).then(note('jonas')),
    ]);
    assert.deepEqual(events, ['maria after 1 commits', 'error after 1 commits', 'jonas after 1 commits']);
  });

  it('runs each transaction again alone when one makes the common commit fail', async () => {
    await post(0);
    let runs = 0;
    const works = [1, 0, 2].map((index) =>
      writer.transact(async (session) => {
        runs += 1;
        postIn(session, patient(index));
      }),
    );
    const [one, taken, two] = await settledValues(works);
    assert.deepEqual([one, two], [undefined, undefined]);
    assert.match(String(taken), /created before/);
    assert.equal(runs, 6);
    assert.deepEqual(await stored(), ['p0', 'p1', 'p2']);
  });

  it('does not blame a member for a failure of what earlier ones wrote', async () => {
    await post(0);
    const [taken, reader] = await settledValues<unknown>([
      writer.transact(async (session) => postIn(session, patient(0))),
      writer.transact((session) => session.historyTotal({})),
    ]);
    assert.match(String(taken), /created before/);
    assert.equal(reader, 1);
  });

  it('tells everybody when the disk is full, leaves nothing, and goes on when it is not', async () => {
    connection.failAt = (text) => text === 'COMMIT';
    const results = await settledValues([post(1), post(2)]);
    assert.ok(results.every((result) => /disk full/.test(String(result))));
    delete connection.failAt;
    await post(3);
    assert.deepEqual(await stored(), ['p3']);
  });

  it('forgets the numbers of URIs that were rolled back', async () => {
    const rows = { token_index: [[1, 'a', 'http://new']] };
    connection.failAt = (text) => text === 'COMMIT';
    await settledValues([writer.transact(async (session) => postIn(session, maria, '{}', rows))]);
    delete connection.failAt;
    await writer.transact(async (session) => postIn(session, jonas, '{}', { token_index: [[1, 'a', 'http://other']] }));
    await writer.transact(async (session) => postIn(session, maria, '{}', rows));
    const uris = await connection.all('SELECT value FROM token_index JOIN uri ON number = system ORDER BY rid', []);
    assert.deepEqual(uris, [{ value: 'http://other' }, { value: 'http://new' }]);
  });

  it('numbers on from what another process wrote in between', async () => {
    const other = await secondWriter(path);
    for (let round = 0; round < 5; round += 1) {
      await post(round);
      await other.transact(async (session) => postIn(session, { type: 'Goal', id: `g${round}` }));
    }
    assert.deepEqual(
      await stored(),
      [0, 1, 2, 3, 4].flatMap((round) => [`p${round}`, `g${round}`]),
    );
    await other.close();
  });

  it('writes only the rows of a change: an update of one of many rows touches two', async () => {
    const row = (code: string) => [1, code, ''];
    const kept = Array.from({ length: 50 }, (_, index) => row(`kept${index}`));
    await writer.transact((session) => putIn(session, maria, { after: { token_index: [...kept, row('old')] } }));
    const changes = async () => (await connection.all<{ n: number }>('SELECT total_changes() AS n', []))[0]?.n ?? 0;
    const before = await changes();
    await writer.transact((session) =>
      putIn(session, maria, {
        before: { token_index: [...kept, row('old')] },
        after: { token_index: [...kept, row('fresh')] },
      }),
    );
    // The version replaced, the version kept in history, the log, one row deleted and one inserted.
    assert.equal((await changes()) - before, 5);
  });

  it('finishes what was begun before it closes, and takes nothing after', async () => {
    const begun = [post(1), post(2)];
    await writer.close();
    assert.deepEqual(await settledValues(begun), [undefined, undefined]);
    await assert.rejects(post(3), /closed/);
  });

  it('keeps locked versions apart by key', async () => {
    await post(1);
    await writer.transact(async (session) => {
      const found = await session.lock([patient(1), patient(2)]);
      assert.deepEqual([...found.keys()], [keyOf(patient(1))]);
    });
  });
});

/** Another process that writes to the same file. */
async function secondWriter(path: string) {
  const connection = await connect(path, ['busy_timeout = 5000', 'synchronous = OFF']);
  const writer = writerOf({
    connection,
    uris: uriCache(),
    current: currentVersions(() => undefined, 0),
    clock: Date.now,
  });
  return {
    transact: writer.transact,
    async close() {
      await writer.close();
      await connection.close();
    },
  };
}
