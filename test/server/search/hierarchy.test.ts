import { strict as assert } from 'node:assert';
import type { FhirError } from '../../../resources/outcome.ts';
import { all } from '../../../server/search/expression.ts';
import { restrict, type Scope, unrestricted } from '../../../server/search/restrict.ts';
import { search } from '../../../server/search/search.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const location = (id: string, partOf?: string): TestResource => ({
  resourceType: 'Location',
  id,
  ...(partOf ? { partOf: { reference: `Location/${partOf}` } } : {}),
});

const encounter = (id: string, ...at: string[]): TestResource => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { code: 'AMB' },
  location: at.map((place) => ({ location: { reference: `Location/${place}` } })),
});

/** A house with two floors; a room on the first; what is part of itself by way of another. */
const places = [
  location('house'),
  location('floor-1', 'house'),
  location('floor-2', 'house'),
  location('room-11', 'floor-1'),
  location('shed'),
  location('egg', 'hen'),
  location('hen', 'egg'),
];

const visits = [
  encounter('in-house', 'house'),
  encounter('in-room', 'room-11'),
  encounter('on-floor-2', 'floor-2', 'room-11'),
  encounter('in-shed', 'shed'),
  encounter('at-egg', 'egg'),
];

// https://hl7.org/fhir/R4/search.html#recursive : the value of the parameter is the resource that is named, or lies above or below it.
const cases: readonly (readonly [search: string, ...found: readonly string[]])[] = [
  ['Location?partof:below=Location/house', 'floor-1', 'floor-2', 'room-11'],
  ['Location?partof:below=floor-1', 'room-11'],
  ['Location?partof:below=room-11'],
  ['Location?partof:above=Location/floor-1', 'floor-1', 'floor-2', 'room-11'],
  ['Location?partof:above=house', 'floor-1', 'floor-2'],
  ['Location?partof:below=egg', 'egg', 'hen'],
  ['Location?partof:above=egg', 'egg', 'hen'],
  ['Location?partof:below=floor-1,egg', 'room-11', 'egg', 'hen'],
  ['Location?partof:below=http://throughline.test/fhir/Location/house', 'floor-1', 'floor-2', 'room-11'],
  ['Encounter?location:below=Location/house', 'in-house', 'in-room', 'on-floor-2'],
  ['Encounter?location:below=Location/floor-1', 'in-room', 'on-floor-2'],
  ['Encounter?location:above=Location/floor-2', 'in-house', 'on-floor-2'],
  ['Encounter?location:below=house&location=floor-2', 'on-floor-2'],
  ['Encounter?location:below=house&_sort=-_id', 'on-floor-2', 'in-room', 'in-house'],
  ['Encounter?location.partof:below=house', 'in-room', 'on-floor-2'],
  ['Location?_has:Encounter:location:location:below=floor-1', 'floor-2', 'room-11'],
  ['Encounter?location:below=nowhere'],
];

const refusals: readonly (readonly [search: string, says: string])[] = [
  [
    'Patient?general-practitioner:below=Practitioner/1',
    "Patient.general-practitioner: 'Practitioner/1' is in no hierarchy; :below follows those of Organization",
  ],
  [
    'Location?partof:below=https://other.example/fhir/Location/1',
    "Location.partof: 'https://other.example/fhir/Location/1' is not on this server, whose hierarchies :below follows",
  ],
  [
    'Location?partof:above=Location/1/_history/2',
    "Location.partof: 'Location/1/_history/2' names a version; :above follows the current state of a hierarchy",
  ],
  [
    'Observation?subject:below=Patient/1',
    "Observation.subject: 'Patient/1' is in no hierarchy; :below follows those of Location",
  ],
  [
    'Patient?link:below=Patient/1',
    ':below is not a modifier of Patient.link, which is of type reference; it takes :identifier, :missing and :<resource type>',
  ],
];

for (const under of storesUnderTest())
  describe(`:above and :below in hierarchies on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(...places, ...visits);
    });
    after(() => practice.close());

    for (const [asked, ...found] of cases)
      it(`${asked} finds ${found.join(', ') || 'nothing'}`, async () => {
        const ids = await practice.ids(asked);
        assert.deepEqual(
          asked.includes('_sort') ? ids : ids.sort(),
          asked.includes('_sort') ? found : [...found].sort(),
        );
      });

    for (const [asked, says] of refusals)
      it(`${asked} is refused in words`, () =>
        assert.throws(
          () => practice.parse(asked),
          (error: FhirError) => error.status === 400 && error.issues[0]?.diagnostics === says,
        ));

    it('leads only by what the caller may see', async () => {
      const floors = practice.parse('Location?_id=house,floor-2,room-11').types[0]?.expression ?? all;
      const scope: Scope = (type) => (type === 'Location' ? floors : all);
      assert.deepEqual(await practice.ids('Location?partof:below=house', scope), ['floor-2']);
      assert.deepEqual((await practice.ids('Encounter?location:below=house', scope)).sort(), [
        'in-house',
        'on-floor-2',
      ]);
    });

    it('shows on a later page what was there at the first, as it was', async () => {
      const query = practice.parse('Encounter?location:below=house&_count=1&_sort=_id');
      const first = await search(restrict(query, unrestricted), practice.context);
      assert.deepEqual(
        first.matches.map(({ id }) => id),
        ['in-house'],
      );
      await practice.put(encounter('in-room', 'shed'));
      const next = first.links.find(({ relation }) => relation === 'next')?.url ?? '';
      assert.deepEqual(await practice.ids(next), ['in-room']);
      await practice.put(encounter('in-room', 'room-11'));
    });
  });
