/** What a client is told whose search takes longer than the server allows. */
import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import type { Bundle, OperationOutcome } from '../../resources/types.ts';
import type { Reader, Store } from '../../server/store/store.ts';
import { openServer, type ServerUnderTest } from '../server-under-test.ts';
import { storesUnderTest } from '../store-under-test.ts';

/** Minutes on either database. */
const slow = sql`WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) AS total FROM n`;

for (const { name, open } of storesUnderTest())
  describe(`a search over the time limit (${name})`, () => {
    let server: ServerUnderTest;
    let isSlow = false;

    /** Statements that look for a family name run the slow one instead. */
    const slowed = <R extends Reader>(reader: R): R => ({
      ...reader,
      query: (statement) => reader.query(isSlow && statement.sql.includes('string_index') ? slow : statement),
    });

    before(async () => {
      const store = await open({ searchLimitMs: 60 });
      const watched: Store = {
        ...slowed(store),
        transact: (work) => store.transact((session) => work(slowed(session))),
      };
      server = await openServer(watched);
      isSlow = true;
    });
    after(() => server.close());

    const isTooCostly = (status: number, { issue: [first] }: OperationOutcome): void => {
      assert.equal(status, 422);
      assert.equal(first?.code, 'too-costly');
      assert.match(first?.diagnostics ?? '', /^This search takes longer than 60 ms, .* narrow it/);
    };

    it('is answered with 422 and what to narrow', async () => {
      const { status, body } = await server.http.get('/fhir/Patient?family=munoz');
      isTooCostly(status, body);
    });

    it('fails its entry of a batch only', async () => {
      const entry = ['Patient?family=munoz', 'Patient?_id=maria'].map((url) => ({ request: { method: 'GET', url } }));
      const answer = await server.http.post('/fhir').send({ resourceType: 'Bundle', type: 'batch', entry }).expect(200);
      const statuses = (answer.body as Bundle).entry?.map(({ response }) => response?.status.slice(0, 3));
      assert.deepEqual(statuses, ['422', '200']);
    });

    it('writes nothing as the criteria of a conditional creation, and the next one is written', async () => {
      const create = (criteria: string) =>
        server.http.post('/fhir/Patient').set('If-None-Exist', criteria).send({ resourceType: 'Patient' });
      const { status, body } = await create('family=munoz');
      isTooCostly(status, body);
      assert.equal((await create('_id=maria')).status, 201);
      const { body: all } = await server.http.get('/fhir/Patient?_summary=count').expect(200);
      assert.equal(all.total, 1);
    });
  });
