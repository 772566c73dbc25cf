import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import sql from 'sql-template-tag';
import sqlite3 from 'sqlite3';
import { postgresDialect, sqliteDialect } from '../../../server/store/dialect.ts';
import { checksumOf } from '../../../server/store/migrate.ts';
import { migrations } from '../../../server/store/migrations/index.ts';
import { openStore } from '../../../server/store/open.ts';
import { dropSchema, newSchema, postgresServer, postgresUrl } from '../../store-under-test.ts';
import { maria, put } from './fixture.ts';

/** An address, and a way to change what is there without the store. */
interface Place {
  readonly url: string;
  execute(text: string): Promise<void>;
  remove(): Promise<void>;
}

async function sqlitePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  const path = join(folder, 'deep', 'er', 'store.db');
  return {
    url: `sqlite:${path}`,
    execute: (text) =>
      new Promise((resolve, reject) => {
        const database = new sqlite3.Database(path);
        database.exec(text, (failure) =>
          database.close((error) => ((failure ?? error) ? reject(failure ?? error) : resolve())),
        );
      }),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function postgresPlace(server: string): Promise<Place> {
  const schema = newSchema();
  return {
    url: postgresUrl(server, schema),
    async execute(text) {
      const client = new pg.Client({ connectionString: server, options: `-c search_path=${schema}` });
      await client.connect();
      await client.query(text);
      await client.end();
    },
    remove: () => dropSchema(server, schema),
  };
}

const places = [
  { name: 'SQLite', make: sqlitePlace },
  ...(postgresServer ? [{ name: 'PostgreSQL', make: () => postgresPlace(postgresServer ?? '') }] : []),
];

for (const { name, make } of places)
  describe(`migrations on ${name}`, () => {
    let place: Place;
    beforeEach(async () => {
      place = await make();
    });
    afterEach(() => place.remove());

    it('make a new database, and leave one as it is that has them', async () => {
      const first = await openStore({ url: place.url });
      await put(first, maria);
      await first.close();
      const second = await openStore({ url: place.url });
      assert.equal((await second.read('Patient', 'maria'))?.version, 1);
      assert.equal(await put(second, maria), 2);
      await second.close();
    });

    it('run once when several processes start at the same time', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url: place.url, connections: 1 })));
      const [first] = stores;
      assert.equal((await first?.query(sql`SELECT name FROM migration`))?.length, migrations.length);
      for (const store of stores) await store.close();
    });

    it('refuse a database that a newer version made, and name the migration', async () => {
      await (await openStore({ url: place.url })).close();
      await place.execute("INSERT INTO migration (name, checksum) VALUES ('0099-later', 'x')");
      await assert.rejects(
        openStore({ url: place.url }),
        /has the migration 0099-later, which this version does not know \(its last is \d{4}-[a-z-]+\)/,
      );
    });

    it('refuse a database whose migration differs, and name both checksums', async () => {
      await (await openStore({ url: place.url })).close();
      await place.execute("UPDATE migration SET checksum = 'other' WHERE name = '0001-initial'");
      await assert.rejects(openStore({ url: place.url }), /0001-initial .* checksum other, expected [0-9a-f]{16}/);
    });

    it('are not made by a store that is opened for reading only', async () => {
      await assert.rejects(openStore({ url: place.url, readOnly: true }), /(lacks migrations|unable to open|schema)/);
      const writer = await openStore({ url: place.url });
      await put(writer, maria);
      const reader = await openStore({ url: place.url, readOnly: true });
      assert.equal((await reader.read('Patient', 'maria'))?.version, 1);
      assert.equal((await reader.history({}, { count: 5 })).length, 1);
      await assert.rejects(put(reader, maria), /reading only/);
      await assert.rejects(reader.query(sql`DELETE FROM resource RETURNING rid`));
      await put(writer, maria);
      assert.equal((await reader.read('Patient', 'maria'))?.version, 2);
      await reader.close();
      await writer.close();
    });
  });

describe('checksum of a migration', () => {
  it('does not change with comments and spacing', () => {
    const of = (statements: string[]) => checksumOf({ name: 'x', statements: () => statements }, sqliteDialect);
    assert.equal(
      of(['CREATE TABLE a ( -- one\n  b)']),
      of(['CREATE TABLE a ( -- other\n\n b)', "COMMENT ON TABLE a IS 'x'"]),
    );
    assert.notEqual(of(['CREATE TABLE a (b)']), of(['CREATE TABLE a (c)']));
  });

  it('differs between the databases', () => {
    for (const migration of migrations)
      assert.notEqual(checksumOf(migration, sqliteDialect), checksumOf(migration, postgresDialect));
  });
});
