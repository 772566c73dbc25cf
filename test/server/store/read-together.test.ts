import { strict as assert } from 'node:assert';
import { setImmediate as turn } from 'node:timers/promises';
import { typeNumber } from '../../../resources/definition.ts';
import { readTogether } from '../../../server/store/read-together.ts';
import { type Identity, keyOf } from '../../../server/store/store.ts';
import type { VersionRow } from '../../../server/store/version.ts';

const patient = (id: string): Identity => ({ type: 'Patient', id });

/** A database that knows every Patient but `nobody`, and answers when told. */
function database() {
  const asked: { readonly ids: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const find = (identities: readonly Identity[]): Promise<readonly VersionRow[]> =>
    new Promise((resolve, reject) => {
      const ids = identities.map(({ id }) => id);
      const rows = identities
        .filter(({ id }) => id !== 'nobody')
        .map(({ type, id }) => ({ rid: 1, type: typeNumber(type), id, version: 1, tx: 1, method: 1, content: '{}' }));
      asked.push({ ids, answer: () => resolve(rows), fail: reject });
    });
  return { asked, find };
}

describe('reads by id that come together', () => {
  it('share a statement, and each gets its own answer', async () => {
    const { asked, find } = database();
    const read = readTogether(find, 1);
    const answers = Promise.all(['maria', 'nobody', 'jonas', 'maria'].map((id) => read('Patient', id)));
    await turn();
    await turn();
    asked[0]?.answer();
    assert.deepEqual(
      (await answers).map((version) => version && keyOf(version)),
      ['Patient/maria', undefined, 'Patient/jonas', 'Patient/maria'],
    );
    assert.equal(asked.length, 1);
  });

  it('wait while as many statements as allowed are under way, so that they see what was committed before', async () => {
    const { asked, find } = database();
    const read = readTogether(find, 1);
    const first = read('Patient', 'maria');
    await turn();
    await turn();
    const second = read('Patient', 'jonas');
    await turn();
    await turn();
    assert.deepEqual(
      asked.map(({ ids }) => ids),
      [['maria']],
    );
    asked[0]?.answer();
    assert.equal((await first)?.id, 'maria');
    await turn();
    assert.deepEqual(
      asked.map(({ ids }) => ids),
      [['maria'], ['jonas']],
    );
    asked[1]?.answer();
    assert.equal((await second)?.id, 'jonas');
  });

  it('fail together, and those after them do not', async () => {
    const { asked, find } = database();
    const { type, id } = patient('maria');
    const read = readTogether(find, 1);
    const failing = [read(type, id), read(type, 'jonas')].map((each) => assert.rejects(each, /disk/));
    await turn();
    await turn();
    asked[0]?.fail(new Error('the disk is gone'));
    await Promise.all(failing);
    const later = read(type, id);
    await turn();
    await turn();
    asked[1]?.answer();
    assert.equal((await later)?.id, id);
  });
});
