import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import { FhirError } from '../../../resources/outcome.ts';
import { uriNumber } from '../../../server/search/type/condition.ts';
import { type HistoryScope, type HistoryWindow, keyOf, type Store } from '../../../server/store/store.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { jonas, maria, namesOf, plan, post, postIn, put, putIn, remove, settledValues } from './fixture.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

for (const { name, open } of storesUnderTest())
  describe(`store on ${name}`, () => {
    let store: Store;
    let now: number;
    beforeEach(async () => {
      now = NOON;
      store = await open({ clock: () => now });
    });
    afterEach(() => store.close());

    /** Writes one version a minute: maria 1, jonas 1, plan 1, maria 2, jonas deleted (2), maria 3. */
    async function writeStory(): Promise<void> {
      const steps = [
        () => put(store, maria),
        () => put(store, jonas),
        () => put(store, plan),
        () => put(store, maria),
        () => remove(store, jonas),
        () => put(store, maria),
      ];
      for (const [minute, step] of steps.entries()) {
        now = NOON + minute * 60_000;
        await step();
      }
    }
    const tx = (minute: number): number => (NOON + minute * 60_000) * 1000;

    describe('reading', () => {
      it('gives a version as it was written, byte for byte', async () => {
        const content = '{"resourceType":"Patient","note":"1.0 \\u0000 Ωß 😀 \\"q\\" {a,b} NULL \\\\ \'x\'"}';
        await put(store, maria, { content });
        const version = await store.read('Patient', 'maria');
        assert.deepEqual(version, { ...maria, rid: version?.rid, version: 1, tx: tx(0), method: 'PUT', content });
      });

      it('knows nothing of what was never written', async () => {
        assert.equal(await store.read('Patient', 'nobody'), undefined);
        assert.equal(await store.vread('Patient', 'nobody', 1), undefined);
        assert.equal(await store.readAt('Patient', 'nobody', tx(99)), undefined);
      });

      it('tells ids apart by case and by type', async () => {
        await put(store, maria);
        await put(store, { type: 'Patient', id: 'Maria' });
        await put(store, { type: 'Person', id: 'maria' });
        assert.equal((await store.history({}, { count: 10 })).length, 3);
        assert.equal((await store.read('Patient', 'maria'))?.version, 1);
      });

      it('gives each version of a resource by its number', async () => {
        await writeStory();
        for (const version of [1, 2, 3])
          assert.equal((await store.vread('Patient', 'maria', version))?.version, version);
        assert.equal(await store.vread('Patient', 'maria', 4), undefined);
      });

      it('keeps a tombstone for what was deleted', async () => {
        await writeStory();
        const tombstone = await store.read('Patient', 'jonas');
        assert.deepEqual([tombstone?.version, tombstone?.method, tombstone?.content], [2, 'DELETE', null]);
        assert.notEqual((await store.vread('Patient', 'jonas', 1))?.content, null);
      });

      it('brings back what was deleted with the next version', async () => {
        await writeStory();
        assert.equal(await put(store, jonas), 3);
        assert.equal((await store.read('Patient', 'jonas'))?.version, 3);
        assert.equal((await store.vread('Patient', 'jonas', 2))?.content, null);
      });

      for (const { minute, version } of [
        { minute: -1, version: undefined },
        { minute: 0, version: 1 },
        { minute: 2.5, version: 1 },
        { minute: 3, version: 2 },
        { minute: 4.9, version: 2 },
        { minute: 5, version: 3 },
        { minute: 60, version: 3 },
      ])
        it(`minute ${minute}: the current version of maria is ${version}`, async () => {
          await writeStory();
          assert.equal((await store.readAt('Patient', 'maria', tx(minute)))?.version, version);
        });

      it('numbers a transaction by its instant, and counts on within a millisecond', async () => {
        await put(store, maria);
        await put(store, jonas);
        assert.deepEqual(
          (await store.history({}, { count: 2 })).map((version) => version.tx),
          [tx(0) + 1, tx(0)],
        );
      });
    });

    describe('history', () => {
      const all = [
        'Patient/maria 3',
        'Patient/jonas 2',
        'Patient/maria 2',
        'CarePlan/maria-plan 1',
        'Patient/jonas 1',
        'Patient/maria 1',
      ];
      const rules: readonly { what: string; scope: HistoryScope; window?: Partial<HistoryWindow>; found: string[] }[] =
        [
          { what: 'the system', scope: {}, found: all },
          { what: 'a type', scope: { type: 'Patient' }, found: all.filter((one) => one.startsWith('Patient')) },
          { what: 'a type without resources', scope: { type: 'Goal' }, found: [] },
          { what: 'a resource', scope: maria, found: ['Patient/maria 3', 'Patient/maria 2', 'Patient/maria 1'] },
          { what: 'a resource never known', scope: { type: 'Patient', id: 'x' }, found: [] },
          { what: 'the system since minute 3', scope: {}, window: { since: tx(3) }, found: all.slice(0, 3) },
          {
            what: 'a resource since minute 1',
            scope: maria,
            window: { since: tx(1) },
            found: ['Patient/maria 3', 'Patient/maria 2'],
          },
          {
            what: 'the system as it was in minute 3 (ended versions and tombstones aside)',
            scope: {},
            window: { current: { from: tx(3), to: tx(4) } },
            found: ['Patient/maria 2', 'CarePlan/maria-plan 1', 'Patient/jonas 1'],
          },
          {
            what: 'a resource over a time in which it changed',
            scope: maria,
            window: { current: { from: tx(2), to: tx(3.5) } },
            found: ['Patient/maria 2', 'Patient/maria 1'],
          },
          {
            what: 'the system before anything',
            scope: {},
            window: { current: { from: tx(-9), to: tx(0) } },
            found: [],
          },
          { what: 'at most so many', scope: {}, window: { count: 2 }, found: all.slice(0, 2) },
          { what: 'none when none are asked for', scope: {}, window: { count: 0 }, found: [] },
        ];
      for (const { what, scope, window, found } of rules)
        it(`is newest first: ${what}`, async () => {
          await writeStory();
          assert.deepEqual(namesOf(await store.history(scope, { count: 50, ...window })), found);
        });

      it('is the same in pages, whatever is written between them', async () => {
        await writeStory();
        const found: string[] = [];
        for (let before: HistoryWindow['before']; ; ) {
          const page = await store.history({}, { count: 2, ...(before ? { before } : {}) });
          found.push(...namesOf(page));
          before = page.at(-1);
          if (!before) break;
          await put(store, plan);
        }
        // The plan of minute 2 is found whether current or, by then, replaced.
        assert.deepEqual(found, all);
      });

      it('separates versions of one transaction by rid in pages', async () => {
        await store.transact(async (session) => {
          for (const id of ['a', 'b', 'c', 'd', 'e']) postIn(session, { type: 'Patient', id });
        });
        const first = await store.history({ type: 'Patient' }, { count: 3 });
        const before = first.at(-1);
        assert.ok(before);
        const second = await store.history({ type: 'Patient' }, { count: 3, before });
        assert.deepEqual(
          namesOf([...first, ...second]),
          ['e', 'd', 'c', 'b', 'a'].map((id) => `Patient/${id} 1`),
        );
      });

      for (const [what, scope, total] of [
        ['the system', {}, 6],
        ['a type', { type: 'Patient' }, 5],
        ['a resource', maria, 3],
        ['a resource never known', { type: 'Patient', id: 'x' }, 0],
      ] as const)
        it(`counts the versions of ${what}`, async () => {
          await writeStory();
          assert.equal(await store.historyTotal(scope), total);
        });

      it('of an empty store is empty', async () => {
        assert.deepEqual(await store.history({}, { count: 5 }), []);
        assert.equal(await store.historyTotal({}), 0);
      });
    });

    describe('a transaction', () => {
      it('sees what it wrote, and nobody else does before its end', async () => {
        await put(store, plan);
        await store.transact(async (session) => {
          await putIn(session, maria);
          postIn(session, jonas);
          assert.equal((await session.read('Patient', 'maria'))?.version, 1);
          assert.equal((await session.lock([jonas])).get(keyOf(jonas))?.version, 1);
          assert.equal((await session.vread('Patient', 'jonas', 1))?.method, 'POST');
          assert.deepEqual(namesOf(await session.history({}, { count: 9 })), [
            'Patient/jonas 1',
            'Patient/maria 1',
            'CarePlan/maria-plan 1',
          ]);
          assert.deepEqual(await session.query(sql`SELECT id FROM resource ORDER BY id`), [
            { id: 'jonas' },
            { id: 'maria' },
            { id: 'maria-plan' },
          ]);
          assert.equal(await store.read('Patient', 'maria'), undefined);
        });
        assert.equal((await store.read('Patient', 'maria'))?.version, 1);
      });

      it('that throws leaves nothing, before and after its rows reached the database', async () => {
        for (const reads of [false, true]) {
          const work = store.transact(async (session) => {
            await putIn(session, maria, { after: { token_index: [[1, 'x', 'http://only.here']] } });
            if (reads) await session.query(sql`SELECT 1 AS one`);
            throw new Error('the rule says no');
          });
          await assert.rejects(work, /the rule says no/);
          assert.equal(await store.read('Patient', 'maria'), undefined);
          assert.deepEqual(await store.query(sql`SELECT code FROM token_index`), []);
          assert.deepEqual(await store.query(sql`SELECT tx FROM transaction_log`), []);
        }
      });

      it('that throws harms none of those that run with it', async () => {
        const works = Array.from({ length: 30 }, (_, index) =>
          store.transact(async (session) => {
            const rows = { token_index: [[1, `c${index}`, `http://s.example/${index % 7}`]] };
            postIn(session, { type: 'Patient', id: `p${index}` }, '{}', rows);
            if (index % 3 > 0) await session.query(sql`SELECT count(*) AS n FROM resource`);
            if (index % 5 === 0) throw new Error('no');
            return index;
          }),
        );
        const kept = (await settledValues(works)).filter((value) => value !== 'Error: no');
        assert.equal(kept.length, 24);
        const rows = await store.query<{ id: string; code: string; system: string }>(
          sql`SELECT r.id, t.code, u.value AS system FROM resource r JOIN token_index t ON t.rid = r.rid JOIN uri u ON u.number = t.system`,
        );
        assert.deepEqual(
          rows.map(({ id, code, system }) => `${id} ${code} ${system}`).sort(),
          kept.map((index) => `p${index} c${index} http://s.example/${Number(index) % 7}`).sort(),
        );
      });

      it('refuses to replace what it has not locked, and to write a resource twice', async () => {
        await put(store, maria);
        const before = await store.read('Patient', 'maria');
        assert.ok(before);
        const write = {
          ...maria,
          before,
          method: 'PUT',
          version: 2,
          content: '{}',
          rowsBefore: {},
          rowsAfter: {},
        } as const;
        await assert.rejects(
          store.transact(async (session) => session.write([write])),
          /without having been locked/,
        );
        const twice = store.transact(async (session) => {
          await putIn(session, maria);
          await putIn(session, maria);
        });
        await assert.rejects(twice, /twice in one transaction/);
      });

      it('is over when its work is done', async () => {
        const session = await store.transact(async (open) => open);
        await assert.rejects(session.read('Patient', 'maria'), /has ended/);
        assert.throws(() => postIn(session, maria), /has ended/);
      });

      it('takes statements that its work does not wait for one by one', async () => {
        await put(store, maria);
        const versions = await store.transact(async (session) => {
          postIn(session, jonas);
          return Promise.all([
            session.read('Patient', 'maria'),
            session.vread('Patient', 'jonas', 1),
            session.history({}, { count: 5 }),
            session.lock([maria]),
          ]);
        });
        assert.equal(versions[1]?.version, 1);
        assert.equal(versions[2].length, 2);
      });

      it('that writes nothing is no transaction of the history', async () => {
        assert.equal(await store.transact(async (session) => session.read('Patient', 'x')), undefined);
        assert.deepEqual(await store.query(sql`SELECT tx FROM transaction_log`), []);
      });

      it('is answered when every reader sees it', async () => {
        for (let round = 0; round < 20; round += 1) {
          const version = await put(store, maria);
          const reads = await Promise.all(Array.from({ length: 8 }, () => store.read('Patient', 'maria')));
          assert.ok(reads.every((read) => read?.version === version));
        }
      });
    });

    describe('concurrent transactions', () => {
      it('50 updates that ask for version 1: one wins', async () => {
        await put(store, maria);
        const results = await settledValues(Array.from({ length: 50 }, () => put(store, maria, { ifMatch: 1 })));
        assert.deepEqual(
          results.filter((result) => typeof result === 'number'),
          [2],
        );
        assert.equal(results.filter((result) => String(result).includes('expected 1')).length, 49);
        assert.equal((await store.read('Patient', 'maria'))?.version, 2);
      });

      it('50 updates without condition: each makes a version, in the order of tx', async () => {
        const results = await Promise.all(Array.from({ length: 50 }, () => put(store, maria)));
        assert.deepEqual(
          results.sort((a, b) => a - b),
          Array.from({ length: 50 }, (_, index) => index + 1),
        );
        const history = await store.history(maria, { count: 60 });
        assert.deepEqual(
          history.map(({ version }) => version),
          Array.from({ length: 50 }, (_, index) => 50 - index),
        );
        const ended = await store.query<{ tx: number; ended: number }>(
          sql`SELECT tx, ended FROM resource_history ORDER BY version`,
        );
        assert.ok(ended.every(({ tx: from, ended: to }) => from < to));
      });

      it('50 creations of one id: exactly one', async () => {
        const results = await settledValues(Array.from({ length: 50 }, () => post(store, maria)));
        assert.equal(results.filter((result) => result === undefined).length, 1);
        assert.equal(results.filter((result) => /exists already|was created before/.test(String(result))).length, 49);
        assert.equal((await store.history({}, { count: 9 })).length, 1);
      });

      it('a creation of an id that exists is a conflict', async () => {
        await post(store, maria);
        await assert.rejects(post(store, maria), (error) => error instanceof FhirError && error.status === 409);
      });

      it('transactions over the same resources in different order all come through', async () => {
        const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
        const works = Array.from({ length: 24 }, (_, index) =>
          store.transact(async (session) => {
            const order = index % 2 === 0 ? ids : [...ids].reverse();
            const identities = order.map((id) => ({ type: 'Patient', id }) as const);
            const locked = await session.lock(identities);
            session.write(
              identities.map((identity) => {
                const before = locked.get(keyOf(identity));
                const version = (before?.version ?? 0) + 1;
                return {
                  ...identity,
                  ...(before ? { before } : {}),
                  method: 'PUT',
                  version,
                  content: '{}',
                  rowsBefore: {},
                  rowsAfter: {},
                };
              }),
            );
          }),
        );
        await Promise.all(works);
        for (const id of ids) assert.equal((await store.read('Patient', id))?.version, 24);
      });

      it('that serialize on a key come one after another', async () => {
        const works = Array.from({ length: 20 }, () =>
          store.transact(async (session) => {
            await session.serialize(['Patient?identifier=1', 'Patient?identifier=2']);
            const found = await session.query(sql`SELECT rid FROM resource WHERE content = '{"identifier":1}'`);
            if (found.length === 0) postIn(session, { type: 'Patient', id: `p${Math.random()}` }, '{"identifier":1}');
          }),
        );
        await Promise.all(works);
        assert.equal((await store.history({}, { count: 30 })).length, 1);
      });
    });

    describe('index rows', () => {
      const rows = {
        token_index: [
          [1, 'female', 'http://hl7.org/fhir/administrative-gender'],
          [2, 'phq-9', 'http://loinc.org'],
          [2, 'none', ''],
        ],
        string_index: [[3, 'ramirez', 'Ramírez']],
        date_index: [[4, -2208988800000, 1795290816847]],
        quantity_index: [[5, 5.4, 5.4, 'http://unitsofmeasure.org|kg', 0]],
        reference_index: [[6, 'maria', 113]],
        composite_index: [[7, 'a', 'http://loinc.org', '', 1.5, 1e300, '', 1]],
      };
      const everything = async () => ({
        token: await store.query(
          sql`SELECT param, code, u.value FROM token_index JOIN uri u ON u.number = system ORDER BY param, code`,
        ),
        string: await store.query(sql`SELECT param, value, exact FROM string_index`),
        date: await store.query(sql`SELECT low, high FROM date_index`),
        quantity: await store.query(sql`SELECT low, high, u.value FROM quantity_index JOIN uri u ON u.number = unit`),
        reference: await store.query(sql`SELECT target_id, target_type FROM reference_index`),
        composite: await store.query(sql`SELECT code, text, low, high, unit, canonical FROM composite_index`),
      });

      it('come back as they were given', async () => {
        await put(store, maria, { after: rows });
        assert.deepEqual(await everything(), {
          token: [
            { param: 1, code: 'female', value: 'http://hl7.org/fhir/administrative-gender' },
            { param: 2, code: 'none', value: '' },
            { param: 2, code: 'phq-9', value: 'http://loinc.org' },
          ],
          string: [{ param: 3, value: 'ramirez', exact: 'Ramírez' }],
          date: [{ low: -2208988800000, high: 1795290816847 }],
          quantity: [{ low: 5.4, high: 5.4, value: 'http://unitsofmeasure.org|kg' }],
          reference: [{ target_id: 'maria', target_type: 113 }],
          composite: [{ code: 'a', text: '', low: 1.5, high: 1e300, unit: 0, canonical: 1 }],
        });
      });

      it('go with the deletion of their resource', async () => {
        await put(store, maria, { after: rows });
        await remove(store, maria, rows);
        const left = await everything();
        assert.ok(Object.values(left).every((found) => found.length === 0));
      });

      it('may come twice, hold infinities, long texts and NUL', async () => {
        const odd = {
          token_index: [
            [1, 'x', ''],
            [1, 'x', ''],
            [1, 'a\0b', 'urn:\0'],
            [1, '{"\\, }', ''],
          ],
          string_index: [[1, 'ß'.repeat(5000), '😀'.repeat(5000)]],
          quantity_index: [[1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, `u${'v'.repeat(9000)}`, 0]],
        };
        await put(store, maria, { after: odd });
        assert.equal((await store.query(sql`SELECT code FROM token_index`)).length, 3);
        assert.equal((await store.query(sql`SELECT code FROM token_index WHERE code = ${'{"\\, }'}`)).length, 1);
        assert.equal(
          (await store.query(sql`SELECT rid FROM quantity_index WHERE low < -1e300 AND high > 1e300`)).length,
          1,
        );
        await remove(store, maria, odd);
        assert.deepEqual(await store.query(sql`SELECT code FROM token_index`), []);
        assert.deepEqual(await store.query(sql`SELECT value FROM string_index`), []);
      });

      it('change only where they differ: what stays keeps its row', async () => {
        const [kept, old, fresh] = [
          [1, 'kept', 'http://a'],
          [1, 'old', 'http://a'],
          [1, 'fresh', 'http://b'],
        ];
        await put(store, maria, { after: { token_index: [kept, old] } });
        // A row that the difference must not touch disappears here, and would come back if it were inserted again.
        await store.transact((session) => session.execute(sql`DELETE FROM token_index WHERE code = 'kept'`));
        await put(store, maria, { before: { token_index: [kept, old] }, after: { token_index: [kept, fresh] } });
        assert.deepEqual(await store.query(sql`SELECT code FROM token_index`), [{ code: 'fresh' }]);
      });

      it('can be added to a resource that is stored', async () => {
        await put(store, maria, { after: { token_index: [[1, 'a', '']] } });
        await store.transact(async (session) => {
          const version = (await session.lock([maria])).get(keyOf(maria));
          assert.ok(version);
          session.index([
            {
              rid: version.rid,
              rows: {
                token_index: [
                  [1, 'a', ''],
                  [2, 'b', 'http://b'],
                ],
              },
            },
          ]);
        });
        assert.equal((await store.query(sql`SELECT code FROM token_index`)).length, 2);
        assert.equal((await store.read('Patient', 'maria'))?.version, 1);
      });

      it('find the number of a URI by an expression', async () => {
        await put(store, maria, {
          after: {
            token_index: [
              [1, 'a', 'http://x'],
              [1, 'b', ''],
            ],
          },
        });
        const codes = (uri: string) =>
          store.query(sql`SELECT code FROM token_index WHERE param = 1 AND system = ${uriNumber(uri)}`);
        assert.deepEqual(await codes('http://x'), [{ code: 'a' }]);
        assert.deepEqual(await codes(''), [{ code: 'b' }]);
        assert.deepEqual(await codes('http://unknown'), []);
      });

      it('give a URI one number, whoever comes first', async () => {
        const system = (index: number) => `http://s.example/${index % 5}`;
        await Promise.all(
          Array.from({ length: 60 }, (_, index) =>
            post(store, { type: 'Patient', id: `p${index}` }, '{}', { token_index: [[1, `${index}`, system(index)]] }),
          ),
        );
        const rows = await store.query<{ code: string; value: string }>(
          sql`SELECT code, value FROM token_index JOIN uri ON number = system`,
        );
        assert.ok(rows.length === 60 && rows.every(({ code, value }) => value === system(Number(code))));
        assert.equal((await store.query(sql`SELECT number FROM uri`)).length, 6);
      });
    });

    it('answers ping, and no more after close', async () => {
      await store.ping();
      const other = await open();
      await other.close();
      await assert.rejects(other.transact(async () => 1));
    });
  });
