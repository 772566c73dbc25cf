import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openStore } from '../../../../server/store/open.ts';
import { type CurrentVersions, currentVersions } from '../../../../server/store/sqlite/current-versions.ts';
import type { CommitMark } from '../../../../server/store/sqlite/wal-index.ts';
import type { Store, StoredVersion } from '../../../../server/store/store.ts';
import { jonas, maria, put, putIn, remove } from '../fixture.ts';

const version = (id: string, content = '{}'): StoredVersion => ({
  rid: 1,
  type: 'Patient',
  id,
  version: 1,
  tx: 1,
  method: 'PUT',
  content,
});

describe('versions that are kept while they are current', () => {
  let mark: CommitMark | undefined;
  let current: CurrentVersions;
  const commit = () => {
    const change = ((mark?.change ?? 0) + 1) % 2 ** 32;
    mark = { change, header: `commit ${change}` };
  };
  const read = (...versions: StoredVersion[]) => current.known()?.keep(versions);
  const has = (id: string): boolean => current.known()?.get(`Patient/${id}`) !== undefined;

  beforeEach(() => {
    mark = { change: 7, header: 'commit 7' };
    current = currentVersions(() => mark, 1600);
    read(version('maria'), version('jonas'));
  });

  it('are known again', () => assert.deepEqual([has('maria'), has('jonas'), has('ada')], [true, true, false]));

  it('are forgotten when another process has committed', () => {
    commit();
    assert.deepEqual([has('maria'), has('jonas')], [false, false]);
  });

  it('stay but for those that this process wrote', () => {
    current.committing(new Set(['Patient/maria']));
    commit();
    current.ended();
    assert.deepEqual([has('maria'), has('jonas')], [false, true]);
  });

  it('are told apart from the moment of the commit, before its end is known', () => {
    current.committing(new Set(['Patient/maria']));
    commit();
    assert.deepEqual([has('maria'), has('jonas')], [false, true]);
    commit();
    assert.deepEqual([has('maria'), has('jonas')], [false, false]);
  });

  it('stay when a commit fails', () => {
    current.committing(new Set(['Patient/maria']));
    current.ended();
    assert.deepEqual([has('maria'), has('jonas')], [true, true]);
    commit();
    assert.equal(has('jonas'), false);
  });

  it('are forgotten when another process committed before this one began', () => {
    commit();
    current.committing(new Set(['Patient/maria']));
    commit();
    current.ended();
    assert.equal(has('jonas'), false);
  });

  it('do not come from a read that began before a commit', () => {
    const known = current.known();
    current.committing(new Set(['Patient/ada']));
    commit();
    current.ended();
    known?.keep([version('ada')]);
    assert.equal(has('ada'), false);
  });

  it('are not told while the state cannot be', () => {
    mark = undefined;
    assert.equal(current.known(), undefined);
  });

  it('are counted modulo 2^32, as SQLite counts', () => {
    mark = { change: 2 ** 32 - 1, header: 'last' };
    read(version('maria'), version('jonas'));
    current.committing(new Set(['Patient/maria']));
    commit();
    assert.deepEqual([has('maria'), has('jonas')], [false, true]);
  });

  it('make room for others, least recently used first; one that would need much of it is not kept', () => {
    const hundred = 'x'.repeat(100);
    read(...Array.from({ length: 16 }, (_, index) => version(`client-${index}`, hundred)));
    assert.ok(has('client-0'));
    read(version('client-16', hundred));
    assert.deepEqual([has('client-0'), has('client-1'), has('client-16')], [true, false, true]);
    read(version('large', 'x'.repeat(101)));
    assert.equal(has('large'), false);
  });
});

describe('reads by id on one SQLite file', () => {
  let folder: string;
  let url: string;
  let one: Store;
  let other: Store;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-current-'));
    url = `sqlite:${join(folder, 'care.sqlite')}?synchronous=off`;
    one = await openStore({ url });
    other = await openStore({ url });
  });
  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
    await rm(folder, { recursive: true });
  });

  const versionAt = async (store: Store, { type, id }: typeof maria) => (await store.read(type, id))?.version;

  it('see what the other store wrote, a deletion too', async () => {
    await put(one, maria);
    assert.equal(await versionAt(one, maria), 1);
    assert.equal(await versionAt(other, maria), 1);
    await put(other, maria);
    assert.equal(await versionAt(one, maria), 2);
    await remove(one, maria);
    assert.equal((await other.read(maria.type, maria.id))?.content, null);
  });

  it('see what another process wrote', async () => {
    await put(one, maria);
    assert.equal(await versionAt(one, maria), 1);
    const writer = fork(new URL('write-maria.ts', import.meta.url), [url], { execArgv: ['--import', 'tsx'] });
    const [code] = await once(writer, 'exit');
    assert.equal(code, 0);
    assert.equal(await versionAt(one, maria), 2);
  });

  it('do not see what was taken back', async () => {
    await put(one, maria);
    assert.equal(await versionAt(one, maria), 1);
    await assert.rejects(
      one.transact(async (session) => {
        await putIn(session, maria);
        throw new Error('no');
      }),
    );
    assert.equal(await versionAt(one, maria), 1);
  });

  it('agree with the database, whatever two stores write and read meanwhile', async function () {
    this.timeout(0);
    const step = fc.record({
      store: fc.constantFrom('one', 'other'),
      what: fc.constantFrom('read', 'read', 'write', 'write together'),
      client: fc.constantFrom(maria, jonas),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const known = new Map<string, number>();
        for (const client of [maria, jonas]) known.set(client.id, (await versionAt(one, client)) ?? 0);
        const reads: Promise<void>[] = [];
        for (const { store: name, what, client } of steps) {
          const store = name === 'one' ? one : other;
          if (what === 'read') {
            const atLeast = known.get(client.id) ?? 0;
            reads.push(versionAt(store, client).then((seen) => assert.ok((seen ?? 0) >= atLeast)));
          } else {
            const clients = what === 'write' ? [client] : [maria, jonas];
            await store.transact(async (session) => {
              for (const each of clients) await putIn(session, each);
            });
            for (const { id } of clients) known.set(id, (known.get(id) ?? 0) + 1);
          }
        }
        await Promise.all(reads);
        for (const client of [maria, jonas])
          for (const store of [one, other])
            assert.equal((await versionAt(store, client)) ?? 0, known.get(client.id), client.id);
      }),
      { numRuns: 60 },
    );
  });
});
