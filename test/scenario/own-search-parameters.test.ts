/** The search parameters that we ship beside those of R4: profiles/throughline/search-parameters. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource, SearchParameter } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const FOLDER = 'profiles/throughline/search-parameters/';
const own = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as SearchParameter);

const patient = { reference: 'Patient/maria' };
const coded = (code: string) => ({ coding: [{ system: 'http://clinic.example/codes', code }] });

const resources: readonly AnyResource[] = [
  { resourceType: 'Patient', id: 'maria' },
  {
    resourceType: 'Task',
    id: 'call-back',
    status: 'requested',
    intent: 'order',
    restriction: { period: { end: '2026-03-05' } },
  },
  {
    resourceType: 'Task',
    id: 'visit',
    status: 'requested',
    intent: 'order',
    restriction: { period: { start: '2026-03-01', end: '2026-03-20' } },
  },
  { resourceType: 'Task', id: 'some-day', status: 'requested', intent: 'order' },
  {
    resourceType: 'CarePlan',
    id: 'reviewed',
    extension: [
      { url: 'https://throughline.dev/fhir/StructureDefinition/care-plan-review-due', valueDate: '2026-04-01' },
    ],
    status: 'draft',
    intent: 'plan',
    subject: patient,
  },
  {
    resourceType: 'CarePlan',
    id: 'ending',
    status: 'draft',
    intent: 'plan',
    subject: patient,
    period: { end: '2026-03-31' },
  },
  {
    resourceType: 'Flag',
    id: 'risk',
    status: 'active',
    category: [coded('safety')],
    code: coded('self-harm'),
    subject: patient,
  },
  { resourceType: 'Flag', id: 'old', status: 'inactive', code: coded('allergy'), subject: patient },
  {
    resourceType: 'CareTeam',
    id: 'team',
    participant: [{ role: [coded('coordinator')], member: { reference: 'Practitioner/noor' } }],
  },
  {
    resourceType: 'Goal',
    id: 'sleep',
    lifecycleStatus: 'active',
    description: { text: 'Sleep through the night' },
    subject: patient,
  },
  {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'finished',
    class: { code: 'IMP' },
    hospitalization: { dischargeDisposition: coded('home') },
  },
  {
    resourceType: 'Condition',
    id: 'depression',
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: '2025-11-03' }],
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    subject: patient,
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'phq9',
    status: 'completed',
    item: [
      {
        linkId: 'symptoms',
        item: [
          {
            linkId: '44260-8',
            definition: 'http://loinc.org/q/44249-1#44260-8',
            answer: [{ valueCoding: { system: 'http://loinc.org', code: 'LA6569-3' } }],
          },
          {
            linkId: 'why',
            answer: [{ valueBoolean: true, item: [{ linkId: 'note', answer: [{ valueString: 'Nights are hard' }] }] }],
          },
        ],
      },
      { linkId: 'score', answer: [{ valueInteger: 14 }] },
      { linkId: 'weight', answer: [{ valueQuantity: { value: 70, system: 'http://unitsofmeasure.org', code: 'kg' } }] },
      { linkId: 'since', answer: [{ valueDate: '2025-09-01' }] },
      { linkId: 'skipped' },
    ],
  },
];

const searches: readonly (readonly [search: string, ids: readonly string[]])[] = [
  ['Task?task-due=lt2026-03-10', ['call-back']],
  ['Task?task-due=ge2026-03-10', ['visit']],
  ['Task?_sort=-task-due', ['visit', 'call-back', 'some-day']],
  ['CarePlan?review-due=le2026-03-31', ['ending']],
  ['CarePlan?review-due=2026-04', ['reviewed']],
  ['Flag?status=active', ['risk']],
  ['Flag?category=safety&patient=Patient/maria', ['risk']],
  ['Flag?code=http://clinic.example/codes|allergy', ['old']],
  ['CareTeam?role=coordinator', ['team']],
  ['Goal?description:text=sleep', ['sleep']],
  ['Encounter?discharge-disposition=home', ['stay']],
  ['Condition?asserted-date=2025-11', ['depression']],
  ['QuestionnaireResponse?linkid=44260-8', ['phq9']],
  ['QuestionnaireResponse?linkid=skipped', []],
  ['QuestionnaireResponse?answer-token=44260-8$http://loinc.org|LA6569-3', ['phq9']],
  ['QuestionnaireResponse?answer-token=http://loinc.org/q/44249-1%2344260-8$LA6569-3', ['phq9']],
  ['QuestionnaireResponse?answer-token=44260-8$LA6568-5', []],
  ['QuestionnaireResponse?answer-token=why$true', ['phq9']],
  ['QuestionnaireResponse?answer-quantity=score$ge10', ['phq9']],
  ['QuestionnaireResponse?answer-quantity=score$ge20', []],
  ['QuestionnaireResponse?answer-quantity=weight$70000|http://unitsofmeasure.org|g', ['phq9']],
  ['QuestionnaireResponse?answer-date=since$lt2025-10-01', ['phq9']],
  ['QuestionnaireResponse?answer-string=note$nights', ['phq9']],
  ['QuestionnaireResponse?answer-string=why$nights', []],
  ['QuestionnaireResponse?value-token=LA6569-3', ['phq9']],
  ['QuestionnaireResponse?value-quantity=gt13&value-date=2025&value-string=nights', ['phq9']],
];

describe('search parameters of our own', () => {
  const validator = createValidator(packagedDefinitions());
  for (const parameter of own)
    it(`${parameter.id} is valid and has the URL of its file`, () => {
      const issues = validator.validate(parameter as unknown as AnyResource);
      assert.deepEqual(
        issues.filter(({ severity }) => severity === 'error' || severity === 'fatal'),
        [],
      );
      assert.equal(parameter.url, `https://throughline.dev/fhir/SearchParameter/${parameter.id}`);
    });
});

onEveryDatabase('search parameters of our own', (server) => {
  before(async () => {
    for (const resource of resources) {
      const { status, text } = await server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
      assert.equal(status, 201, text);
    }
  });

  for (const [search, ids] of searches)
    it(`${search} finds ${ids.join(', ') || 'nothing'}`, async () => {
      const { status, body, text } = await server().http.get(`/fhir/${search}`);
      assert.equal(status, 200, text);
      assert.deepEqual(
        (body.entry ?? []).map((entry: { resource: AnyResource }) => entry.resource.id),
        ids,
      );
    });

  it('each of a single type finds something here', () => {
    for (const { code, base } of own.filter(({ base: [first] }) => first !== 'DomainResource'))
      assert.ok(
        searches.some(([search, ids]) => ids.length > 0 && search.startsWith(`${base[0]}?`) && search.includes(code)),
        `${base[0]}.${code}`,
      );
  });
});
