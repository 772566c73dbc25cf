/** Operations show what the caller may see, and nothing tells of the rest: a caller who has Maria's data, over two clients' data. */
import { strict as assert } from 'node:assert';
import type { ResourceType } from '../../../resources/types.ts';
import { asks } from '../../../server/operation/criteria.ts';
import { operations } from '../../../server/operation/index.ts';
import { all, nothing } from '../../../server/search/expression.ts';
import type { Scope } from '../../../server/search/restrict.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice } from '../search/practice.ts';
import { answered } from './calling.ts';

const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const tagged = (code: string) => ({ meta: { tag: [{ system: 'http://example.org/tag', code }] } });
const weight = { status: 'final', code: { text: 'weight' }, category: [{ coding: [{ code: 'vital-signs' }] }] };

const world = [
  {
    resourceType: 'Patient',
    id: 'maria',
    ...tagged('open'),
    generalPractitioner: [{ reference: 'Practitioner/jonas' }],
  },
  { resourceType: 'Patient', id: 'secret', ...tagged('secret'), name: [{ family: 'Secret' }] },
  { resourceType: 'Practitioner', id: 'jonas' },
  { resourceType: 'Organization', id: 'hidden', name: 'Hidden' },
  {
    resourceType: 'Observation',
    id: 'of-maria',
    ...weight,
    ...of('maria'),
    performer: [{ reference: 'Organization/hidden' }],
  },
  {
    resourceType: 'Observation',
    id: 'secret',
    ...weight,
    ...of('secret'),
    performer: [{ reference: 'Practitioner/jonas' }],
  },
  { resourceType: 'RelatedPerson', id: 'secret', patient: { reference: 'Patient/secret' } },
  {
    resourceType: 'Group',
    id: 'both',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/maria' } }, { entity: { reference: 'Patient/secret' } }],
  },
] as const;

/** Patient/maria, what is about her, and practitioners. */
const mariasScope =
  ({ context }: Practice): Scope =>
  (type) => {
    switch (type) {
      case 'Patient':
        return asks(type, '_id', 'maria', context);
      case 'Observation':
        return asks(type, 'subject', 'Patient/maria', context);
      case 'RelatedPerson':
        return asks(type, 'patient', 'Patient/maria', context);
      case 'Group':
        return asks(type, 'member', 'Patient/maria', context);
      case 'Practitioner':
        return all;
      default:
        return nothing;
    }
  };

for (const under of storesUnderTest())
  describe(`the scope of operations (${under.name})`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(...world);
    });
    after(() => practice.close());

    function call(path: string, query: Readonly<Record<string, string>> = {}, scope = mariasScope(practice)) {
      const names = path.split('/');
      const [type, id] = names.slice(0, -1);
      const operation = names.at(-1)?.slice(1) ?? '';
      const place = { ...(type ? { type: type as ResourceType } : {}), ...(id ? { id } : {}) };
      return answered({ ...place, operation, query }, operations, practice, scope);
    }

    const graphql = (query: string) => ({ query });
    const calls: readonly (readonly [path: string, query: Readonly<Record<string, string>>, expected: RegExp])[] = [
      ['Patient/secret/$everything', {}, /^404 /],
      ['Patient/maria/$everything', {}, /^200 .*of-maria.*both.*jonas/],
      ['Patient/$everything', {}, /^200 .*maria.*of-maria.*both.*jonas/],
      ['Patient/secret/$meta', {}, /^404 /],
      ['Patient/$meta', {}, /^200 .*"code":"open"/],
      ['$meta', {}, /^200 .*"code":"open"/],
      ['Organization/$meta', {}, /^200 .*"valueMeta":\{\}/],
      ['Observation/$lastn', { patient: 'secret', category: 'vital-signs' }, /^200 .*"total":0/],
      ['Observation/$lastn', { patient: 'maria,secret', category: 'vital-signs' }, /^200 .*of-maria/],
      ['Observation/$lastn', { 'subject:Patient.family': 'secret', category: 'vital-signs' }, /^200 .*"total":0/],
      ['Patient/secret/$graphql', graphql('{ id }'), /^404 /],
      ['$graphql', graphql('{ Patient(id: "secret") { name { family } } }'), /^404 /],
      ['$graphql', graphql('{ PatientList { id } }'), /^200 .*\[\{"id":"maria"\}\]/],
      [
        '$graphql',
        graphql('{ PatientConnection { count edges { resource { id } } } }'),
        /"count":1,"edges":\[\{"resource":\{"id":"maria"\}\}\]/,
      ],
      [
        '$graphql',
        graphql('{ PractitionerList { ObservationList(_reference: performer) { id } } }'),
        /^200 \{"data":\{"PractitionerList":\[\{\}\]\}\}/,
      ],
      ['Observation/of-maria/$graphql', graphql('{ performer { resource { id } } }'), /^404 /],
      ['Observation/of-maria/$graphql', graphql('{ performer { resource(optional: true) { id } } }'), /^200 /],
    ];
    for (const [path, query, expected] of calls)
      it(`${path} ${Object.values(query).join(' ')}`, async () => {
        const answer = await call(path, query);
        assert.match(answer, expected);
        // Group/both names the other client itself; and a caller's own words may come back in a message or link.
        const told = answer.replaceAll(/Patient\/secret|patient=secret|patient=maria%2Csecret|family=secret/g, '');
        assert.doesNotMatch(told, /secret|Secret|Hidden/);
      });

    it('shows it all to who may see all', async () => {
      assert.match(await call('Patient/$everything', {}, () => all), /Secret.*Hidden/);
    });
  });
