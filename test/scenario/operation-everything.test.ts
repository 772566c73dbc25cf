/** Patient/$everything and Encounter/$everything. https://hl7.org/fhir/R4/patient-operation-everything.html */
import { strict as assert } from 'node:assert';
import type { Bundle, BundleEntry } from '../../resources/types.ts';
import { BASE, onEveryDatabase, type ServerUnderTest } from '../server-under-test.ts';

const to = (reference: string) => ({ reference });
const maria = to('Patient/maria');
const text = (words: string) => ({ text: words });

const weight = (id: string, subject: object, effectiveDateTime: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: text('weight'),
  subject,
  effectiveDateTime,
  ...more,
});

/** Two clients of one practice: what is Maria's, what supports it, and what is Tom's. */
const practice = [
  {
    resourceType: 'Patient',
    id: 'maria',
    generalPractitioner: [to('PractitionerRole/house-doctor')],
    contact: [{ organization: to('Organization/employer') }],
  },
  { resourceType: 'Patient', id: 'tom', managingOrganization: to('Organization/clinic') },
  {
    resourceType: 'PractitionerRole',
    id: 'house-doctor',
    practitioner: to('Practitioner/jonas'),
    organization: to(`${BASE}/Organization/clinic`),
  },
  { resourceType: 'Practitioner', id: 'jonas' },
  { resourceType: 'Practitioner', id: 'stranger' },
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic', partOf: to('Organization/group') },
  { resourceType: 'Organization', id: 'group', name: 'Clinics' },
  { resourceType: 'Organization', id: 'employer', name: 'Bakery' },
  { resourceType: 'Binary', id: 'letter', contentType: 'text/plain', data: 'SGVsbG8=' },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: maria,
    period: { start: '2024-03-01T10:00:00Z', end: '2024-03-01T11:00:00Z' },
    participant: [{ individual: to('Practitioner/jonas') }],
  },
  weight('march', maria, '2024-03-01', { encounter: to('Encounter/visit'), performer: [to('Practitioner/jonas')] }),
  weight('april', maria, '2024-04-01', { derivedFrom: [to('Observation/of-tom')] }),
  weight('of-tom', to('Patient/tom'), '2024-03-01', { performer: [to('Practitioner/stranger')] }),
  {
    resourceType: 'DocumentReference',
    id: 'report',
    status: 'current',
    subject: maria,
    content: [{ attachment: { contentType: 'text/plain', url: 'Binary/letter' } }],
  },
  {
    resourceType: 'Task',
    id: 'call',
    status: 'requested',
    intent: 'order',
    for: maria,
    encounter: to('Encounter/visit'),
    authoredOn: '2024-03-02',
  },
  {
    resourceType: 'Group',
    id: 'walkers',
    type: 'person',
    actual: true,
    member: [{ entity: maria }, { entity: to('Patient/tom') }],
  },
  { resourceType: 'Goal', id: 'undated', lifecycleStatus: 'active', description: text('walk'), subject: maria },
] as const;

const core = [
  'Patient/maria',
  'Encounter/visit',
  'Observation/march',
  'Observation/april',
  'DocumentReference/report',
  'Task/call',
  'Group/walkers',
  'Goal/undated',
];
const supporting = [
  'Binary/letter',
  'Organization/clinic',
  'Organization/employer',
  'Organization/group',
  'Practitioner/jonas',
  'PractitionerRole/house-doctor',
];

const keyOf = ({ resource }: BundleEntry): string => `${resource?.resourceType}/${resource?.id}`;
const keys = ({ entry = [] }: Bundle): readonly string[] => entry.map(keyOf);
const sorted = (list: readonly string[]): readonly string[] => [...list].sort();
const nextOf = ({ link = [] }: Bundle): string | undefined => link.find(({ relation }) => relation === 'next')?.url;

async function get({ http }: ServerUnderTest, url: string): Promise<Bundle> {
  const { status, body } = await http.get(url.replace(BASE, '/fhir'));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** All pages; `between` runs before each further one. */
async function pages(server: ServerUnderTest, url: string, between: () => Promise<unknown> = async () => undefined) {
  const found: Bundle[] = [await get(server, url)];
  for (let next = nextOf(found[0] as Bundle); next; next = nextOf(found.at(-1) as Bundle)) {
    await between();
    found.push(await get(server, next));
  }
  return found;
}

onEveryDatabase('$everything', (server) => {
  const put = (resource: { readonly resourceType: string; readonly id: string }) =>
    server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
  before(async () => {
    for (const resource of practice) {
      const { status, text: answer } = await put(resource);
      assert.equal(status, 201, answer);
    }
  });

  describe('of a patient', () => {
    it('is the patient, the compartment, tasks, and what those refer to; nothing of another patient', async () => {
      const bundle = await get(server(), '/fhir/Patient/maria/$everything');
      assert.equal(bundle.type, 'searchset');
      assert.deepEqual(sorted(keys(bundle)), sorted([...core, ...supporting]));
      assert.equal(nextOf(bundle), undefined);
      assert.equal(bundle.total, core.length);
    });

    it('begins with the patient, and tells the record (match) from what comes along (include)', async () => {
      const { entry = [] } = await get(server(), '/fhir/Patient/maria/$everything');
      assert.equal(entry[0]?.fullUrl, `${BASE}/Patient/maria`);
      const ofMode = (mode: string) => entry.filter(({ search }) => search?.mode === mode).map(keyOf);
      assert.deepEqual(sorted(ofMode('match')), sorted(core));
      assert.deepEqual(ofMode('include'), supporting);
    });

    for (const count of [1, 2, 3, 5, 8, 9, 13, 14])
      it(`gives every resource once in pages of ${count}`, async () => {
        const all = await pages(server(), `/fhir/Patient/maria/$everything?_count=${count}`);
        assert.deepEqual(sorted(all.flatMap(keys)), sorted([...core, ...supporting]));
        assert.ok(all.every((page) => keys(page).length <= count && keys(page).length > 0));
        assert.equal(all.length, Math.ceil(14 / count));
      });

    it('gives the state of the first page, whatever is written and deleted meanwhile', async () => {
      let turn = 0;
      const all = await pages(server(), '/fhir/Patient/maria/$everything?_count=3', async () => {
        turn += 1;
        await put(weight(`later-${turn}`, maria, '2024-05-01', { performer: [to('Practitioner/stranger')] }));
        await put(weight('april', maria, '2024-04-01', { note: [{ text: `changed ${turn}` }] }));
        await put({ resourceType: 'Practitioner', id: 'jonas', active: turn % 2 === 0 } as never);
        await put({ ...practice[0], active: turn % 2 === 0 } as never);
      });
      assert.deepEqual(sorted(all.flatMap(keys)), sorted([...core, ...supporting]));
      for (let made = 1; made <= turn; made += 1) await server().http.delete(`/fhir/Observation/later-${made}`);
      await put(practice[11] as never);
    });

    it('is the same by POST with Parameters', async () => {
      const { status, body } = await server()
        .http.post('/fhir/Patient/maria/$everything')
        .send({ resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Observation' }] });
      assert.equal(status, 200);
      assert.deepEqual(keys(body), ['Observation/march', 'Observation/april']);
    });

    for (const [query, expected] of [
      ['_type=Observation', ['Observation/march', 'Observation/april']],
      ['_type=Practitioner,Task', ['Practitioner/jonas', 'Task/call']],
      ['_type=Practitioner&_type=Patient', ['Patient/maria', 'Practitioner/jonas']],
      ['_type=Slot', []],
      [
        'start=2024-03-15',
        [...core, ...supporting].filter((key) => !['Encounter/visit', 'Observation/march', 'Task/call'].includes(key)),
      ],
      [
        'end=2024-03-15&_type=Observation,Encounter,Goal,Patient',
        ['Patient/maria', 'Encounter/visit', 'Observation/march', 'Goal/undated'],
      ],
      ['start=2024-03-01&end=2024-03-01&_type=Observation,Task', ['Observation/march']],
    ] as const)
      it(`?${query} gives ${expected.length} resources`, async () => {
        const bundle = await get(server(), `/fhir/Patient/maria/$everything?${query}`);
        assert.deepEqual(sorted(keys(bundle)), sorted(expected));
        const paged = await pages(server(), `/fhir/Patient/maria/$everything?${query}&_count=2`);
        assert.deepEqual(sorted(paged.flatMap(keys)), sorted(expected));
      });

    it('gives with _since what was written at or after the instant', async () => {
      const { body } = await put({ resourceType: 'Organization', id: 'group', name: 'Group' } as never);
      const bundle = await get(server(), `/fhir/Patient/maria/$everything?_since=${body.meta.lastUpdated}`);
      assert.deepEqual(keys(bundle), ['Organization/group']);
    });

    it('answers 404 for a patient that is not known and 410 for one that was deleted', async () => {
      assert.equal((await server().http.get('/fhir/Patient/nobody/$everything')).status, 404);
      await put({ resourceType: 'Patient', id: 'left' } as never);
      await server().http.delete('/fhir/Patient/left');
      assert.equal((await server().http.get('/fhir/Patient/left/$everything')).status, 410);
    });

    for (const [query, message] of [
      ['_typ=Observation', /no parameter _typ.*did you mean _type\?/],
      ['_type=Observatoin', /did you mean 'Observation'/],
      ['_count=0', /_count=0 is no size of a page/],
      ['_count=many', /_count of \$everything is not a integer/],
      ['start=yesterday', /start of \$everything is not a date/],
      ['start=2024-05-01&end=2024-04-01', /start=2024-05-01 is after end=2024-04-01/],
      ['_page=abc', /_page is not a page link/],
    ] as const)
      it(`refuses ?${query}`, async () => {
        const { status, body } = await server().http.get(`/fhir/Patient/maria/$everything?${query}`);
        assert.equal(status, 400, JSON.stringify(body));
        assert.match(body.issue[0].diagnostics, message);
      });

    it("refuses another record's link, a link with more parameters, and its own link in a search", async () => {
      const next = nextOf(await get(server(), '/fhir/Patient/maria/$everything?_count=1')) ?? '';
      const token = next.slice(next.indexOf('?'));
      for (const path of [
        `Patient/tom/$everything${token}`,
        `Patient/maria/$everything${token}&_count=5`,
        `Patient${token}`,
      ])
        assert.equal((await server().http.get(`/fhir/${path}`)).status, 400, path);
    });
  });

  describe('of all patients', () => {
    it('is every patient with every compartment and what they refer to, each once', async () => {
      const expected = practice.map(({ resourceType, id }) => `${resourceType}/${id}`);
      for (const count of [3, 1000]) {
        const all = await pages(server(), `/fhir/Patient/$everything?_count=${count}`);
        assert.deepEqual(sorted(all.flatMap(keys)), sorted(expected));
      }
    });
  });

  describe('of an encounter', () => {
    const expected = ['Encounter/visit', 'Observation/march', 'Task/call', 'Patient/maria', 'Practitioner/jonas'];

    it('is the encounter, what was done in it, and what that refers to, the patient included', async () => {
      for (const count of [1, 2, 1000]) {
        const all = await pages(server(), `/fhir/Encounter/visit/$everything?_count=${count}`);
        assert.deepEqual(sorted(all.flatMap(keys)), sorted(expected));
      }
    });

    it('has no start and end, and is not there for the type', async () => {
      assert.equal((await server().http.get('/fhir/Encounter/visit/$everything?start=2024-01-01')).status, 400);
      assert.equal((await server().http.get('/fhir/Encounter/$everything')).status, 404);
    });
  });
});
