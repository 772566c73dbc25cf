/** Search parameters that change under several servers on one database, each with connections of its own as another process has. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../server/store/open.ts';
import { storedParameters } from '../../server/store/parameters.ts';
import { databasesAt, withDatabase } from '../databases.ts';
import { openServer, type ServerUnderTest } from '../server-under-test.ts';
import { postgresServer } from '../store-under-test.ts';

const LEVEL = 'https://clinic.example/fhir/StructureDefinition/care-level';

const careLevel = {
  resourceType: 'SearchParameter',
  id: 'care-level',
  url: 'https://clinic.example/fhir/SearchParameter/care-level',
  name: 'CareLevel',
  status: 'active',
  description: 'How closely somebody is followed',
  code: 'care-level',
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension('${LEVEL}').value`,
};

const person = (id: string, level: string) => ({
  resourceType: 'Patient',
  id,
  extension: [{ url: LEVEL, valueCode: level }],
});

const putAll = async ({ http }: ServerUnderTest, count: number, level: string): Promise<void> => {
  const entry = Array.from({ length: count }, (_, index) => ({
    resource: person(`p${index}`, level),
    request: { method: 'PUT', url: `Patient/p${index}` },
  }));
  await http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry }).expect(200);
};

const count = async ({ http }: ServerUnderTest, search: string): Promise<number> =>
  (await http.get(`/fhir/Patient?${search}&_summary=count&_total=accurate`).expect(200)).body.total;

async function complete(server: ServerUnderTest): Promise<void> {
  const look = () => server.http.get('/fhir/Patient?care-level=none');
  for (let turn = 0; turn < 600 && (await look()).status !== 200; turn += 1) await sleep(25);
  await look().expect(200);
}

for (const databases of [databasesAt('sqlite'), ...(postgresServer ? [databasesAt(postgresServer)] : [])])
  describe(`search parameters under several servers (${databases.name})`, () => {
    const withServers = (use: (open: () => Promise<ServerUnderTest>) => Promise<void>) =>
      withDatabase(databases, async (url) => {
        const opened = new Set<ServerUnderTest>();
        const open = async () => {
          const server = await openServer(await openStore({ url }));
          opened.add(server);
          return {
            ...server,
            close() {
              opened.delete(server);
              return server.close();
            },
          };
        };
        try {
          await use(open);
        } finally {
          for (const server of opened) await server.close();
        }
      });

    it('are filled to the end by the next server when the first stops in the middle', () =>
      withServers(async (open) => {
        const first = await open();
        await putAll(first, 700, 'high');
        await first.http.put('/fhir/SearchParameter/care-level').send(careLevel).expect(201);
        const done = async () =>
          (await storedParameters(first.store)).find(({ code }) => code === 'care-level')?.done ?? 0;
        for (let turn = 0; turn < 600 && (await done()) === 0; turn += 1) await sleep(5);
        await first.app.drain();
        const indexed = await done();
        assert.ok(indexed > 0 && indexed < 700, `${indexed} of 700 resources were indexed when it stopped`);

        const dispatched = first.app.dispatch({
          interaction: 'search-type',
          type: 'Patient',
          query: new URLSearchParams('care-level=high'),
          conditions: {},
          prefer: { handling: 'strict' },
        });
        await assert.rejects(dispatched, /'care-level' of Patient is being built: \d+ % of 700 resources/);
        await first.close();

        const second = await open();
        await complete(second);
        assert.equal(await count(second, 'care-level=high'), 700);
      }));

    it('lose no row of what others write while one is added, changed and taken away', () =>
      withServers(async (open) => {
        const [here, there] = [await open(), await open()];
        await putAll(here, 150, 'before');
        let writing = true;
        let written = 0;
        const writer = async (server: ServerUnderTest, name: string) => {
          for (let index = 0; writing; index += 1) {
            const id = `${name}${index % 40}`;
            await server.http.put(`/fhir/Patient/${id}`).send(person(id, index % 2 ? 'odd' : 'even'));
            written += 1;
          }
        };
        const writers = [writer(here, 'a'), writer(there, 'b'), writer(here, 'c'), writer(there, 'd')];
        try {
          await sleep(100);
          await here.http.put('/fhir/SearchParameter/care-level').send(careLevel).expect(201);
          await complete(there);
          const changed = { ...careLevel, expression: `Patient.extension('${LEVEL}').value.ofType(code)` };
          await there.http.put('/fhir/SearchParameter/care-level').send(changed).expect(200);
          await sleep(600);
          await complete(here);
          await sleep(700);
        } finally {
          writing = false;
          await Promise.all(writers);
        }
        assert.ok(written > 20);

        const all = await count(here, '');
        const sum =
          (await count(there, 'care-level=before')) +
          (await count(there, 'care-level=odd')) +
          (await count(there, 'care-level=even'));
        assert.equal(sum, all);
        assert.equal(await count(here, 'care-level:missing=true'), 0);

        await there.http.delete('/fhir/SearchParameter/care-level').expect(204);
        await sleep(600);
        await here.http.get('/fhir/Patient?care-level=odd').expect(400);
      }));
  });
