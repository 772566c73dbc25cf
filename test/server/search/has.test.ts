/** `_has` that ends in, or passes through, the parameters that every resource has. https://hl7.org/fhir/R4/search.html#has */
import { strict as assert } from 'node:assert';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const tagged = (code: string) => ({ meta: { tag: [{ system: 'http://clinic.example/tag', code }] } });

const resources: readonly TestResource[] = [
  { resourceType: 'Organization', id: 'north', ...tagged('pilot') },
  { resourceType: 'Organization', id: 'south' },
  {
    resourceType: 'Patient',
    id: 'maria',
    managingOrganization: { reference: 'Organization/north' },
    ...tagged('study'),
  },
  { resourceType: 'Patient', id: 'jonas', managingOrganization: { reference: 'Organization/south' } },
  {
    resourceType: 'Observation',
    id: 'phq-maria',
    status: 'final',
    code: { coding: [{ code: '44261-6' }] },
    subject: { reference: 'Patient/maria' },
    ...tagged('urgent'),
  },
  {
    resourceType: 'Observation',
    id: 'phq-jonas',
    status: 'final',
    code: { coding: [{ code: '44261-6' }] },
    subject: { reference: 'Patient/jonas' },
  },
  {
    resourceType: 'Group',
    id: 'study',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/maria' } }],
  },
];

const cases: readonly (readonly [search: string, ...found: readonly string[]])[] = [
  ['Patient?_has:Observation:patient:_id=phq-maria', 'maria'],
  ['Patient?_has:Observation:patient:_id=phq-maria,phq-jonas', 'jonas', 'maria'],
  ['Patient?_has:Observation:patient:_tag=urgent', 'maria'],
  ['Patient?_has:Observation:patient:_tag=http://clinic.example/tag|urgent', 'maria'],
  ['Patient?_has:Observation:patient:_tag:not=urgent', 'jonas'],
  ['Patient?_has:Observation:patient:_lastUpdated=ge2000', 'jonas', 'maria'],
  ['Patient?_has:Observation:patient:_lastUpdated=lt2000'],
  ['Observation?subject:Patient._has:Group:member:_id=study', 'phq-maria'],
  ['Observation?patient._has:Group:member:_lastUpdated=ge2000', 'phq-maria'],
  ['Observation?patient._tag=study', 'phq-maria'],
  ['Observation?patient._lastUpdated=lt2000'],
  ['Observation?patient._id=jonas', 'phq-jonas'],
  ['Observation?patient.organization._tag=pilot', 'phq-maria'],
  ['Observation?patient.organization._id=south', 'phq-jonas'],
  ['Organization?_has:Patient:organization:_has:Observation:patient:_tag=urgent', 'north'],
  ['Organization?_has:Patient:organization:_has:Observation:patient:_id=phq-jonas', 'south'],
  ['Organization?_has:Patient:organization:_has:Observation:patient:_lastUpdated=ge2000', 'north', 'south'],
  ['Organization?_has:Patient:organization:_has:Group:member:_id=study&_tag=pilot', 'north'],
  [
    'Observation?patient._has:Group:member:_id=study&patient.organization._has:Patient:organization:_tag=study',
    'phq-maria',
  ],
];

for (const under of storesUnderTest())
  describe(`_has and chains to _id, _lastUpdated and _tag on ${under.name}`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(...resources);
    });
    after(() => practice.close());

    for (const [asked, ...found] of cases)
      it(`${asked} finds ${found.join(', ') || 'nothing'}`, async () =>
        assert.deepEqual((await practice.ids(asked)).sort(), found));
  });
