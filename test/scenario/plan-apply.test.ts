/**
 * A protocol of the practice for one client, told as the coordinator Ana works: she looks at what the protocol gives for Maria, makes it Maria's own, and
 * puts it into force. https://hl7.org/fhir/R4/plandefinition-operation-apply.html
 */
import { strict as assert } from 'node:assert';
import type {
  Appointment,
  Bundle,
  CarePlan,
  Goal,
  OperationOutcome,
  PlanDefinition,
  RequestGroup,
  ServiceRequest,
  Task,
} from '../../resources/types.ts';
import { exampleText } from '../official-examples.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { type Server, speaking as spokenWith } from './speaking.ts';

const dayAfter = (days: number, from = new Date().toISOString().slice(0, 10)) =>
  new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);

const role = (code: string) => [{ coding: [{ system: 'http://snomed.info/sct', code }] }];

function speaking(server: Server) {
  const spoken = spokenWith(server);
  const { put } = spoken;
  /** A client with a care team, depression, and a PHQ-9 total where one is given. */
  const client = async (person: string, total?: number) => {
    const subject = { reference: `Patient/${person}` };
    await put({ resourceType: 'Patient', id: person, name: [{ given: [person] }], birthDate: '1984-05-01' });
    await put({
      resourceType: 'Condition',
      id: `depression-${person}`,
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.1' }] },
      subject,
    });
    await put({
      resourceType: 'CareTeam',
      id: `team-${person}`,
      status: 'active',
      subject,
      participant: [
        { role: role('768820003'), member: { reference: 'Practitioner/left' }, period: { end: '2020-01-01' } },
        { role: role('768820003'), member: { reference: 'Practitioner/ana' } },
        { role: role('59944000'), member: { reference: 'Practitioner/lin' } },
      ],
    });
    if (total !== undefined)
      await put({
        resourceType: 'Observation',
        id: `total-${person}`,
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
        subject,
        effectiveDateTime: '2026-03-02',
        valueQuantity: { value: total, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' },
      });
  };
  return { ...spoken, client };
}

const contained = <T>({ contained: all = [] }: CarePlan, id: string) =>
  all.find((each) => each.id === id) as unknown as T | undefined;
const told = ({ activity = [] }: CarePlan) =>
  activity.map(({ reference, detail }) => reference?.reference ?? detail?.description ?? '');

onEveryDatabase('PlanDefinition/$apply', (server: Server) => {
  const { put, get, client } = speaking(server);
  const apply = (person: string, more = '', status = 200) =>
    get<CarePlan>(`PlanDefinition/depression-stepped-care/$apply?subject=Patient/${person}${more}`, status);

  before(async () => {
    await put({ resourceType: 'Practitioner', id: 'ana', name: [{ family: 'Ruiz' }] });
    await put({ resourceType: 'Practitioner', id: 'lin', name: [{ family: 'Lin' }] });
  });

  it('gives a draft that points back to the definition, with problems, team and the day of review', async () => {
    await client('maria', 17);
    const plan = await apply('maria', '&practitioner=Practitioner/ana');
    assert.deepEqual([plan.status, plan.intent], ['draft', 'proposal']);
    assert.deepEqual(plan.instantiatesCanonical, [
      'https://throughline.dev/fhir/PlanDefinition/depression-stepped-care|1.0.0',
    ]);
    assert.deepEqual(plan.subject, { reference: 'Patient/maria' });
    assert.deepEqual(plan.addresses, [{ reference: 'Condition/depression-maria' }]);
    assert.deepEqual(plan.careTeam, [{ reference: 'CareTeam/team-maria' }]);
    assert.deepEqual(plan.author, { reference: 'Practitioner/ana' });
    assert.equal(plan.extension?.[0]?.valueDate, dayAfter(12 * 7));
  });

  it('makes goals for this client: half of her own total, and dates from today', async () => {
    const plan = await apply('maria');
    const [remission, response] = ['remission', 'response'].map((id) => contained<Goal>(plan, id));
    assert.equal(remission?.lifecycleStatus, 'proposed');
    assert.deepEqual(remission?.addresses, [{ reference: 'Condition/depression-maria' }]);
    assert.equal(response?.target?.[0]?.detailQuantity?.value, 8);
    assert.equal(response?.target?.[0]?.detailQuantity?.comparator, '<=');
    assert.equal(response?.target?.[0]?.dueDate, dayAfter(12 * 7));
    assert.deepEqual(plan.goal, [{ reference: '#remission' }, { reference: '#response' }]);
  });

  // Steps of the protocol by the last total.
  const steps: readonly (readonly [person: string, total: number | undefined, activities: readonly string[]])[] = [
    ['nina', undefined, ['#first-phq9']],
    ['tom', 3, ['PHQ-9 every four weeks']],
    [
      'rosa',
      7,
      [
        'PHQ-9 every four weeks',
        'Active monitoring and self-management support: Sleep, movement, people, and what to do when it gets worse.',
      ],
    ],
    ['eva', 12, ['PHQ-9 every two weeks', '#moderate']],
    [
      'jose',
      22,
      [
        'PHQ-9 every two weeks',
        '#moderate',
        '#medication',
        'Call every week: How the week was, whether the medicines are taken, what gets in the way.',
        '#severe',
      ],
    ],
  ];
  for (const [person, total, activities] of steps)
    it(`takes the steps for a PHQ-9 of ${total ?? 'nothing yet'}`, async () => {
      await client(person, total);
      assert.deepEqual(told(await apply(person)), activities);
    });

  it('leaves out the goal that has no value: there is no half of a total below 10', async () => {
    const plan = await apply('rosa');
    assert.deepEqual(plan.goal, [{ reference: '#remission' }]);
  });

  it('asks people of the team by their role, and leaves a role open that nobody has', async () => {
    const plan = await apply('maria');
    const repeated = plan.activity?.[0]?.detail;
    assert.deepEqual(repeated?.performer, [{ reference: 'Practitioner/ana' }]);
    assert.deepEqual(repeated?.scheduledTiming, { repeat: { frequency: 1, period: 2, periodUnit: 'wk' } });
    assert.deepEqual(contained<ServiceRequest>(plan, 'therapy')?.performer, [{ reference: 'Practitioner/lin' }]);
    const medication = contained<ServiceRequest>(plan, 'medication');
    assert.equal(medication?.performer, undefined);
    assert.equal(medication?.performerType?.coding?.[0]?.display, 'Primary care physician');
    assert.equal(medication?.occurrencePeriod?.end, dayAfter(7));
  });

  it('keeps a choice a choice: options in a RequestGroup', async () => {
    const plan = await apply('maria');
    const group = contained<RequestGroup>(plan, 'moderate');
    assert.equal(group?.action?.[0]?.selectionBehavior, 'one-or-more');
    const options = group?.action?.[0]?.action?.map(({ resource }) => resource?.reference);
    assert.deepEqual(options, ['#therapy', '#guided-self-help']);
    assert.equal(contained<ServiceRequest>(plan, 'therapy')?.intent, 'option');
  });

  it('writes what expressions give: a letter with the total', async () => {
    const plan = await apply('jose');
    assert.match(contained<ServiceRequest>(plan, 'severe')?.patientInstruction ?? '', /^Your PHQ-9 total of 22 says/);
  });

  it('asks for a safety follow-up after an answer about self-harm, unless one is open', async () => {
    const subject = { reference: 'Patient/eva' };
    await put({
      resourceType: 'Observation',
      id: 'harm-eva',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '44260-8' }] },
      subject,
      effectiveDateTime: '2026-03-02',
      valueCodeableConcept: { coding: [{ system: 'http://loinc.org', code: 'LA6569-3' }] },
    });
    const first = await apply('eva');
    assert.equal(contained<Task>(first, 'safety')?.priority, 'stat');
    await put({
      resourceType: 'Task',
      id: 'safety-eva',
      status: 'requested',
      intent: 'order',
      code: { coding: [{ system: 'https://throughline.dev/fhir/CodeSystem/care-task', code: 'safety-follow-up' }] },
      for: subject,
    });
    assert.equal(contained<Task>(await apply('eva'), 'safety'), undefined);
  });

  it('stores nothing', async () => {
    const bundle: Bundle = await get('CarePlan?_summary=count');
    assert.equal(bundle.total, 0);
    assert.equal(((await get('Goal?_summary=count')) as Bundle).total, 0);
  });

  it('counts from the discharge: contact on the second working day, medicines the day before the visit', async () => {
    await put({
      resourceType: 'Encounter',
      id: 'stay',
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: 'Patient/maria' },
      // A Friday.
      period: { start: '2026-03-02T09:00:00Z', end: '2026-03-06T15:00:00Z' },
    });
    const plan: CarePlan = await get(
      'PlanDefinition/transition-of-care/$apply?subject=Patient/maria&encounter=Encounter/stay',
    );
    assert.deepEqual(told(plan), ['#contact', '#visit-in-14', '#medicines']);
    assert.equal(contained<Task>(plan, 'contact')?.restriction?.period?.end, '2026-03-10');
    assert.equal(contained<Appointment>(plan, 'visit-in-14')?.requestedPeriod?.[0]?.end, '2026-03-20');
    assert.equal(contained<Task>(plan, 'medicines')?.restriction?.period?.end, '2026-03-19');
  });

  it('knows that a visit within 7 days goes with a high risk', async () => {
    await put({
      resourceType: 'RiskAssessment',
      id: 'maria',
      status: 'final',
      subject: { reference: 'Patient/maria' },
      occurrenceDateTime: '2026-03-06',
      prediction: [
        {
          qualitativeRisk: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/risk-probability', code: 'high' }],
          },
        },
      ],
    });
    const plan: CarePlan = await get('PlanDefinition/transition-of-care/$apply?subject=Patient/maria');
    assert.deepEqual(told(plan), ['#contact', '#visit-in-7', '#medicines']);
  });

  const ownPlan = (action: PlanDefinition['action'], more: Partial<PlanDefinition> = {}): PlanDefinition => ({
    resourceType: 'PlanDefinition',
    url: 'http://clinic.example/PlanDefinition/own',
    status: 'draft',
    title: 'Sleep',
    ...(action ? { action } : {}),
    ...more,
  });
  const applied = (plan: PlanDefinition) =>
    server().http.post('/fhir/PlanDefinition/$apply').query({ subject: 'Patient/maria' }).send(plan);

  it('applies a definition that is not stored, and others inside it', async () => {
    const { status, body } = await applied(
      ownPlan([
        { title: 'Needs', definitionCanonical: 'https://throughline.dev/fhir/PlanDefinition/social-needs' },
        { title: 'Sleep diary', timingDuration: { value: 1, system: 'http://unitsofmeasure.org', code: 'mo' } },
      ]),
    );
    assert.equal(status, 200, JSON.stringify(body));
    const plan = body as CarePlan;
    assert.deepEqual(told(plan), ['#screen', 'Sleep diary']);
    assert.deepEqual(plan.instantiatesCanonical?.length, 2);
    assert.deepEqual(plan.goal, [{ reference: '#need-met' }]);
  });

  it('applies definitions that the plan definition contains', async () => {
    const call = {
      resourceType: 'ActivityDefinition',
      id: 'call',
      status: 'draft',
      kind: 'CommunicationRequest',
      title: 'Call',
    };
    const form = { resourceType: 'Questionnaire', id: 'sleep', status: 'draft', title: 'Sleep' };
    const { status, body } = await applied(
      ownPlan(
        [
          { id: 'a', definitionCanonical: '#call' },
          { id: 'b', title: 'Sleep', definitionCanonical: '#sleep' },
        ],
        {
          contained: [call as never, form as never],
        },
      ),
    );
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      (body as CarePlan).contained?.map(({ resourceType, id }) => `${resourceType}/${id}`),
      ['CommunicationRequest/a', 'Task/b'],
    );
  });

  it('applies the examples of the specification, or says what it does not know of them', async () => {
    for (const [type, id, expected] of [
      ['PlanDefinition', 'options-example', 200],
      ['PlanDefinition', 'KDN5', 200],
      ['PlanDefinition', 'protocol-example', 422],
      ['ActivityDefinition', 'referralPrimaryCareMentalHealth', 200],
      ['ActivityDefinition', 'heart-valve-replacement', 200],
      ['ActivityDefinition', 'blood-tubes-supply', 200],
      ['ActivityDefinition', 'citalopramPrescription', 422],
    ] as const) {
      const response = await server()
        .http.post(`/fhir/${type}/$apply`)
        .query({ subject: 'Patient/maria' })
        .send(exampleText(`${type}-${id}.json`))
        .set('Content-Type', 'application/fhir+json');
      assert.equal(response.status, expected, `${id}: ${response.text.slice(0, 500)}`);
      if (expected === 422) assert.match(response.text, /text\/cql/);
    }
  });

  const variable = (name: string, expression: string) => ({
    url: 'https://throughline.dev/fhir/StructureDefinition/plan-variable',
    valueExpression: { name, language: 'application/x-fhir-query', expression } as const,
  });
  /** A call whose description is what the search finds. */
  const calling = (search: string) =>
    ownPlan(
      [
        {
          description: 'nobody',
          dynamicValue: [
            {
              path: 'description',
              expression: { language: 'text/fhirpath', expression: '%found.entry.resource.id' },
            },
          ],
        },
      ],
      { extension: [variable('found', search)] },
    );

  // https://hl7.org/fhir/R5/fhir-xquery.html: what has no value would leave the search wider than it was meant.
  const searches: readonly (readonly [search: string, found: string])[] = [
    ['Practitioner?_id={{%practitioner.id}}', 'nobody'],
    ['Practitioner?_id={{%subject.id}},{{%practitioner.id}}', 'nobody'],
    ["Practitioner?_id={{''}}", 'nobody'],
    ["Practitioner?_id={{'ana'}}", 'ana'],
    ["Practitioner?_id={{'nobody' | 'lin'}}", 'lin'],
    ["Practitioner?family={{'Lin&_id=ana'}}", 'nobody'],
  ];
  for (const [search, found] of searches)
    it(`${search} finds ${found}`, async () => {
      const { status, body } = await applied(calling(search));
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(told(body as CarePlan), [found]);
    });

  // What cannot be applied is told, naming the element.
  const condition = (expression: object) => ownPlan([{ condition: [{ kind: 'applicability', expression } as never] }]);
  const refused: readonly (readonly [what: string, plan: PlanDefinition, status: number, says: RegExp])[] = [
    [
      'an expression in CQL',
      condition({ language: 'text/cql', expression: 'IsDepressed' }),
      422,
      /action\[0\]\.condition\[0\]\.expression has an expression in text\/cql/,
    ],
    ['an expression that is none', condition({ language: 'text/fhirpath', expression: '1 +' }), 422, /action\[0\]/],
    ['a name that nobody knows', condition({ language: 'text/fhirpath', expression: '%nobody' }), 422, /nobody/],
    [
      'a regular expression that does not end',
      condition({ language: 'text/fhirpath', expression: `'${'a'.repeat(40)}b'.matches('^(a+)+$')` }),
      413,
      /too costly/,
    ],
    [
      'more expressions than anybody writes',
      ownPlan(
        Array.from({ length: 301 }, () => ({
          condition: [
            { kind: 'applicability' as const, expression: { language: 'text/fhirpath', expression: 'true' } },
          ],
        })),
      ),
      413,
      /more than 300 expressions/,
    ],
    [
      'more actions than anybody carries out',
      ownPlan(Array.from({ length: 501 }, () => ({ title: 'Call' }))),
      422,
      /500 actions/,
    ],
    [
      'a variable that is no search',
      ownPlan([], {
        extension: [variable('x', 'Patient?nonsense=1')],
      }),
      422,
      /PlanDefinition.extension\[0\]: 'Patient\?nonsense=1'/,
    ],
    [
      'a search with a name in it that is none of text',
      calling('Patient?name={{%subject.name}}'),
      422,
      /PlanDefinition.extension\[0\].*\{\{%subject.name\}\} gives no plain value/,
    ],
    ['a search for everything of a type', calling('Patient'), 422, /'Patient' has no criteria/],
    [
      'a search of another server',
      calling('https://elsewhere.example/fhir/Patient?_id=1'),
      422,
      /no search and no read/,
    ],
    [
      'a definition that is not here',
      ownPlan([{ definitionCanonical: 'http://clinic.example/ActivityDefinition/none' }]),
      422,
      /no ActivityDefinition, PlanDefinition, Questionnaire/,
    ],
    [
      'a path that the request does not have',
      ownPlan([
        {
          definitionCanonical: 'https://throughline.dev/fhir/ActivityDefinition/psychotherapy',
          dynamicValue: [{ path: '__proto__.x', expression: { language: 'text/fhirpath', expression: '1' } }],
        },
      ]),
      422,
      /dynamicValue\[0\]\.path|__proto__/,
    ],
    [
      'a value that does not fit',
      ownPlan([
        {
          definitionCanonical: 'https://throughline.dev/fhir/ActivityDefinition/psychotherapy',
          dynamicValue: [{ path: 'priority', expression: { language: 'text/fhirpath', expression: "'very'" } }],
        },
      ]),
      422,
      /very/,
    ],
  ];
  for (const [what, plan, status, says] of refused)
    it(`answers ${status} for ${what}`, async () => {
      const response = await applied(plan);
      assert.equal(response.status, status, response.text);
      assert.match(response.body.issue[0].diagnostics, says);
    });

  it('answers 422 for a definition that stands in itself', async () => {
    const url = 'http://clinic.example/PlanDefinition/circle';
    await put({
      resourceType: 'PlanDefinition',
      id: 'circle',
      url,
      status: 'draft',
      action: [{ definitionCanonical: url }],
    });
    const body = await get<OperationOutcome>('PlanDefinition/circle/$apply?subject=Patient/maria', 422);
    assert.match(body.issue[0]?.diagnostics ?? '', /circle stands in more than 5 others, or in itself/);
  });

  for (const [what, query, status] of [
    ['a client who is not known', 'subject=Patient/nobody', 404],
    ['a subject that is no client', 'subject=Group/1', 400],
    ['two clients', 'subject=Patient/maria&subject=Patient/eva', 422],
    ['no client', '', 400],
    ['an encounter that is none', 'subject=Patient/maria&encounter=Patient/eva', 400],
  ] as const)
    it(`answers ${status} for ${what}`, () => get(`PlanDefinition/social-needs/$apply?${query}`, status));

  it('answers 404 for a definition that is not known, and 400 for one on an instance', async () => {
    await get('PlanDefinition/none/$apply?subject=Patient/maria', 404);
    const both = server().http.post('/fhir/PlanDefinition/social-needs/$apply').query({ subject: 'Patient/maria' });
    assert.equal((await both.send(ownPlan([]))).status, 400);
  });
});

onEveryDatabase('ActivityDefinition/$apply', (server: Server) => {
  const { get, client } = speaking(server);

  it('gives the request as a draft, for the person of the team who has the role', async () => {
    await client('maria');
    const task: Task = await get('ActivityDefinition/safety-follow-up/$apply?subject=Patient/maria');
    assert.deepEqual(
      [task.resourceType, task.status, task.intent, task.priority],
      ['Task', 'draft', 'proposal', 'stat'],
    );
    assert.deepEqual(task.for, { reference: 'Patient/maria' });
    assert.deepEqual(task.owner, { reference: 'Practitioner/ana' });
    assert.equal(task.instantiatesCanonical, 'https://throughline.dev/fhir/ActivityDefinition/safety-follow-up|1.0.0');
  });

  it('refuses a kind of request that it does not make', async () => {
    const { status, body } = await server()
      .http.post('/fhir/ActivityDefinition/$apply')
      .query({ subject: 'Patient/maria' })
      .send({ resourceType: 'ActivityDefinition', status: 'draft', kind: 'Contract' });
    assert.equal(status, 422);
    assert.match(body.issue[0].diagnostics, /kind Contract; this server makes Task, ServiceRequest/);
  });
});

onEveryDatabase('$enact', (server: Server) => {
  const { put, get, client } = speaking(server);
  const enact = (person: string, query: Record<string, string> = {}) =>
    server()
      .http.post('/fhir/PlanDefinition/depression-stepped-care/$enact')
      .query({ subject: `Patient/${person}`, practitioner: 'Practitioner/ana', ...query });
  const count = async (type: string, person: string) =>
    ((await get(`${type}?patient=Patient/${person}&_summary=count`)) as Bundle).total;

  before(() => put({ resourceType: 'Practitioner', id: 'ana', name: [{ family: 'Ruiz' }] }));

  it('stores the plan, its goals and requests in one transaction, linked to each other', async () => {
    await client('maria', 17);
    const { status, body, headers } = await enact('maria');
    assert.equal(status, 201, JSON.stringify(body));
    const plan = body as CarePlan;
    assert.match(headers.location ?? '', /\/CarePlan\/[^/]+\/_history\/1$/);
    assert.deepEqual([plan.status, plan.intent, plan.contained], ['active', 'plan', undefined]);
    const goals: Goal[] = await Promise.all((plan.goal ?? []).map(({ reference }) => get<Goal>(reference ?? '')));
    assert.deepEqual(
      goals.map(({ lifecycleStatus, meta }) => [lifecycleStatus, meta?.lastUpdated]),
      goals.map(() => ['active', plan.meta?.lastUpdated]),
    );
    const group: RequestGroup = await get(plan.activity?.[1]?.reference?.reference ?? '');
    const therapy: ServiceRequest = await get(group.action?.[0]?.action?.[0]?.resource?.reference ?? '');
    assert.deepEqual([therapy.status, therapy.intent], ['draft', 'option'], 'a choice stays to be made');
    assert.deepEqual(therapy.extension?.[0]?.valueReference, plan.goal?.[0]);
    const medication: ServiceRequest = await get(plan.activity?.[2]?.reference?.reference ?? '');
    assert.deepEqual([medication.status, medication.intent], ['active', 'plan']);
  });

  it('says who did it, from which definition', async () => {
    const { entry: [plan] = [] }: Bundle = await get('CarePlan?patient=Patient/maria');
    const { entry = [] }: Bundle = await get(`Provenance?target=CarePlan/${plan?.resource?.id}`);
    const provenance = entry[0]?.resource as unknown as {
      target: { reference: string }[];
      agent: { who: object }[];
      entity: { what: { identifier: { value: string } } }[];
    };
    assert.equal(entry.length, 1);
    assert.deepEqual(provenance.agent[0]?.who, { reference: 'Practitioner/ana' });
    assert.match(provenance.target[0]?.reference ?? '', /^CarePlan\//);
    assert.match(provenance.entity[0]?.what.identifier.value ?? '', /depression-stepped-care\|1.0.0$/);
  });

  it('meets the profile of a care plan', async () => {
    const { entry = [] }: Bundle = await get('CarePlan?patient=Patient/maria');
    const { body } = await server()
      .http.post('/fhir/CarePlan/$validate')
      .query({ profile: 'https://throughline.dev/fhir/StructureDefinition/care-plan' })
      .send(entry[0]?.resource);
    const errors = body.issue.filter(({ severity }: { severity: string }) => severity === 'error');
    assert.deepEqual(errors, []);
  });

  it('does nothing twice with the same key', async () => {
    await client('eva', 12);
    const first = await enact('eva', { key: 'visit of 2 March' });
    assert.equal(first.status, 201);
    const again = await enact('eva', { key: 'visit of 2 March' });
    assert.equal(again.status, 200);
    assert.equal(again.body.id, first.body.id);
    assert.deepEqual([await count('CarePlan', 'eva'), await count('Goal', 'eva')], [1, 2]);
    assert.equal((await enact('eva', { key: 'another' })).status, 201);
  });

  it('does nothing twice when the same call comes twice at once', async () => {
    await client('jose', 12);
    const both = await Promise.all([enact('jose', { key: 'k' }), enact('jose', { key: 'k' })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 201]);
    assert.equal(await count('CarePlan', 'jose'), 1);
  });

  it('answers 409 when what the key led to was deleted', async () => {
    const { body } = await enact('jose', { key: 'k' });
    assert.equal((await server().http.delete(`/fhir/CarePlan/${body.id}`)).status, 204);
    assert.equal((await enact('jose', { key: 'k' })).status, 409);
  });

  it('stores the plan as people have made it theirs', async () => {
    await client('rosa', 7);
    const plan: CarePlan = await get('PlanDefinition/depression-stepped-care/$apply?subject=Patient/rosa');
    const walk: Goal = {
      resourceType: 'Goal',
      id: 'walk',
      lifecycleStatus: 'accepted',
      description: { text: 'Walk 20 minutes a day' },
      subject: { reference: 'Patient/rosa' },
    };
    const own = {
      ...plan,
      title: 'Rosa gets out of the house',
      contained: [...(plan.contained ?? []), walk],
      goal: [...(plan.goal ?? []), { reference: '#walk' }],
    };
    const { status, body } = await server().http.post('/fhir/CarePlan/$enact').send(own);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.title, 'Rosa gets out of the house');
    const goal: Goal = await get(body.goal[1].reference);
    assert.deepEqual([goal.description.text, goal.lifecycleStatus], ['Walk 20 minutes a day', 'accepted']);
  });

  it('stores proposals with status=draft', async () => {
    const { body } = await enact('rosa', { status: 'draft' });
    const goal: Goal = await get(body.goal[0].reference);
    assert.deepEqual([body.status, goal.lifecycleStatus], ['draft', 'proposed']);
  });

  it('is called by POST, stores nothing when something is wrong', async () => {
    await get('PlanDefinition/depression-stepped-care/$enact?subject=Patient/rosa', 405);
    const before = await count('CarePlan', 'rosa');
    assert.equal((await enact('rosa', { status: 'done' })).status, 400);
    const plan: CarePlan = await get('PlanDefinition/depression-stepped-care/$apply?subject=Patient/rosa');
    const person = { resourceType: 'Patient', id: 'somebody' } as const;
    const wrong = {
      ...plan,
      contained: [...(plan.contained ?? []), person],
      contributor: [{ reference: '#somebody' }],
    };
    const { status, body } = await server().http.post('/fhir/CarePlan/$enact').send(wrong);
    assert.equal(status, 422);
    assert.match(body.issue[0].diagnostics, /contained\[1\] is a Patient/);
    assert.equal(await count('CarePlan', 'rosa'), before);
  });
});
