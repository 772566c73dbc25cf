import { strict as assert } from 'node:assert';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../server/store/open.ts';
import { maria, post } from './fixture.ts';

describe('openStore', () => {
  for (const [url, sentence] of [
    ['', /expected sqlite:PATH or postgres/],
    ['mysql://localhost/x', /mysql:\/\/localhost\/x is no address of a database/],
    ['postgres://user:secret@', /is no address/],
    ['sqlite:', /names no file/],
    ['sqlite:?synchronous=off', /names no file/],
    ['sqlite:a.db?synchronous=never', /synchronous=never .* is not one of off, normal, full/],
    ['sqlite:a.db?cache=1', /parameter cache/],
    ['postgres://localhost/x?schema=a"b', /is no name of a schema/],
  ] as const)
    it(`refuses ${url || 'an empty address'} with a sentence`, async () => {
      await assert.rejects(
        openStore({ url }),
        (error: Error) => sentence.test(error.message) && !/secret/.test(error.message),
      );
    });

  it('refuses a server that does not answer', async () => {
    await assert.rejects(openStore({ url: 'postgres://localhost:1/none' }), /ECONNREFUSED/);
  });

  it('refuses a file that is no database, and a missing file when it may only read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    const path = join(folder, 'text.db');
    await writeFile(path, 'This is a letter and no database. '.repeat(100));
    await assert.rejects(openStore({ url: `sqlite:${path}` }), /not a database/);
    const missing = join(folder, 'missing.db');
    await assert.rejects(openStore({ url: `sqlite:${missing}`, readOnly: true }), /missing.db cannot be opened/);
    assert.equal(existsSync(missing), false);
    await rm(folder, { recursive: true });
  });

  it('keeps sqlite::memory: in a file that is gone after close', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    const opened = Promise.all([openStore({ url: 'sqlite::memory:' }), openStore({ url: 'sqlite::memory:' })]);
    const [one, other] = await opened.finally(() => {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
    });
    assert.equal(readdirSync(folder).length, 2);
    await post(one, maria);
    assert.equal(await other.read('Patient', 'maria'), undefined);
    await Promise.all([one.close(), other.close()]);
    assert.deepEqual(readdirSync(folder), []);
    await rm(folder, { recursive: true });
  });

  it('keeps what was acknowledged when the process ends without closing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    const url = `sqlite:${join(folder, 'store.db')}`;
    const abandoned = await openStore({ url });
    await post(abandoned, maria);
    const next = await openStore({ url });
    assert.equal((await next.read('Patient', 'maria'))?.version, 1);
    await next.close();
    await abandoned.close();
    await rm(folder, { recursive: true });
  });
});
