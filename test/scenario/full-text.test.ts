/** Full text search: _text and _content. https://hl7.org/fhir/R4/search.html#content */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { CapabilityStatement } from '../../resources/types.ts';
import { onEveryDatabase, openServer } from '../server-under-test.ts';

const note = (id: string, narrative: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${narrative}</div>` },
  ...more,
});

const people = [
  note('maria', '<p>Sleeps badly since the <b>operation</b>; caf&#233; at night</p>', {
    name: [{ family: 'Ramírez' }],
    contact: [{ name: { text: 'Her sister Ångström' } }],
  }),
  note('jonas', '<p>Self-harm in March. Sleeps well.</p>', { name: [{ family: 'O’Neill' }] }),
  note('ada', '<p>Works at night</p><p>operations nurse</p>', { name: [{ family: 'Meier' }] }),
];

const found: readonly (readonly [search: string, ids: readonly string[]])[] = [
  ['_text=sleeps', ['maria', 'jonas']],
  ['_text=SLEEPS badly', ['maria']],
  ['_text=badly sleeps', ['maria']],
  ['_text="sleeps badly"', ['maria']],
  ['_text="badly sleeps"', []],
  ['_text=operation', ['maria']],
  ['_text=operation*', ['maria', 'ada']],
  ['_text="at nig"*', ['maria', 'ada']],
  ['_text=badly OR well', ['maria', 'jonas']],
  ['_text=sleeps badly OR well', ['maria', 'jonas']],
  ['_text=sleeps -badly', ['jonas']],
  ['_text=sleeps -"sleeps well"', ['maria']],
  ['_text=cafe', ['maria']],
  ['_text=café', ['maria']],
  ['_text=self-harm', ['jonas']],
  ['_text=harm self', ['jonas']],
  ['_text=badly,nurse', ['maria', 'ada']],
  ['_text=sleeps AND well', ['jonas']],
  ['_text=ramirez', []],
  ['_text=night nurse', ['ada']],
  ['_content=ramirez', ['maria']],
  ['_content=ramirez sleeps', ['maria']],
  ['_content=angstrom', ['maria']],
  ['_content=sister OR nurse', ['maria', 'ada']],
  ['_content=sleeps&name=meier', []],
  ['_content=night&name=meier', ['ada']],
  ['_content=night&_sort=-name', ['maria', 'ada']],
  ['_text:missing=true', ['plain']],
  // What means something to FTS5 or to tsquery is punctuation here.
  ['_text=sleeps %26 badly | !( ', ['maria']],
  ["_text=sleeps:* <-> 'badly'", ['maria']],
  ['_text=sleeps NEAR(badly', []],
  ['_text=words: sleeps', []],
  ['_text=sleeps^ {badly} "', ['maria']],
];

onEveryDatabase(
  'full text search',
  (server) => {
    const ids = async (search: string): Promise<string[]> => {
      const { status, body, text } = await server().http.get(`/fhir/${search}`);
      assert.equal(status, 200, text);
      return (body.entry ?? []).map((entry: { resource: { id: string } }) => entry.resource.id);
    };

    before(async () => {
      for (const person of [...people, { resourceType: 'Patient', id: 'plain', birthDate: '1990' }])
        await server().http.put(`/fhir/Patient/${person.id}`).send(person).expect(201);
    });

    for (const [search, expected] of found)
      it(`${search} finds ${expected.join(', ') || 'nothing'}`, async () => {
        assert.deepEqual((await ids(`Patient?${search}`)).sort(), [...expected].sort());
      });

    it('follows references', async () => {
      await server()
        .http.put('/fhir/Flag/risk')
        .send({
          resourceType: 'Flag',
          id: 'risk',
          status: 'active',
          code: { text: 'Risk' },
          subject: { reference: 'Patient/jonas' },
        })
        .expect(201);
      assert.deepEqual(await ids('Flag?patient._text=self-harm'), ['risk']);
      assert.deepEqual(await ids('Patient?_has:Flag:patient:_content=risk'), ['jonas']);
    });

    it('follows changes and deletions', async () => {
      const put = (narrative: string) => server().http.put('/fhir/Patient/eva').send(note('eva', narrative));
      await put('first words');
      assert.deepEqual(await ids('Patient?_text=first'), ['eva']);
      await put('other words');
      assert.deepEqual(await ids('Patient?_text=first'), []);
      assert.deepEqual(await ids('Patient?_text=other words'), ['eva']);
      await server().http.delete('/fhir/Patient/eva').expect(204);
      assert.deepEqual(await ids('Patient?_text=words'), []);
    });

    it('searches several types', async () => {
      assert.deepEqual(await ids('?_type=Patient,Flag&_content=risk'), ['risk']);
    });

    for (const value of ['-night', '""', '***', '!!'])
      it(`refuses _text=${value}, which names no word`, async () => {
        const { status, body } = await server().http.get(`/fhir/Patient?_text=${encodeURIComponent(value)}`);
        assert.equal(status, 400);
        assert.match(body.issue[0].diagnostics, /names no word to look for; accepted are words/);
      });

    it('is declared', async () => {
      const statement = (await server().http.get('/fhir/metadata')).body as CapabilityStatement;
      const patient = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient');
      assert.deepEqual(
        patient?.searchParam?.filter(({ name }) => name === '_text' || name === '_content').map(({ type }) => type),
        ['string', 'string'],
      );
    });

    it('is made anew by $reindex', async () => {
      await server().store.transact((session) => session.execute(sql`DELETE FROM narrative_text`));
      assert.deepEqual(await ids('Patient?_text=nurse'), []);
      await server().http.post('/fhir/Patient/$reindex?parameter=_text').expect(200);
      for (let turn = 0; turn < 400 && (await ids('Patient?_text=nurse')).length === 0; turn += 1) await sleep(25);
      assert.deepEqual(await ids('Patient?_text=nurse'), ['ada']);
      assert.deepEqual(await ids('Patient?_text=sleeps'), ['maria', 'jonas']);
    });

    it('goes with its index when it is turned off, and is built when it is turned on again', async () => {
      const off = await openServer(server().store, { fullText: false });
      const { status, body } = await off.http.get('/fhir/Patient?_text=nurse');
      assert.equal(status, 400);
      assert.match(body.issue[0].diagnostics, /full text search is not offered/);
      const left = () =>
        server().store.query(sql`SELECT rid FROM narrative_text UNION ALL SELECT rid FROM content_text`);
      for (let turn = 0; turn < 400 && (await left()).length > 0; turn += 1) await sleep(25);
      assert.deepEqual(await left(), []);
      await off.app.drain();
      const either = await openServer(server().store, {});
      assert.equal((await either.http.get('/fhir/Patient?_text=nurse')).status, 400);
      await either.app.drain();
      const on = await openServer(server().store, { fullText: true });
      for (let turn = 0; turn < 400; turn += 1) {
        if ((await on.http.get('/fhir/Patient?_text=nurse')).status === 200) break;
        await sleep(25);
      }
      assert.equal((await on.http.get('/fhir/Patient?_text=nurse').expect(200)).body.entry.length, 1);
      await on.app.drain();
    });
  },
  { fullText: true },
);
