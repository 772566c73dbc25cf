import { strict as assert } from 'node:assert';
import { FhirError } from '../../../resources/outcome.ts';
import type { Expression } from '../../../server/search/expression.ts';
import { criterion, newBudget } from '../../../server/search/parse-criterion.ts';
import type { SearchResult } from '../../../server/search/query.ts';
import { restrict, type Scope, unrestricted } from '../../../server/search/restrict.ts';
import { firstMatches } from '../../../server/search/search.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { BASE, openPractice, type Practice, type TestResource } from './practice.ts';

const LOINC = 'http://loinc.org';
const observation = (id: string, subject: string, code: string, date: string): TestResource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: LOINC, code }] },
  subject: { reference: `Patient/${subject}` },
  effectiveDateTime: date,
});

/** A clinic, its people, and what they wrote down. */
const resources: readonly TestResource[] = [
  { resourceType: 'Organization', id: 'network', name: 'Lakeside Network' },
  {
    resourceType: 'Organization',
    id: 'clinic',
    name: 'Lakeside Clinic',
    partOf: { reference: 'Organization/network' },
  },
  { resourceType: 'Practitioner', id: 'weber', name: [{ family: 'Weber' }] },
  {
    resourceType: 'Patient',
    id: 'maria',
    active: true,
    name: [{ family: 'Lopez', given: ['Maria'] }],
    gender: 'female',
    birthDate: '1980-02-03',
    managingOrganization: { reference: 'Organization/clinic' },
    generalPractitioner: [{ reference: 'Practitioner/weber' }],
  },
  {
    resourceType: 'Patient',
    id: 'jonas',
    name: [{ family: 'Berg', given: ['Jonas'] }, { family: 'Aal' }],
    gender: 'male',
    birthDate: '1990-05-01',
    generalPractitioner: [{ reference: 'Practitioner/weber' }],
  },
  {
    resourceType: 'Patient',
    id: 'noor',
    name: [{ given: ['Noor'] }],
    managingOrganization: { reference: 'Organization/network' },
  },
  observation('phq-maria', 'maria', '44261-6', '2024-05-01'),
  observation('phq-jonas', 'jonas', '44261-6', '2024-05-02'),
  observation('weight-maria', 'maria', '29463-7', '2024-06-01'),
  {
    resourceType: 'CarePlan',
    id: 'plan',
    status: 'active',
    intent: 'plan',
    subject: { reference: 'Patient/maria' },
    goal: [{ reference: 'Goal/sleep' }],
    instantiatesCanonical: ['http://plans.example/depression|2'],
  },
  {
    resourceType: 'Goal',
    id: 'sleep',
    lifecycleStatus: 'active',
    description: { text: 'Sleep' },
    subject: { reference: 'Patient/maria' },
  },
  {
    resourceType: 'PlanDefinition',
    id: 'depression-1',
    url: 'http://plans.example/depression',
    version: '1',
    status: 'retired',
    title: 'Depression',
  },
  {
    resourceType: 'PlanDefinition',
    id: 'depression-2',
    url: 'http://plans.example/depression',
    version: '2',
    status: 'active',
    title: 'Depression',
  },
  {
    resourceType: 'List',
    id: 'caseload',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/maria' } }, { item: { reference: 'Patient/noor' } }],
  },
  {
    resourceType: 'Group',
    id: 'study',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/jonas' } }],
  },
];

const names = (versions: SearchResult['matches']): string[] => versions.map(({ type, id }) => `${type}/${id}`);

for (const under of storesUnderTest())
  describe(`search on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      for (const resource of resources) await practice.put(resource);
      await practice.put({ resourceType: 'Patient', id: 'gone', name: [{ family: 'Lopez' }] });
      await practice.remove('Patient', 'gone');
    });
    after(() => practice.close());

    const finds = (url: string, ...expected: string[]) =>
      it(`${url} finds ${expected.join(', ') || 'nothing'}`, async () => {
        assert.deepEqual(names((await practice.search(url)).matches), expected);
      });

    describe('criteria', () => {
      finds('Patient', 'Patient/maria', 'Patient/jonas', 'Patient/noor');
      finds('Patient?name=lop', 'Patient/maria');
      finds('Patient?name=lop&gender=female', 'Patient/maria');
      finds('Patient?name=lop&gender=male');
      finds('Patient?name=lop,berg', 'Patient/maria', 'Patient/jonas');
      finds('Patient?gender:not=male', 'Patient/maria', 'Patient/noor');
      finds('Patient?gender:not=male,female', 'Patient/noor');
      finds('Patient?gender:missing=true', 'Patient/noor');
      finds('Patient?gender:missing=false', 'Patient/maria', 'Patient/jonas');
      finds('Patient?_id=maria,noor,nobody', 'Patient/maria', 'Patient/noor');
      finds('Patient?_id=gone');
      finds('Patient?_id:missing=true');
      finds('Patient?_lastUpdated=gt2000', 'Patient/maria', 'Patient/jonas', 'Patient/noor');
      finds('Patient?_lastUpdated=lt2000');
      finds('Patient?_lastUpdated=ne2000&name=lop', 'Patient/maria');
      finds('Observation?date=ge2024-05-01&date=lt2024-06', 'Observation/phq-maria', 'Observation/phq-jonas');
      finds('Observation?date=2024-05', 'Observation/phq-maria', 'Observation/phq-jonas');
      finds('Patient?name=%25');
      finds('Patient?_list=caseload', 'Patient/maria', 'Patient/noor');
      finds('Patient?_list=List/caseload&gender=female', 'Patient/maria');
      finds('Patient?name=', 'Patient/maria', 'Patient/jonas', 'Patient/noor');
    });

    describe('chains and _has', () => {
      finds('Observation?subject:Patient.name=lopez', 'Observation/phq-maria', 'Observation/weight-maria');
      finds('Observation?subject.name=lopez', 'Observation/phq-maria', 'Observation/weight-maria');
      finds(
        'Observation?patient.organization.partof.name=lakeside',
        'Observation/phq-maria',
        'Observation/weight-maria',
      );
      finds('Observation?patient.organization:missing=true', 'Observation/phq-jonas');
      finds('Observation?patient.name=lopez&code=44261-6', 'Observation/phq-maria');
      finds('Observation?patient.gender:not=male', 'Observation/phq-maria', 'Observation/weight-maria');
      finds('Observation?subject._id=maria,jonas&code=44261-6', 'Observation/phq-maria', 'Observation/phq-jonas');
      finds('Patient?_has:Observation:patient:code=29463-7', 'Patient/maria');
      finds('Patient?_has:Observation:patient:code=44261-6', 'Patient/maria', 'Patient/jonas');
      finds('Patient?_has:Observation:patient:date=ge2024-06&_has:Observation:patient:code=44261-6', 'Patient/maria');
      finds(
        'Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=29463-7',
        'Practitioner/weber',
      );
      finds('Observation?patient._has:Group:member:_id=study', 'Observation/phq-jonas');
      finds('Observation?subject._has:Group:member:_id=study', 'Observation/phq-jonas');
      finds('Organization?_has:Patient:organization:name=maria', 'Organization/clinic');
      finds('CarePlan?instantiates-canonical.status=active', 'CarePlan/plan');
      finds('CarePlan?instantiates-canonical:PlanDefinition.status=retired');
      finds('PlanDefinition?_has:CarePlan:instantiates-canonical:status=active', 'PlanDefinition/depression-2');
      finds('Patient?general-practitioner.name=weber&_has:CarePlan:subject:status=active', 'Patient/maria');
    });

    describe('_filter', () => {
      finds('Patient?_filter=name eq "lopez" or name eq berg', 'Patient/maria', 'Patient/jonas');
      finds('Patient?_filter=name eq lop');
      finds('Patient?_filter=name co ope and gender eq female', 'Patient/maria');
      finds('Patient?_filter=name ew rg', 'Patient/jonas');
      finds('Patient?_filter=name sw lop', 'Patient/maria');
      finds('Patient?_filter=not (gender pr true)', 'Patient/noor');
      finds('Patient?_filter=gender ne male', 'Patient/maria');
      finds('Patient?_filter=birthdate ge 1985-01-01', 'Patient/jonas');
      finds('Patient?_filter=gender eq male or gender eq female and name eq lopez', 'Patient/maria');
      finds('Patient?_filter=gender eq male or (gender eq female and name eq lopez)', 'Patient/maria', 'Patient/jonas');
      finds('Observation?_filter=subject.name co "ope" and code eq loinc|44261-6', 'Observation/phq-maria');
      finds('Observation?_filter=subject[gender eq male].name pr true', 'Observation/phq-jonas');
      finds('Observation?_filter=subject re Patient/jonas', 'Observation/phq-jonas');
      finds('Observation?_filter=date po 2024-05', 'Observation/phq-maria', 'Observation/phq-jonas');
    });

    describe('contexts', () => {
      finds('Patient/maria/Observation', 'Observation/phq-maria', 'Observation/weight-maria');
      finds('Patient/maria/Observation?code=29463-7', 'Observation/weight-maria');
      finds('Patient/maria/*?_type=CarePlan,Goal', 'CarePlan/plan', 'Goal/sleep');
      finds('Patient/jonas/*', 'Patient/jonas', 'Observation/phq-jonas', 'Group/study');
      finds('?_type=Patient,Organization&name=la', 'Organization/network', 'Organization/clinic');
      finds('?_id=maria,clinic', 'Organization/clinic', 'Patient/maria');
      it('the whole system has every resource that exists, in the order of creation', async () => {
        assert.deepEqual(
          names((await practice.search('')).matches),
          resources.map(({ resourceType, id }) => `${resourceType}/${id}`),
        );
      });
    });

    describe('_sort', () => {
      finds('Patient?_sort=birthdate', 'Patient/maria', 'Patient/jonas', 'Patient/noor');
      finds('Patient?_sort=-birthdate', 'Patient/jonas', 'Patient/maria', 'Patient/noor');
      finds('Patient?_sort=family', 'Patient/jonas', 'Patient/maria', 'Patient/noor');
      finds('Patient?_sort=-family', 'Patient/maria', 'Patient/jonas', 'Patient/noor');
      finds('Patient?_sort=general-practitioner,-birthdate', 'Patient/jonas', 'Patient/maria', 'Patient/noor');
      finds('Patient?_sort=-_id', 'Patient/noor', 'Patient/maria', 'Patient/jonas');
      finds('Patient?_sort=-_lastUpdated', 'Patient/noor', 'Patient/jonas', 'Patient/maria');
      finds(
        'Observation?_sort=code,-date',
        'Observation/weight-maria',
        'Observation/phq-jonas',
        'Observation/phq-maria',
      );
      finds('Observation?patient=maria&_sort=-date', 'Observation/weight-maria', 'Observation/phq-maria');
      finds(
        '?_type=Patient,Organization&_sort=name',
        'Patient/jonas',
        'Organization/clinic',
        'Organization/network',
        'Patient/maria',
        'Patient/noor',
      );
    });

    describe('includes', () => {
      const includes = (url: string, ...expected: string[]) =>
        it(`${url} brings ${expected.join(', ') || 'nothing'}`, async () => {
          const result = await practice.search(url);
          assert.deepEqual(names(result.includes).sort(), expected.sort());
          assert.deepEqual(result.issues, []);
        });

      includes('Observation?_include=Observation:subject', 'Patient/maria', 'Patient/jonas');
      includes('Observation?code=29463-7&_include=Observation:patient', 'Patient/maria');
      includes('Observation?_include=Observation:subject:Group');
      includes(
        'Observation?code=29463-7&_include=Observation:subject&_include:iterate=Patient:organization',
        'Patient/maria',
        'Organization/clinic',
      );
      includes(
        'Observation?code=29463-7&_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof',
        'Patient/maria',
        'Organization/clinic',
        'Organization/network',
      );
      includes('Patient?name=maria&_include=*', 'Organization/clinic', 'Practitioner/weber');
      includes('Patient?name=maria&_include=Patient:*', 'Organization/clinic', 'Practitioner/weber');
      includes(
        'Patient?name=maria&_revinclude=Observation:subject',
        'Observation/phq-maria',
        'Observation/weight-maria',
      );
      includes('Patient?name=maria&_revinclude=Observation:*', 'Observation/phq-maria', 'Observation/weight-maria');
      includes(
        'Patient?name=maria&_revinclude=*',
        'Observation/phq-maria',
        'Observation/weight-maria',
        'CarePlan/plan',
        'Goal/sleep',
        'List/caseload',
      );
      includes('CarePlan?_include=CarePlan:instantiates-canonical', 'PlanDefinition/depression-2');
      includes('PlanDefinition?_revinclude=CarePlan:instantiates-canonical', 'CarePlan/plan');
      includes('Organization?_include=Organization:partof');
      includes('Organization?name=lakeside clinic&_include:iterate=Organization:partof', 'Organization/network');
      includes('Organization?name=lakeside network&_revinclude:iterate=Organization:partof', 'Organization/clinic');
      includes('CarePlan?_include=CarePlan:goal&_include=CarePlan:subject', 'Goal/sleep', 'Patient/maria');
    });

    describe('totals', () => {
      it('_summary=count and _count=0 give the total and no entries', async () => {
        for (const url of ['Observation?_summary=count', 'Observation?_count=0']) {
          const { matches, total, links } = await practice.search(url);
          assert.deepEqual([matches.length, total, links.map(({ relation }) => relation)], [0, 3, ['self']]);
        }
      });
      it('_total=accurate counts all pages', async () => {
        const { matches, total } = await practice.search('Observation?_count=1&_total=accurate');
        assert.deepEqual([matches.length, total], [1, 3]);
      });
      it('_total=accurate counts those without a sort key too', async () => {
        assert.equal((await practice.search('Patient?_sort=death-date&_count=1&_total=accurate')).total, 3);
      });
      it('_total=none gives none, even where it is known', async () => {
        assert.equal((await practice.search('Observation?_total=none')).total, undefined);
      });
      it('a page that holds everything knows the total', async () => {
        assert.equal((await practice.search('Observation')).total, 3);
        assert.equal((await practice.search('Observation?_count=2')).total, undefined);
      });
    });

    describe('links', () => {
      it('self states what was carried out, percent-encoded', async () => {
        const { links } = await practice.search('Patient?name=lop&name:exact=Lópéz&_count=5000');
        assert.deepEqual(links, [
          { relation: 'self', url: 'Patient?name=lop&name%3Aexact=L%C3%B3p%C3%A9z&_count=1000' },
        ]);
      });
      it('of further pages hold nothing of the search in clear', async () => {
        const { links } = await practice.search('Observation?patient.name=lopez&_count=1');
        const next = links.find(({ relation }) => relation === 'next')?.url ?? '';
        assert.match(next, /^Observation\?_page=[\w-]+$/);
        const token = Buffer.from(next.split('=')[1] ?? '', 'base64url').toString('latin1');
        assert.ok(!token.includes('lopez'));
      });
    });

    describe('scope', () => {
      /** One may see Maria, what is about her, and organizations. */
      const onlyMaria: Scope = (type) => {
        const inContext = (name: string, value: string): Expression =>
          criterion(type, name, value, { ...practice.context, budget: newBudget() });
        if (type === 'Patient') return inContext('_id', 'maria');
        if (type === 'Organization') return { kind: 'all' };
        return ['Observation', 'CarePlan', 'Goal'].includes(type)
          ? inContext('patient', 'Patient/maria')
          : { kind: 'nothing' };
      };
      const sees = (url: string, matches: string[], included: string[] = []) =>
        it(`${url} shows ${[...matches, ...included].join(', ') || 'nothing'}`, async () => {
          const result = await practice.search(url, onlyMaria);
          assert.deepEqual([names(result.matches), names(result.includes).sort()], [matches, included.sort()]);
        });
      sees('Patient', ['Patient/maria']);
      sees('Observation', ['Observation/phq-maria', 'Observation/weight-maria']);
      sees('Observation?patient.name=berg', []);
      sees('Observation?patient:missing=true', []);
      sees('Practitioner', []);
      sees('Patient?general-practitioner.name=weber', []);
      sees('Organization?_has:Patient:organization:name=noor', []);
      sees('Organization?_has:Patient:organization:name=maria', ['Organization/clinic']);
      sees('Patient?_list=caseload', []);
      sees('Patient?_include=*', ['Patient/maria'], ['Organization/clinic']);
      sees(
        'Organization?_revinclude=Patient:organization',
        ['Organization/network', 'Organization/clinic'],
        ['Patient/maria'],
      );
      sees('', [
        'Organization/network',
        'Organization/clinic',
        'Patient/maria',
        'Observation/phq-maria',
        'Observation/weight-maria',
        'CarePlan/plan',
        'Goal/sleep',
      ]);
    });

    it('a conditional interaction sees what its own transaction wrote', async () => {
      const query = restrict(practice.parse('Patient?name=zelda'), unrestricted);
      await assert.rejects(
        practice.store.transact(async (session) => {
          const rows = practice.rows({ resourceType: 'Patient', id: 'zelda', name: [{ given: ['Zelda'] }] });
          const content = '{"resourceType":"Patient","id":"zelda","name":[{"given":["Zelda"]}]}';
          session.write([
            { type: 'Patient', id: 'zelda', method: 'POST', version: 1, content, rowsBefore: {}, rowsAfter: rows },
          ]);
          const found = await firstMatches(query, 2, { ...practice.context, reader: session });
          throw new Error(`found ${names(found)}`);
        }),
        /found Patient\/zelda/,
      );
    });

    it('refuses a page link of another type, and one that was changed', async () => {
      const { links } = await practice.search('Observation?_count=1');
      const next = links.find(({ relation }) => relation === 'next')?.url ?? '';
      await assert.rejects(practice.search(next.replace('Observation', 'Patient')), FhirError);
      await assert.rejects(practice.search(`${next.slice(0, -3)}AAA`), /_page is not a page link/);
    });

    it('knows references with the address of this server', async () => {
      assert.deepEqual(await practice.ids(`Observation?subject=${BASE}/Patient/jonas`), ['phq-jonas']);
    });
  });
