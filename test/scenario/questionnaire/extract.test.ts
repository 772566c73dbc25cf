/** QuestionnaireResponse/$extract. https://hl7.org/fhir/uv/sdc/extraction.html */
import { strict as assert } from 'node:assert';
import type {
  Bundle,
  Extension,
  OperationOutcome,
  Parameters,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from '../../../resources/types.ts';
import { onEveryDatabase } from '../../server-under-test.ts';
import { phq9Cases, responseOf } from '../../spec/phq9-cases.ts';
import { core, fhirpath, form, launch, practice, query, sdc } from './forms.ts';

type Entry = NonNullable<Bundle['entry']>[number];
type Found = Record<string, unknown> & { readonly resourceType: string; readonly id?: string };

const loinc = (code: string) => ({ system: 'http://loinc.org', code });
const kilogram: Extension = {
  url: core('questionnaire-unit'),
  valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg' },
};
const extracted = (value: boolean | string = true): Extension => ({
  url: sdc('observationExtract'),
  ...(typeof value === 'boolean' ? { valueBoolean: value } : { valueCode: value }),
});
const maria = { reference: 'Patient/maria' };
const ana = { reference: 'Practitioner/ana' };

const answered = (
  linkId: string,
  ...answer: readonly QuestionnaireResponseItemAnswer[]
): QuestionnaireResponseItem => ({ linkId, answer: [...answer] });
const group = (linkId: string, ...item: readonly QuestionnaireResponseItem[]): QuestionnaireResponseItem => ({
  linkId,
  item: [...item],
});

const to = (type: string, path = ''): string =>
  `http://hl7.org/fhir/StructureDefinition/${type}${path && `#${type}.${path}`}`;
const resource = (definition: string, more: Readonly<Record<string, string>> = {}): Extension => ({
  url: sdc('definitionExtract'),
  extension: [
    { url: 'definition', valueCanonical: definition },
    ...Object.entries(more).map(([url, valueString]) => ({ url, valueString })),
  ],
});
const fixed = (definition: string, value: Omit<Extension, 'url'>): Extension => ({
  url: sdc('definitionExtractValue'),
  extension: [
    { url: 'definition', valueUri: definition },
    { url: 'fixed-value', ...value },
  ],
});
const computed = (definition: string, expression: string): Extension => ({
  url: sdc('definitionExtractValue'),
  extension: [
    { url: 'definition', valueUri: definition },
    { url: 'expression', valueExpression: { language: 'text/fhirpath', expression } },
  ],
});
const allocated = (valueString: string): Extension => ({ url: sdc('extractAllocateId'), valueString });

onEveryDatabase('$extract', (server) => {
  const send = async (path: string, body?: object, status = 200) => {
    const request = server().http.post(`/fhir/${path}`);
    const answer = await (body ? request.set('Content-Type', 'application/fhir+json').send(body) : request);
    assert.equal(answer.status, status, answer.text.slice(0, 2_000));
    return answer.body;
  };
  const read = ({ parameter = [] }: Parameters) => ({
    bundle: parameter.find(({ name }) => name === 'return')?.resource as Bundle | undefined,
    issues: (
      (parameter.find(({ name }) => name === 'issues')?.resource as OperationOutcome | undefined)?.issue ?? []
    ).map(({ diagnostics = '' }) => diagnostics),
  });
  const response = (
    item: readonly QuestionnaireResponseItem[],
    more: Partial<QuestionnaireResponse> = {},
  ): QuestionnaireResponse => ({
    resourceType: 'QuestionnaireResponse',
    id: 'answered',
    questionnaire: `${practice}/sent`,
    status: 'completed',
    subject: maria,
    author: ana,
    authored: '2026-03-02T09:30:00Z',
    item: [...item],
    ...more,
  });
  const extract = async (questionnaire: Questionnaire, said: QuestionnaireResponse) => {
    const body = await send('QuestionnaireResponse/$extract', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'questionnaire-response', resource: said },
        { name: 'questionnaire', resource: questionnaire },
      ],
    });
    const { bundle, issues } = read(body);
    const entries = (bundle?.entry ?? []) as readonly Entry[];
    const of = (type: string) =>
      entries.flatMap((entry) => (entry.resource?.resourceType === type ? [entry.resource as unknown as Found] : []));
    return { bundle, entries, issues, of };
  };
  /** Extracts from a form of these items. */
  const from = (
    items: readonly QuestionnaireItem[],
    said: readonly QuestionnaireResponseItem[],
    extension: readonly Extension[] = [],
    more: Partial<QuestionnaireResponse> = {},
    contained: NonNullable<Questionnaire['contained']> = [],
  ) =>
    extract(
      { ...form('sent', items, extension), ...(contained.length > 0 ? { contained } : {}) },
      response(said, more),
    );
  const count = async (search: string): Promise<number> =>
    (await server().http.get(`/fhir/${search}`)).body.total as number;

  before(async () => {
    for (const each of [
      {
        resourceType: 'Patient',
        id: 'maria',
        name: [{ family: 'Delgado' }],
        telecom: [{ system: 'phone', value: '555-0101' }],
        active: true,
      },
      { resourceType: 'Practitioner', id: 'ana' },
    ])
      assert.ok((await server().http.put(`/fhir/${each.resourceType}/${each.id}`).send(each)).status < 300);
  });

  describe('for an instrument', () => {
    for (const name of ['a total of 14', 'without item 8, self-harm reported'])
      it(`gives the very resources that scoring stores: ${name}`, async () => {
        const found = phq9Cases.find((each) => each.name === name);
        assert.ok(found);
        const said = { ...responseOf(found), subject: maria, authored: '2026-03-02T09:30:00Z' };
        const { id } = await send('QuestionnaireResponse', said, 201);
        const search = `Observation?derived-from=QuestionnaireResponse/${id}`;
        const stored = (await server().http.get(`/fhir/${search}`)).body.entry as Entry[];
        const { bundle } = read(await send(`QuestionnaireResponse/${id}/$extract`));
        const plain = (entries: readonly Entry[] = []) =>
          entries
            .map((entry) => ({ ...(entry.resource as unknown as Found), meta: undefined }))
            .sort((a, b) => String(a.id).localeCompare(String(b.id)));
        assert.deepEqual(plain(bundle?.entry), plain(stored));
        const versions = stored.map((entry) => entry.resource?.meta?.versionId);
        await send('', bundle);
        assert.equal(await count(search), stored.length);
        assert.ok(versions.every((version) => version === '1'));
      });

    it('tells that the total of the example of SDC is 10, not 13', async () => {
      const codes = ['44250-9', '44255-8', '44259-0', '44254-1', '44251-7', '44258-2', '44252-5', '44253-3', '44260-8'];
      const points = [
        'LA6568-5',
        'LA6568-5',
        'LA6568-5',
        'LA6569-3',
        'LA6570-1',
        'LA6569-3',
        'LA6571-9',
        'LA6570-1',
        'LA6569-3',
      ];
      const said = response(
        [
          ...codes.map((code, at) => answered(`/${code}`, { valueCoding: loinc(points[at] ?? '') })),
          answered('/44261-6', { valueDecimal: 13 }),
        ],
        { questionnaire: 'http://loinc.org/q/44249-1' },
      );
      const { bundle, issues } = read(await send('QuestionnaireResponse/$extract', said));
      assert.match(issues.join(), /states a total of 13; its answers add up to 10/);
      const total = bundle?.entry
        ?.map((entry) => entry.resource as unknown as Found)
        .find(({ valueQuantity }) => valueQuantity);
      assert.deepEqual(total?.valueQuantity, {
        value: 10,
        unit: '{score}',
        system: 'http://unitsofmeasure.org',
        code: '{score}',
      });
    });
  });

  describe('by observations', () => {
    const weight: QuestionnaireItem = {
      linkId: 'weight',
      type: 'decimal',
      text: 'Weight',
      code: [loinc('29463-7'), loinc('3141-9')],
      extension: [extracted(), kilogram],
    };

    it('gives an Observation with what the response says of the circumstances', async () => {
      const { of, entries, issues } = await from([weight], [answered('weight', { valueDecimal: 71.5 })], [], {
        encounter: { reference: 'Encounter/visit' },
        basedOn: [{ reference: 'ServiceRequest/asked' }],
        partOf: [{ reference: 'Procedure/part' }, { reference: 'Observation/other' }],
      });
      assert.deepEqual(issues, []);
      const [observation, ...others] = of('Observation');
      assert.deepEqual(others, []);
      assert.deepEqual(
        { ...observation, id: undefined },
        {
          resourceType: 'Observation',
          id: undefined,
          status: 'final',
          basedOn: [{ reference: 'ServiceRequest/asked' }],
          partOf: [{ reference: 'Procedure/part' }],
          code: { coding: [loinc('29463-7'), loinc('3141-9')], text: 'Weight' },
          subject: maria,
          encounter: { reference: 'Encounter/visit' },
          effectiveDateTime: '2026-03-02T09:30:00Z',
          issued: '2026-03-02T09:30:00Z',
          performer: [ana],
          valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
          derivedFrom: [{ reference: 'QuestionnaireResponse/answered' }],
        },
      );
      assert.deepEqual(entries[0]?.request, { method: 'PUT', url: `Observation/${observation?.id}` });
      const [provenance] = of('Provenance');
      assert.deepEqual(provenance?.target, [{ reference: `Observation/${observation?.id}` }]);
      assert.deepEqual(provenance?.entity, [{ role: 'source', what: { reference: 'QuestionnaireResponse/answered' } }]);
    });

    const values: readonly [QuestionnaireItem['type'], QuestionnaireResponseItemAnswer, object | undefined][] = [
      ['boolean', { valueBoolean: false }, { valueBoolean: false }],
      ['integer', { valueInteger: 3 }, { valueInteger: 3 }],
      ['decimal', { valueDecimal: 3.5 }, { valueQuantity: { value: 3.5 } }],
      ['date', { valueDate: '2026-01-01' }, { valueDateTime: '2026-01-01' }],
      ['time', { valueTime: '10:00:00' }, { valueTime: '10:00:00' }],
      ['string', { valueString: 'x' }, { valueString: 'x' }],
      [
        'choice',
        {
          valueCoding: {
            ...loinc('LA33-6'),
            display: 'Yes',
            extension: [{ url: core('itemWeight'), valueDecimal: 1 }],
          },
        },
        { valueCodeableConcept: { coding: [{ ...loinc('LA33-6'), display: 'Yes' }], text: 'Yes' } },
      ],
      ['quantity', { valueQuantity: { value: 2, unit: 'm' } }, { valueQuantity: { value: 2, unit: 'm' } }],
      ['reference', { valueReference: ana }, undefined],
    ];
    for (const [type, answer, expected] of values)
      it(`a ${type} is ${JSON.stringify(expected) ?? 'no value of an Observation, and told'}`, async () => {
        const { of, issues } = await from(
          [{ linkId: 'x', type, code: [loinc('1-8')], extension: [extracted()] }],
          [answered('x', answer)],
        );
        const [observation] = of('Observation');
        const [name] = Object.keys(observation ?? {}).filter((each) => each.startsWith('value'));
        assert.deepEqual(name === undefined ? undefined : { [name]: observation?.[name] }, expected);
        assert.equal(
          issues.some((text) => text.includes("'x'")),
          expected === undefined,
        );
      });

    it('is inherited, turned off and on, and chooses among codes', async () => {
      const item = (linkId: string, ...extension: readonly Extension[]): QuestionnaireItem => ({
        linkId,
        type: 'integer',
        code: [loinc(linkId)],
        extension: [...extension],
      });
      const marked = { ...loinc('marked'), extension: [extracted()] };
      const unmarked = { ...loinc('unmarked'), extension: [extracted(false)] };
      const { of } = await from(
        [
          {
            linkId: 'g',
            type: 'group',
            item: [
              item('1-1'),
              item('2-2', extracted(false)),
              {
                linkId: 'off',
                type: 'group',
                extension: [extracted(false)],
                item: [item('3-3'), item('4-4', extracted())],
              },
            ],
          },
          { linkId: 'one', type: 'integer', code: [loinc('other'), marked] },
          { linkId: 'two', type: 'integer', code: [loinc('other'), unmarked] },
          { linkId: 'none', type: 'integer' },
        ],
        [
          group(
            'g',
            answered('1-1', { valueInteger: 1 }),
            answered('2-2', { valueInteger: 1 }),
            group('off', answered('3-3', { valueInteger: 1 }), answered('4-4', { valueInteger: 1 })),
          ),
          ...['one', 'two', 'none'].map((linkId) => answered(linkId, { valueInteger: 1 })),
        ],
        [extracted()],
      );
      const codes = of('Observation').map(({ code }) =>
        (code as { coding: { code: string }[] }).coding.map((coding) => coding.code).join(),
      );
      assert.deepEqual(codes, ['1-1', '4-4', 'marked', 'other']);
    });

    it('has the category that is nearest', async () => {
      const category = (text: string): Extension => ({
        url: sdc('observation-extract-category'),
        valueCodeableConcept: { text },
      });
      const { of } = await from(
        [weight, { ...weight, linkId: 'own', extension: [category('vital-signs'), category('weight')] }],
        [answered('weight', { valueDecimal: 1 }), answered('own', { valueDecimal: 1 })],
        [extracted(), category('survey')],
      );
      assert.deepEqual(
        of('Observation').map((each) => each.category),
        [[{ text: 'survey' }], [{ text: 'vital-signs' }, { text: 'weight' }]],
      );
    });

    it('gives each of several answers its Observation, and none for an item that is not answered or not enabled', async () => {
      const { of } = await from(
        [
          { ...weight, repeats: true },
          { ...weight, linkId: 'empty' },
          { ...weight, linkId: 'disabled', enableWhen: [{ question: 'weight', operator: '=', answerDecimal: 5 }] },
        ],
        [
          answered('weight', { valueDecimal: 1 }, { valueDecimal: 2 }),
          group('empty'),
          answered('disabled', { valueDecimal: 9 }),
        ],
      );
      assert.deepEqual(
        of('Observation').map((each) => (each.valueQuantity as { value: number }).value),
        [1, 2],
      );
      assert.equal(new Set(of('Observation').map(({ id }) => id)).size, 2);
    });

    it('puts components and members under their group', async () => {
      const pressure = (relation: string): QuestionnaireItem => ({
        linkId: 'bp',
        type: 'group',
        code: [loinc('85354-9')],
        extension: [extracted()],
        item: ['8480-6', '8462-4'].map((code) => ({
          linkId: code,
          type: 'integer',
          code: [loinc(code)],
          extension: [extracted(relation)],
        })),
      });
      const said = [group('bp', answered('8480-6', { valueInteger: 120 }), answered('8462-4', { valueInteger: 80 }))];
      const component = await from([pressure('component')], said);
      assert.deepEqual(
        component.of('Observation').map((each) => each.component),
        [
          [
            { code: { coding: [loinc('8480-6')] }, valueInteger: 120 },
            { code: { coding: [loinc('8462-4')] }, valueInteger: 80 },
          ],
        ],
      );
      const member = await from([pressure('member')], said);
      const [panel, ...members] = member.of('Observation');
      assert.deepEqual(
        panel?.hasMember,
        members.map(({ id }) => ({ reference: `Observation/${id}` })),
      );
      assert.equal(members.length, 2);
      const independent = await from([pressure('independent')], said);
      assert.equal(independent.of('Observation').length, 2);
    });

    it('has the same id when another question is answered beside it', async () => {
      const forms = [{ linkId: 'before', type: 'string' } as const, weight];
      const weighed = answered('weight', { valueDecimal: 1 });
      const alone = await from(forms, [weighed]);
      const both = await from(forms, [answered('before', { valueString: 'x' }), weighed]);
      assert.equal(both.of('Observation')[0]?.id, alone.of('Observation')[0]?.id);
    });

    it('amends what an amended response says, under the same ids', async () => {
      const said = [answered('weight', { valueDecimal: 1 })];
      const first = await from([weight], said);
      const second = await from([weight], [answered('weight', { valueDecimal: 2 })], [], { status: 'amended' });
      assert.deepEqual(
        second.of('Observation').map(({ id, status }) => [id, status]),
        [[first.of('Observation')[0]?.id, 'amended']],
      );
    });
  });

  describe('by definitions', () => {
    const person: QuestionnaireItem = {
      linkId: 'person',
      type: 'group',
      extension: [resource(to('Patient'), { fullUrl: '%NewPatient' })],
      item: [
        {
          linkId: 'name',
          type: 'group',
          repeats: true,
          definition: to('Patient', 'name'),
          extension: [
            computed(to('Patient', 'name.text'), "item.where(linkId in ('given' | 'family')).answer.value.join(' ')"),
          ],
          item: [
            { linkId: 'given', type: 'string', repeats: true, definition: to('Patient', 'name.given') },
            { linkId: 'family', type: 'string', definition: to('Patient', 'name.family') },
          ],
        },
        { linkId: 'gender', type: 'choice', definition: to('Patient', 'gender') },
        { linkId: 'born', type: 'date', definition: to('Patient', 'birthDate') },
        {
          linkId: 'mrn',
          type: 'string',
          definition: to('Patient', 'identifier.value'),
          extension: [
            fixed(to('Patient', 'identifier.system'), { valueUri: 'https://practice.example/mrn' }),
            fixed(to('Patient', 'identifier.type'), { valueCodeableConcept: { text: 'Number' } }),
          ],
        },
        {
          linkId: 'phone',
          type: 'string',
          repeats: true,
          definition: to('Patient', 'telecom.value'),
          extension: [fixed(to('Patient', 'telecom.system'), { valueCode: 'phone' })],
        },
      ],
    };
    const contact: QuestionnaireItem = {
      linkId: 'contact',
      type: 'group',
      repeats: true,
      extension: [resource(to('RelatedPerson')), computed(to('RelatedPerson', 'patient.reference'), '%NewPatient')],
      item: [
        { linkId: 'contact-name', type: 'string', definition: to('RelatedPerson', 'name.text') },
        { linkId: 'relation', type: 'choice', definition: to('RelatedPerson', 'relationship.coding') },
      ],
    };
    const height: QuestionnaireItem = {
      linkId: 'height',
      type: 'decimal',
      definition: to('Observation', 'value[x]:valueQuantity.value'),
      extension: [
        resource(to('Observation')),
        fixed(to('Observation', 'status'), { valueCode: 'final' }),
        fixed(to('Observation', 'code'), { valueCodeableConcept: { coding: [loinc('8302-2')] } }),
        fixed(to('Observation', 'category.coding'), {
          valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        }),
        fixed(to('Observation', 'valueQuantity.unit'), { valueString: 'cm' }),
        computed(to('Observation', 'subject.reference'), '%NewPatient'),
        computed(to('Observation', 'effective[x]'), '%resource.authored'),
      ],
    };
    const intake = [person, contact, height];
    const said = [
      group(
        'person',
        group(
          'name',
          answered('given', { valueString: 'Elena' }, { valueString: 'Sofia' }),
          answered('family', { valueString: 'Marin' }),
        ),
        group('name', answered('given', { valueString: 'Lena' })),
        answered('gender', {
          valueCoding: { system: 'http://hl7.org/fhir/administrative-gender', code: 'female', display: 'Female' },
        }),
        answered('born', { valueDate: '1990-02-01' }),
        answered('mrn', { valueString: '4711' }),
        answered('phone', { valueString: '555-1' }, { valueString: '555-2' }),
      ),
      group(
        'contact',
        answered('contact-name', { valueString: 'Ivo' }),
        answered('relation', { valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'N' } }),
      ),
      group('contact', answered('contact-name', { valueString: 'Rada' })),
      answered('height', { valueDecimal: 168 }),
    ];

    it('fills resources element by element, one for each repetition, and joins them by allocated ids', async () => {
      const { of, entries, issues } = await from(intake, said, [allocated('NewPatient')]);
      assert.deepEqual(issues, []);
      const { meta: _meta, ...patient } = of('Patient')[0] as Found;
      assert.deepEqual(patient, {
        resourceType: 'Patient',
        name: [
          { given: ['Elena', 'Sofia'], family: 'Marin', text: 'Elena Sofia Marin' },
          { given: ['Lena'], text: 'Lena' },
        ],
        gender: 'female',
        birthDate: '1990-02-01',
        identifier: [{ value: '4711', system: 'https://practice.example/mrn', type: { text: 'Number' } }],
        telecom: [
          { value: '555-1', system: 'phone' },
          { value: '555-2', system: 'phone' },
        ],
      });
      const [entry] = entries;
      assert.match(entry?.fullUrl ?? '', /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.equal(entry?.request?.method, 'POST');
      assert.equal(entry?.request?.url, 'Patient');
      assert.match(entry?.request?.ifNoneExist ?? '', /^_tag=/);
      const people = of('RelatedPerson');
      assert.deepEqual(
        people.map(({ name }) => name),
        [[{ text: 'Ivo' }], [{ text: 'Rada' }]],
      );
      assert.ok(people.every(({ patient: of }) => (of as { reference: string }).reference === entry?.fullUrl));
      assert.deepEqual(people[0]?.relationship, [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'N' }] },
      ]);
      const [observation] = of('Observation');
      assert.deepEqual(observation?.valueQuantity, { value: 168, unit: 'cm' });
      assert.equal(observation?.effectiveDateTime, '2026-03-02T09:30:00Z');
      assert.deepEqual(observation?.category, [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
      ]);
    });

    it('is stored by sending the Bundle, and sending it again stores no second copy', async () => {
      const { bundle } = await from(intake, said, [allocated('NewPatient')]);
      await send(
        'QuestionnaireResponse',
        response(said, { id: 'answered', questionnaire: `${practice}/unknown` }),
        201,
      );
      const again = (await from(intake, said, [allocated('NewPatient')])).bundle;
      assert.deepEqual(again, bundle);
      await send('', bundle);
      await send('', again);
      assert.equal(await count('Patient?identifier=https://practice.example/mrn|4711'), 1);
      assert.equal(await count('RelatedPerson?name=ivo,rada'), 2);
      const [{ resource: patient }] = (
        await server().http.get('/fhir/Patient?identifier=https://practice.example/mrn|4711')
      ).body.entry;
      assert.equal(await count(`RelatedPerson?patient=${patient.id}`), 2);
      assert.equal(await count(`Observation?subject=Patient/${patient.id}`), 1);
      assert.equal(await count(`Provenance?target=Patient/${patient.id}`), 1);
    });

    it('updates what a hidden item names by its id', async () => {
      const known: QuestionnaireItem = {
        ...person,
        item: [...(person.item ?? []), { linkId: 'id', type: 'string', definition: to('Patient', 'id') }],
      };
      const { entries } = await from(
        [known],
        [group('person', answered('id', { valueString: 'maria' }), answered('born', { valueDate: '1990-02-01' }))],
        [allocated('NewPatient')],
      );
      assert.deepEqual(entries[0]?.request, { method: 'PUT', url: 'Patient/maria' });
      assert.equal((entries[0]?.resource as unknown as Found | undefined)?.birthDate, '1990-02-01');
    });

    it('is given the terms of its entry by expressions', async () => {
      const conditional: QuestionnaireItem = {
        ...person,
        extension: [
          resource(to('Patient'), { ifNoneExist: "'identifier=' + item.where(linkId = 'mrn').answer.value" }),
        ],
      };
      const { entries } = await from([conditional], [group('person', answered('mrn', { valueString: '4712' }))]);
      assert.equal(entries[0]?.request?.ifNoneExist, 'identifier=4712');
      assert.equal(entries[0]?.resource?.meta, undefined);
    });

    it('extracts at the root even without answers, and elsewhere only with them', async () => {
      const flag = [
        resource(to('Flag')),
        fixed(to('Flag', 'status'), { valueCode: 'active' }),
        computed(to('Flag', 'subject'), '%resource.subject'),
      ];
      const { of } = await from([person], [], flag);
      assert.deepEqual(of('Patient'), []);
      assert.deepEqual(
        { ...of('Flag')[0], meta: undefined },
        { resourceType: 'Flag', status: 'active', subject: maria, meta: undefined },
      );
    });

    it('keeps what a stored resource has, where the older context finds one', async () => {
      const older: QuestionnaireItem = {
        linkId: 'me',
        type: 'group',
        extension: [
          query(
            sdc('itemExtractionContext'),
            'Patient?_id={{%resource.subject.reference.replace("Patient/", "")}}'.replaceAll('"', "'"),
          ),
        ],
        item: [{ linkId: 'phone', type: 'string', definition: to('Patient', 'telecom.value') }],
      };
      const { entries, issues } = await from([older], [group('me', answered('phone', { valueString: '555-9' }))]);
      assert.deepEqual(issues, []);
      assert.deepEqual(entries[0]?.request, { method: 'PUT', url: 'Patient/maria', ifMatch: 'W/"1"' });
      const patient = entries[0]?.resource as unknown as Found;
      assert.deepEqual(
        [patient.active, patient.name, patient.telecom],
        [true, [{ family: 'Delgado' }], [{ value: '555-9' }]],
      );
      const byType = await from(
        [{ ...older, extension: [{ url: sdc('itemExtractionContext'), valueCode: 'Patient' }] }],
        [group('me', answered('phone', { valueString: '555-9' }))],
      );
      assert.equal(byType.entries[0]?.request?.method, 'POST');
    });

    it('puts what a profile fixes: in slices, and where it is required', async () => {
      const url = 'https://practice.example/StructureDefinition/member';
      const profile = {
        resourceType: 'StructureDefinition',
        id: 'member',
        url,
        name: 'Member',
        status: 'active',
        kind: 'resource',
        abstract: false,
        type: 'Patient',
        baseDefinition: to('Patient'),
        derivation: 'constraint',
        differential: {
          element: [
            { id: 'Patient', path: 'Patient' },
            {
              id: 'Patient.identifier',
              path: 'Patient.identifier',
              slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' },
            },
            { id: 'Patient.identifier:plan', path: 'Patient.identifier', sliceName: 'plan', min: 1 },
            {
              id: 'Patient.identifier:plan.system',
              path: 'Patient.identifier.system',
              min: 1,
              fixedUri: 'https://plan.example/member',
            },
            { id: 'Patient.active', path: 'Patient.active', min: 1, fixedBoolean: true },
          ],
        },
      };
      assert.ok((await server().http.put('/fhir/StructureDefinition/member').send(profile)).status < 300);
      const member: QuestionnaireItem = {
        linkId: 'g',
        type: 'group',
        extension: [resource(url)],
        item: [{ linkId: 'number', type: 'string', definition: `${url}#Patient.identifier:plan.value` }],
      };
      const { of } = await from([member], [group('g', answered('number', { valueString: 'P-1' }))]);
      const [patient] = of('Patient');
      assert.deepEqual(patient?.identifier, [{ value: 'P-1', system: 'https://plan.example/member' }]);
      assert.equal(patient?.active, true);
      assert.deepEqual((patient?.meta as { profile: string[] } | undefined)?.profile, [url]);
    });

    it('tells what does not fit, and extracts the rest', async () => {
      const { of, issues } = await from(
        [
          {
            ...person,
            item: [
              { linkId: 'born', type: 'date', definition: to('Patient', 'birthDate') },
              { linkId: 'shoe', type: 'string', definition: to('Patient', 'shoeSize') },
              { linkId: 'flag', type: 'boolean', definition: to('Patient', 'gender') },
              {
                linkId: 'bad',
                type: 'string',
                extension: [
                  computed(to('Patient', 'language'), '%nobody'),
                  fixed(to('Goal', 'description'), { valueString: 'x' }),
                ],
              },
              { linkId: 'two', type: 'string', repeats: true, definition: to('Patient', 'maritalStatus.text') },
            ],
          },
          {
            linkId: 'else',
            type: 'group',
            extension: [resource('https://practice.example/StructureDefinition/none')],
            item: [{ linkId: 'y', type: 'string' }],
          },
        ],
        [
          group(
            'person',
            answered('born', { valueDate: '1990-02-01' }),
            answered('shoe', { valueString: '38' }),
            answered('flag', { valueBoolean: true }),
            answered('bad', { valueString: 'x' }),
            answered('two', { valueString: 'x' }, { valueString: 'y' }),
          ),
          group('else', answered('y', { valueString: 'x' })),
        ],
        [allocated('NewPatient')],
      );
      assert.equal(of('Patient')[0]?.birthDate, '1990-02-01');
      for (const reason of [
        /Patient has no element shoeSize/,
        /nobody/,
        /takes one value, and there are 2/,
        /none is no resource type and no profile/,
      ])
        assert.match(issues.join('\n'), reason);
    });
  });

  describe('by templates', () => {
    const value = (expression: string) => ({
      extension: [{ url: sdc('templateExtractValue'), valueString: expression }],
    });
    const context = (expression: string) => ({ url: sdc('templateExtractContext'), valueString: expression });
    const template = {
      resourceType: 'Patient',
      id: 'person',
      identifier: [
        {
          extension: [context("item.where(linkId = 'mrn').answer.value")],
          system: 'https://practice.example/mrn',
          _value: value('first()'),
        },
      ],
      name: [
        {
          extension: [context("item.where(linkId = 'name')")],
          _family: value("item.where(linkId = 'family').answer.value"),
          _given: [value("item.where(linkId = 'given').answer.value")],
        },
      ],
      gender: 'unknown',
      _gender: value("item.where(linkId = 'gender').answer.value.code"),
      active: true,
    };
    const relative = {
      resourceType: 'RelatedPerson',
      id: 'relative',
      patient: { _reference: value('%NewPatient') },
      name: [{ _text: value("item.where(linkId = 'contact-name').answer.value") }],
    };
    const use = (id: string, more: Readonly<Record<string, string>> = {}): Extension => ({
      url: sdc('templateExtract'),
      extension: [
        { url: 'template', valueReference: { reference: `#${id}` } },
        ...Object.entries(more).map(([url, valueString]) => ({ url, valueString })),
      ],
    });
    const items: readonly QuestionnaireItem[] = [
      {
        linkId: 'person',
        type: 'group',
        extension: [use('person', { fullUrl: '%NewPatient' })],
        item: [
          { linkId: 'mrn', type: 'string' },
          { linkId: 'gender', type: 'choice' },
          {
            linkId: 'name',
            type: 'group',
            repeats: true,
            item: [
              { linkId: 'given', type: 'string', repeats: true },
              { linkId: 'family', type: 'string' },
            ],
          },
        ],
      },
      {
        linkId: 'contact',
        type: 'group',
        repeats: true,
        extension: [use('relative')],
        item: [{ linkId: 'contact-name', type: 'string' }],
      },
    ];
    const templates = [template, relative] as unknown as NonNullable<Questionnaire['contained']>;

    it('replaces values, leaves out what has none, and repeats by context', async () => {
      const { of, entries, issues } = await from(
        items,
        [
          group(
            'person',
            answered('gender', { valueCoding: { code: 'female' } }),
            group(
              'name',
              answered('given', { valueString: 'Elena' }, { valueString: 'Sofia' }),
              answered('family', { valueString: 'Marin' }),
            ),
            group('name', answered('given', { valueString: 'Lena' })),
          ),
          group('contact', answered('contact-name', { valueString: 'Ivo' })),
          group('contact', answered('contact-name', { valueString: 'Rada' })),
        ],
        [allocated('NewPatient')],
        {},
        templates,
      );
      assert.deepEqual(issues, []);
      const { meta: _meta, ...patient } = of('Patient')[0] as Found;
      assert.deepEqual(patient, {
        resourceType: 'Patient',
        name: [{ family: 'Marin', given: ['Elena', 'Sofia'] }, { given: ['Lena'] }],
        gender: 'female',
        active: true,
      });
      assert.deepEqual(
        of('RelatedPerson').map(({ name, patient: whose }) => [name, whose]),
        [
          [[{ text: 'Ivo' }], { reference: entries[0]?.fullUrl }],
          [[{ text: 'Rada' }], { reference: entries[0]?.fullUrl }],
        ],
      );
      const parsed = await send('', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: entries.filter(({ resource: each }) => each?.resourceType !== 'Provenance'),
      });
      assert.equal(parsed.type, 'transaction-response');
    });

    it('takes a whole Bundle as a template', async () => {
      const bundle = {
        resourceType: 'Bundle',
        id: 'all',
        type: 'transaction',
        entry: [
          {
            extension: [context("item.where(linkId = 'contact')")],
            fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
            resource: {
              resourceType: 'RelatedPerson',
              patient: maria,
              name: [{ _text: value("item.where(linkId = 'contact-name').answer.value") }],
            },
            request: { method: 'POST', url: 'RelatedPerson' },
          },
        ],
      };
      const { of, entries } = await from(
        [{ linkId: 'contact', type: 'group', repeats: true, item: [{ linkId: 'contact-name', type: 'string' }] }],
        [
          group('contact', answered('contact-name', { valueString: 'Ivo' })),
          group('contact', answered('contact-name', { valueString: 'Rada' })),
        ],
        [{ url: sdc('templateExtractBundle'), valueReference: { reference: '#all' } }],
        {},
        [bundle] as unknown as NonNullable<Questionnaire['contained']>,
      );
      assert.deepEqual(
        of('RelatedPerson').map(({ name }) => name),
        [[{ text: 'Ivo' }], [{ text: 'Rada' }]],
      );
      assert.equal(new Set(entries.map(({ request }) => request?.ifNoneExist ?? '')).size, 3);
    });
  });

  describe('of what cannot be extracted', () => {
    it('says that there is nothing', async () => {
      const { bundle, issues } = await from(
        [{ linkId: 'a', type: 'string' }],
        [answered('a', { valueString: 'x' })],
        [launch('patient', 'Patient'), fhirpath(core('variable'), '1', 'x')],
      );
      assert.equal(bundle, undefined);
      assert.match(issues.join(), /nothing to extract/);
    });

    it('refuses a response that is not finished, not there, or to an unknown form', async () => {
      const wrong = (said: object, status: number) => send('QuestionnaireResponse/$extract', said, status);
      for (const status of ['in-progress', 'entered-in-error', 'stopped'])
        await wrong(response([], { status: status as 'stopped' }), 422);
      await wrong(response([], { questionnaire: 'https://practice.example/none' }), 422);
      await wrong({ resourceType: 'QuestionnaireResponse', status: 'completed' }, 422);
      await wrong({ resourceType: 'Parameters', parameter: [] }, 400);
      await wrong({ resourceType: 'QuestionnaireResponse', status: 'completed', item: 'x' }, 400);
      await wrong(response([{ linkId: 'x', answer: {} } as never]), 400);
      await send('QuestionnaireResponse/nobody/$extract', undefined, 404);
    });
  });
});
