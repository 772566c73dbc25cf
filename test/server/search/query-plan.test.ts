import { strict as assert } from 'node:assert';
import sql from 'sql-template-tag';
import { explain } from '../../../server/search/explain.ts';
import { restrict, unrestricted } from '../../../server/search/restrict.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const CLIENTS = 1500;

const client = (number: number): readonly TestResource[] => [
  {
    resourceType: 'Patient',
    id: `c${number}`,
    active: number % 7 !== 0,
    gender: number % 2 ? 'female' : 'male',
    name: [{ family: `Family ${number % 400}`, given: [`Given ${number}`] }],
    birthDate: `${1940 + (number % 60)}-0${1 + (number % 9)}-1${number % 10}`,
    generalPractitioner: [{ reference: `Practitioner/p${number % 20}` }],
    managingOrganization: { reference: `Organization/g${number}` },
  },
  // Ten groups in each.
  {
    resourceType: 'Organization',
    id: `g${number}`,
    active: true,
    partOf: { reference: `Organization/g${Math.floor(number / 10)}` },
  },
  ...[0, 1, 2].map((at) => ({
    resourceType: 'Observation',
    id: `o${number}-${at}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: at === 0 ? '44261-6' : `${number % 50}-${at}` }] },
    subject: { reference: `Patient/c${number}` },
    effectiveDateTime: new Date(Date.UTC(2024, 0, 1) + number * 3_600_000 * (at + 1)).toISOString(),
    valueQuantity: { value: number % 27, code: '{score}', system: 'http://unitsofmeasure.org' },
  })),
];

const searches = [
  'Patient?_id=c7',
  'Patient?name=given 77',
  'Patient?family=family 7&gender=female',
  'Patient?birthdate=1980-05-14',
  'Patient?birthdate=ge1980&birthdate=lt1981',
  'Patient?general-practitioner=Practitioner/p7',
  'Patient?general-practitioner=p7&_sort=family',
  'Patient?_sort=family,-birthdate&_count=20',
  'Patient?_sort=-_lastUpdated&_count=20',
  'Patient?active=true&_count=20',
  'Patient?gender:not=male&_count=20',
  'Patient?active:missing=true&_count=20',
  'Patient?_lastUpdated=ge2026-01-01&_count=20',
  'Observation?patient=c9&code=44261-6&_sort=-date',
  'Observation?code=http://loinc.org|44261-6&_count=20',
  'Observation?code=44261-6&date=ge2024-02-01&date=lt2024-02-02&_count=20',
  'Observation?code=44261-6&status=final&value-quantity=ge26&_count=20',
  'Observation?date=ge2024-02-01&_sort=date&_count=20',
  'Observation?patient.name=given 99&code=44261-6',
  'Observation?patient.gender=female&code=44261-6&_count=20',
  'Patient?_has:Observation:patient:code=44261-6&gender=female&birthdate=1980-05-14',
  'Patient?_has:Observation:patient:code=7-1',
  'Patient/c3/Observation?_count=20',
  '?_type=Patient,Practitioner&name=given 5&_count=20',
  'Organization?partof:below=g12',
  'Organization?partof:above=g1234',
  'Patient?organization:below=g12',
  'Patient?organization:below=g1&gender=female&_count=20',
  'Patient?organization:above=g1234&birthdate=1980-05-14',
  'Patient?_filter=name eq "given 5" or birthdate lt 1941',
];

/** A read of a whole table. `page`, `c`, `s` and the like are results of subqueries; `uri` is a small table that is held in memory. */
const tables =
  /\b(?:SCAN (?:[a-z]\d?y?|resource|\w+_index)\b(?! USING)|Seq Scan on (?:resource|token_index|string_index|date_index|quantity_index|reference_index|composite_index))/;

/** In plans of SQLite: aliases that the statements give to tables, by contrast with those of subqueries. */
const subqueries = /^SCAN (?:page|c|s|merged|walked|w\d|b\d+|n\d+|i\d|d\d|h\d|counted)$/;

for (const under of storesUnderTest())
  describe(`query plans on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      for (let from = 0; from < CLIENTS; from += 250)
        await practice.put(...Array.from({ length: 250 }, (_, at) => client(from + at)).flat());
      await practice.store.transact((session) => session.execute(sql`ANALYZE`));
    });
    after(() => practice.close());

    for (const search of searches)
      it(`${search} reads no table from end to end`, async () => {
        const { database, plan } = await explain(restrict(practice.parse(search), unrestricted), practice.context);
        assert.ok(database.length > 0);
        const scans = database.filter((line) => tables.test(line) && !subqueries.test(line));
        assert.deepEqual(scans, [], [plan, ...database].join('\n'));
      });
  });
