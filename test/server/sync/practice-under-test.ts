/**
 * The databases that a practice may have: SQLite always, PostgreSQL when TEST_POSTGRES_URL names one, MySQL or MariaDB when TEST_MYSQL_URL does. Each
 * opening is a new, empty one, of which nothing remains after `close`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPractice, type Practice } from '../../../server/sync/practice.ts';
import { dropSchema, newSchema, postgresServer } from '../../store-under-test.ts';

export interface PracticeUnderTest {
  readonly name: string;
  open(): Promise<Practice & { readonly url: string }>;
}

const closing = (practice: Practice, url: string, after: () => Promise<unknown>) => ({
  ...practice,
  url,
  close: async () => {
    await practice.close();
    await after();
  },
});

const sqlite: PracticeUnderTest = {
  name: 'SQLite',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-practice-'));
    const file = join(folder, 'practice.sqlite');
    await writeFile(file, '');
    const url = `sqlite:${file}`;
    return closing(await openPractice(url), url, () => rm(folder, { recursive: true, force: true }));
  },
};

const postgres = (server: string): PracticeUnderTest => ({
  name: 'PostgreSQL',
  async open() {
    const schema = newSchema();
    const address = new URL(server);
    address.searchParams.set('options', `-csearch_path=${schema}`);
    const practice = await openPractice(address.href);
    await practice.knex.raw('create schema ??', [schema]);
    return closing(practice, address.href, () => dropSchema(server, schema));
  },
});

const mysql = (server: string): PracticeUnderTest => ({
  name: 'MariaDB',
  async open() {
    const name = `test_${randomBytes(6).toString('hex')}`;
    const outer = await openPractice(server);
    await outer.knex.raw('create database ?? character set utf8mb4', [name]);
    const address = new URL(server);
    address.pathname = `/${name}`;
    return closing(await openPractice(address.href), address.href, async () => {
      await outer.knex.raw('drop database ??', [name]);
      await outer.close();
    });
  },
});

const mysqlServer = process.env.TEST_MYSQL_URL;
if (!mysqlServer) process.stderr.write('TEST_MYSQL_URL is not set: practices on MySQL or MariaDB are not tested.\n');

export const practicesUnderTest = (): readonly PracticeUnderTest[] => [
  sqlite,
  ...(postgresServer ? [postgres(postgresServer)] : []),
  ...(mysqlServer ? [mysql(mysqlServer)] : []),
];
