import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import sql, { raw } from 'sql-template-tag';
import { FhirError } from '../../../resources/outcome.ts';
import { openStore } from '../../../server/store/open.ts';
import type { Store } from '../../../server/store/store.ts';
import { dropSchema, newSchema, postgresServer, postgresUrl } from '../../store-under-test.ts';
import { jonas, maria, namesOf, plan, post, postIn } from './fixture.ts';

/** A promise with its handles. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const describePostgres = postgresServer ? describe : describe.skip;

describePostgres('history of several processes on one PostgreSQL', () => {
  const schema = newSchema();
  let here: Store;
  let there: Store;
  before(async () => {
    const url = postgresUrl(postgresServer ?? '', schema);
    [here, there] = await Promise.all([openStore({ url }), openStore({ url })]);
  });
  after(async () => {
    await here.close();
    await there.close();
    await dropSchema(postgresServer ?? '', schema);
  });

  const seen = async (store: Store) => namesOf(await store.history({}, { count: 20 }));

  /** As `seen`, once the end of a transaction of another process has got about. */
  async function eventually(store: Store, expected: readonly string[]): Promise<void> {
    for (let tries = 0; tries < 200 && (await seen(store)).length < expected.length; tries += 1) await sleep(5);
    assert.deepEqual(await seen(store), expected);
  }

  it('opens twice at once and migrates once', async () => {
    await Promise.all([here.ping(), there.ping()]);
  });

  it('never shows a later transaction before an earlier one that is still under way', async () => {
    const begun = gate();
    const slow = gate();
    const older = here.transact(async (session) => {
      begun.open();
      await slow.opened;
      postIn(session, maria);
    });
    await begun.opened;
    await post(there, jonas);
    await post(here, plan);
    assert.equal((await here.read('Patient', 'jonas'))?.version, 1);
    for (const store of [here, there]) assert.deepEqual(await seen(store), []);
    slow.open();
    await older;
    const all = ['CarePlan/maria-plan 1', 'Patient/jonas 1', 'Patient/maria 1'];
    assert.deepEqual(await seen(here), all);
    await eventually(there, all);
  });

  it('shows a transaction its own versions in spite of an earlier one under way', async () => {
    const begun = gate();
    const slow = gate();
    const older = there.transact(async () => {
      begun.open();
      await slow.opened;
    });
    await begun.opened;
    await here.transact(async (session) => {
      postIn(session, { type: 'Patient', id: 'ines' });
      assert.equal(namesOf(await session.history({}, { count: 1 }))[0], 'Patient/ines 1');
    });
    slow.open();
    await older;
  });

  it('is complete at once for the process that wrote', async () => {
    for (let round = 0; round < 50; round += 1) {
      const id = `round-${round}`;
      await post(here, { type: 'Observation', id });
      assert.deepEqual(namesOf(await here.history({ type: 'Observation' }, { count: 1 })), [`Observation/${id} 1`]);
    }
  });

  it('is read forward without a gap while both processes write', async () => {
    let writing = true;
    const writer = async (store: Store, name: string) => {
      for (let index = 0; index < 60; index += 1) {
        const works = Array.from({ length: 3 }, (_, part) =>
          store.transact(async (session) => {
            if (part === 0) await sleep(Math.random() * 6);
            postIn(session, { type: 'Goal', id: `${name}-${index}-${part}` });
          }),
        );
        await Promise.all(works);
      }
    };
    const follower = async (store: Store) => {
      const found: string[] = [];
      let since = 0;
      for (let last = false; ; ) {
        const page = await store.history({ type: 'Goal' }, { count: 1000, since });
        found.push(...namesOf(page));
        since = (page[0]?.tx ?? since - 1) + 1;
        if (last) return found;
        last = !writing;
        if (last) await sleep(100);
      }
    };
    const followers = [follower(here), follower(there)];
    await Promise.all([writer(here, 'here'), writer(there, 'there')]);
    writing = false;
    for (const found of await Promise.all(followers)) {
      assert.equal(found.length, 360);
      assert.equal(new Set(found).size, 360);
    }
  });

  /** Ends connections of this schema that `condition` on pg_stat_activity finds, as a restart of the server does. */
  const terminate = (condition: string) =>
    here.query(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE ${raw(condition)}`);
  const holdsTicket = `pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
    AND classid = 'transaction_log'::regclass::oid)`;

  it('lets a transaction whose lock was lost run again with a later tx', async () => {
    const taken: number[] = [];
    await here.transact(async (session) => {
      taken.push(session.tx);
      if (taken.length === 1) {
        await terminate(holdsTicket);
        await sleep(50);
      }
      postIn(session, { type: 'Patient', id: 'again' });
    });
    const [first = 0, second = 0] = taken;
    assert.ok(taken.length === 2 && second > first);
    assert.equal((await here.read('Patient', 'again'))?.tx, second);
    assert.equal(namesOf(await here.history({}, { count: 1 }))[0], 'Patient/again 1');
  });

  it('tells the client when a connection breaks in a transaction, and goes on with another', async () => {
    const broken = here.transact(async (session) => {
      const [row] = await session.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      await session.lock([maria]);
      await there.query(sql`SELECT pg_terminate_backend(${row?.pid}::integer)`);
      await sleep(50);
      postIn(session, { type: 'Patient', id: 'lost' });
    });
    await assert.rejects(broken, (error) => error instanceof FhirError && error.status === 503);
    assert.equal(await here.read('Patient', 'lost'), undefined);
    await post(here, { type: 'Patient', id: 'kept' });
  });
});
