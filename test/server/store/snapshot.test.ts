import { strict as assert } from 'node:assert';
import { countsByType, resourcesAt, storedTypes } from '../../../server/store/snapshot.ts';
import type { Store } from '../../../server/store/store.ts';
import { storesUnderTest } from '../../store-under-test.ts';

const content = (id: string, version: number) => JSON.stringify({ resourceType: 'Patient', id, version });

/** Writes a version of each Patient; a deletion when `deleted`. Gives the tx. */
function write(store: Store, ids: readonly string[], deleted = false): Promise<number> {
  return store.transact(async (session) => {
    const locked = await session.lock(ids.map((id) => ({ type: 'Patient', id })));
    session.write(
      ids.map((id) => {
        const before = locked.get(`Patient/${id}`);
        const version = (before?.version ?? 0) + 1;
        return {
          ...(before ? { before } : {}),
          type: 'Patient',
          id,
          method: deleted ? 'DELETE' : 'PUT',
          version,
          content: deleted ? null : content(id, version),
          rowsBefore: {},
          rowsAfter: {},
        };
      }),
    );
    return session.tx;
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `p${String(index).padStart(4, '0')}`);

for (const { name, open } of storesUnderTest())
  describe(`A snapshot (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    async function read(
      tx: number,
      since?: number,
      between: (page: number) => Promise<unknown> = async () => undefined,
    ) {
      const found: string[] = [];
      let page = 0;
      for await (const versions of resourcesAt(store, 'Patient', { tx, ...(since === undefined ? {} : { since }) })) {
        for (const { id, version } of versions) found.push(`${id} v${version}`);
        await between(page);
        page += 1;
      }
      return found;
    }

    it('has every resource once, over many pages, in the order of creation', async () => {
      const ids = numbered(450);
      const tx = await write(store, ids);
      assert.deepEqual(
        await read(tx),
        ids.map((id) => `${id} v1`),
      );
      assert.deepEqual([...(await countsByType(store))], [['Patient', 450]]);
      assert.deepEqual(await storedTypes(store), ['Patient']);
    });

    it('is of one instant, whatever is changed, deleted or made while it is read', async () => {
      const ids = numbered(450);
      await write(store, ids);
      const gone = ids.slice(0, 3);
      const tx = await write(store, gone, true);
      const expected = ids.slice(3).map((id) => `${id} v1`);
      const changed = [ids[5], ids[205], ids[405]].map(String);
      const deleted = [ids[10], ids[250], ids[449]].map(String);
      await write(store, [...changed, ...gone]);
      await write(store, deleted, true);
      const during = async (page: number) => {
        if (page > 0) return;
        await write(store, ids.slice(20, 22));
        await write(store, [...ids.slice(300, 302), ...ids.slice(30, 32)], true);
        await write(store, deleted);
        await write(store, ['later']);
      };
      assert.deepEqual(await read(tx, undefined, during), expected);
    });

    it('gives what was written since a transaction', async () => {
      const ids = numbered(5);
      await write(store, ids);
      const since = await write(store, [String(ids[1]), 'fresh']);
      const tx = await write(store, [String(ids[2])], true);
      assert.deepEqual(await read(tx, since), ['p0001 v2', 'fresh v1']);
    });

    it('is empty where nothing is', async () => assert.deepEqual(await read(await store.settled()), []));
  });
