/** $graphql. http://hl7.org/fhir/R4/graphql.html */
import { strict as assert } from 'node:assert';
import { buildClientSchema, getIntrospectionQuery, parse, validate, validateSchema } from 'graphql';
import { onEveryDatabase } from '../server-under-test.ts';

const chalmers = {
  resourceType: 'Patient',
  id: 'example',
  identifier: [{ system: 'urn:oid:1.2.36.146.595.217.0.1', value: '12345' }],
  active: true,
  name: [
    { use: 'official', family: 'Chalmers', given: ['Peter', 'James'] },
    { use: 'usual', given: ['Jim'] },
    { use: 'maiden', family: 'Windsor', given: ['Peter', 'James'] },
  ],
  telecom: [{ system: 'phone', value: '555' }],
  gender: 'male',
  birthDate: '1974-12-25',
  _birthDate: {
    extension: [
      { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: '1974-12-25T14:35:45-05:00' },
    ],
  },
  managingOrganization: { reference: 'Organization/clinic' },
  generalPractitioner: [{ reference: 'Practitioner/jonas' }, { display: 'somebody' }],
};

const observation = (id: string, value: string, more: object = {}) =>
  `{"resourceType":"Observation","id":"${id}","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
  "subject":{"reference":"Patient/example"},"effectiveDateTime":"2024-03-0${id.at(-1)}",
  "valueQuantity":{"value":${value},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}${JSON.stringify(more).replace(/^\{\}$|^\{|\}$/g, (found) => (found === '{' ? ',' : ''))}}`;

const world = [
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic, North' },
  { resourceType: 'Practitioner', id: 'jonas', name: [{ family: 'Brandt' }] },
  chalmers,
  { resourceType: 'Patient', id: 'other', name: [{ family: 'Chalmers' }], gender: 'female' },
  {
    resourceType: 'Condition',
    id: 'flu',
    subject: { reference: 'Patient/example' },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { text: 'Influenza' },
    asserter: { reference: 'Practitioner/nobody' },
  },
  {
    resourceType: 'MedicationRequest',
    id: 'contained',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/example' },
    contained: [{ resourceType: 'Medication', id: 'med', code: { text: 'Sertraline' } }],
    medicationReference: { reference: '#med' },
  },
];

onEveryDatabase('$graphql', (server) => {
  before(async () => {
    for (const each of world) {
      const { status, text } = await server().http.put(`/fhir/${each.resourceType}/${each.id}`).send(each);
      assert.equal(status, 201, text);
    }
    for (const [id, value] of [
      ['weight-1', '80.0'],
      ['weight-2', '81.50'],
      ['weight-3', '79'],
    ] as const) {
      const put = server().http.put(`/fhir/Observation/${id}`).set('Content-Type', 'application/fhir+json');
      assert.equal((await put.send(observation(id, value))).status, 201);
    }
  });

  const ask = async (query: string, path = '', variables: object = {}) => {
    const response = await server().http.post(`/fhir/${path}$graphql`).send({ query, variables });
    assert.match(response.headers['content-type'] ?? '', /^application\/json/);
    return response;
  };
  const dataOf = async (query: string, path = '', variables: object = {}) => {
    const { status, body } = await ask(query, path, variables);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data;
  };
  const ofPatient = (query: string) => dataOf(query, 'Patient/example/');

  describe('fields of a resource', () => {
    it('are those that are asked for; what has no value is absent', async () => {
      assert.deepEqual(await ofPatient('{ id active name { text given family } deceasedBoolean }'), {
        id: 'example',
        active: true,
        name: [
          { given: ['Peter', 'James'], family: 'Chalmers' },
          { given: ['Jim'] },
          { given: ['Peter', 'James'], family: 'Windsor' },
        ],
      });
    });

    it('have the names of JSON, extensions of primitives among them', async () => {
      assert.deepEqual(await ofPatient('{ birthDate _birthDate { extension { valueDateTime } } }'), {
        birthDate: '1974-12-25',
        _birthDate: { extension: [{ valueDateTime: '1974-12-25T14:35:45-05:00' }] },
      });
    });

    it('keep the digits of decimals', async () => {
      const { text } = await ask('{ valueQuantity { value unit } }', 'Observation/weight-2/');
      assert.equal(text, '{"data":{"valueQuantity":{"value":81.50,"unit":"kg"}}}');
    });

    it('have aliases, types and fragments', async () => {
      const query = `{ kind: __typename resourceType ...names ... on Patient { sex: gender } }
        fragment names on Patient { name(use: usual) { __typename given } }`;
      assert.deepEqual(await ofPatient(query), {
        kind: 'Patient',
        resourceType: 'Patient',
        name: [{ __typename: 'HumanName', given: ['Jim'] }],
        sex: 'male',
      });
    });

    it('of one name are taken together', async () => {
      assert.deepEqual(await ofPatient('{ name(use: usual) { given } ... { name(use: usual) { use } } }'), {
        name: [{ given: ['Jim'], use: 'usual' }],
      });
    });

    for (const [query, expected] of [
      ['name(use: official) { family }', [{ family: 'Chalmers' }]],
      ['name(use: "maiden", family: "Windsor") { use }', [{ use: 'maiden' }]],
      ['name(given: "Jim") { use }', [{ use: 'usual' }]],
      ['name(fhirpath: "family.exists()") { use }', [{ use: 'official' }, { use: 'maiden' }]],
      ['name(fhirpath: "given.count() > 1 and family.startsWith(\'W\')") { use }', [{ use: 'maiden' }]],
      ['name(_count: 1, _offset: 1) { use }', [{ use: 'usual' }]],
      ['name(fhirpath: "family.exists()", _offset: 1) { use }', [{ use: 'maiden' }]],
      ['name(use: nickname) { use }', []],
    ] as const)
      it(`${query} chooses`, async () => {
        const data = await ofPatient(`{ ${query} }`);
        assert.deepEqual(data.name ?? [], expected);
      });
  });

  describe('references', () => {
    it('are resolved by resource', async () => {
      const query =
        '{ managingOrganization { reference resource { id name } } generalPractitioner { resource(optional: true) { ... on Practitioner { name { family } } } } }';
      assert.deepEqual(await ofPatient(query.replace('{ id name }', '{ id ... on Organization { name } }')), {
        managingOrganization: { reference: 'Organization/clinic', resource: { id: 'clinic', name: 'Clinic, North' } },
        generalPractitioner: [{ resource: { name: [{ family: 'Brandt' }] } }, {}],
      });
    });

    it('of several types are told apart by fragments, or by type', async () => {
      const condition = 'Condition/flu/';
      const expected = { subject: { resource: { birthDate: '1974-12-25' } } };
      const byFragment = '{ subject { resource { ... on Patient { birthDate } ... on Group { actual } } } }';
      assert.deepEqual(await dataOf(byFragment, condition), expected);
      const byType = '{ subject { resource(type: Patient) { birthDate } resource(type: Group) { actual } } }';
      assert.deepEqual(await dataOf(byType, condition), expected);
    });

    it('to contained resources are resolved', async () => {
      const query = '{ medicationReference { resource { ... on Medication { code { text } } } } }';
      assert.deepEqual(await dataOf(query, 'MedicationRequest/contained/'), {
        medicationReference: { resource: { code: { text: 'Sertraline' } } },
      });
    });

    it('that lead nowhere are an error, unless they are optional', async () => {
      const query = '{ asserter { reference resource { id } } }';
      const { status, body } = await ask(query, 'Condition/flu/');
      assert.equal(status, 404);
      assert.equal(body.data, null);
      assert.match(body.errors[0].message, /Practitioner\/nobody cannot be resolved/);
      assert.deepEqual(body.errors[0].locations, [{ line: 1, column: 24 }]);
      assert.equal(body.errors[0].extensions.resource.resourceType, 'OperationOutcome');
      assert.deepEqual(await dataOf(query.replace('resource', 'resource(optional: true)'), 'Condition/flu/'), {
        asserter: { reference: 'Practitioner/nobody' },
      });
    });
  });

  describe('searches', () => {
    it('read one resource by id', async () => {
      assert.deepEqual(await dataOf('{ Patient(id: example) { id active } }'), {
        Patient: { id: 'example', active: true },
      });
      const { status, body } = await ask('{ Patient(id: "nobody") { id } }');
      assert.equal(status, 404);
      assert.match(body.errors[0].message, /Patient\/nobody is not known/);
    });

    for (const [query, expected] of [
      ['PatientList(name: "chalm") { id }', ['example', 'other']],
      ['PatientList(name: "chalm", gender: female) { id }', ['other']],
      ['PatientList(_id: ["example", "other"]) { id }', ['example', 'other']],
      ['PatientList(gender: [male, female], _sort: "-gender") { id }', ['example', 'other']],
      ['PatientList(_filter: "name co \\"halm\\" and gender eq male") { id }', ['example']],
      ['PatientList(name: "chalm", fhirpath: "active") { id }', ['example']],
      ['ConditionList(clinical_status: active, patient: example) { id }', ['flu']],
      ['OrganizationList(name: "Clinic, N") { id }', ['clinic']],
      ['ObservationList(subject: "Patient/example", _sort: "-date", _count: 2) { id }', ['weight-3', 'weight-2']],
      ['ObservationList(date: "lt2024-03-02") { id }', ['weight-1']],
      ['PatientList(name: "zzz") { id }', []],
    ] as const)
      it(`${query}`, async () => {
        const data = await dataOf(`{ found: ${query} }`);
        assert.deepEqual(
          (data.found ?? []).map(({ id }: { id: string }) => id),
          expected,
        );
      });

    it('inside a resource find what refers to it', async () => {
      const data = await dataOf(
        '{ PatientList(_id: [example, other]) { id ObservationList(_reference: subject, _sort: date) { id } ConditionList(_reference: patient) { code { text } } } }',
      );
      assert.deepEqual(data.PatientList, [
        {
          id: 'example',
          ObservationList: [{ id: 'weight-1' }, { id: 'weight-2' }, { id: 'weight-3' }],
          ConditionList: [{ code: { text: 'Influenza' } }],
        },
        { id: 'other' },
      ]);
    });

    it('come in pages as connections, followed by their cursors', async () => {
      const fields = 'count offset pagesize first previous next last edges { mode resource { id } }';
      const query = `{ found: ObservationConnection(patient: example, _sort: "date", _count: 2) { ${fields} } }`;
      const { found } = await dataOf(query);
      const ids = (connection: { edges: readonly { mode: string; resource: { id: string } }[] }) =>
        connection.edges.map(({ resource }) => resource.id);
      assert.deepEqual(ids(found), ['weight-1', 'weight-2']);
      assert.deepEqual([found.count, found.offset, found.pagesize, found.edges[0].mode], [3, 0, 2, 'match']);
      assert.equal(found.previous, undefined);
      const follow = async (cursor: string) =>
        (
          await dataOf(`query ($c: String!) { found: ObservationConnection(_cursor: $c) { ${fields} } }`, '', {
            c: cursor,
          })
        ).found;
      const second = await follow(found.next);
      assert.deepEqual(ids(second), ['weight-3']);
      assert.deepEqual([second.count, second.offset, second.next], [3, 2, undefined]);
      assert.deepEqual(ids(await follow(second.previous)), ['weight-1', 'weight-2']);
    });

    it('inside a resource come in connections too, whose cursors are followed at the root', async () => {
      const { ObservationConnection: found } = await ofPatient(
        '{ ObservationConnection(_reference: patient, _count: 1) { next edges { resource { id } } } }',
      );
      assert.equal(found.edges.length, 1);
      const next = await dataOf(`{ ObservationConnection(_cursor: "${found.next}") { edges { resource { id } } } }`);
      assert.equal(next.ObservationConnection.edges.length, 1);
    });
  });

  describe('variables and directives', () => {
    it('skip and include', async () => {
      const query =
        'query ($id: ID!, $brief: Boolean = true) { Patient(id: $id) { id gender @skip(if: $brief) active @include(if: $brief) } }';
      assert.deepEqual(await dataOf(query, '', { id: 'example' }), { Patient: { id: 'example', active: true } });
      assert.deepEqual(await dataOf(query, '', { id: 'example', brief: false }), {
        Patient: { id: 'example', gender: 'male' },
      });
    });

    // http://hl7.org/fhir/R4/graphql.html#flattening : the examples of the specification
    for (const [query, expected] of [
      [
        '{ identifier @flatten { system value } active name @flatten { text given family } }',
        {
          system: ['urn:oid:1.2.36.146.595.217.0.1'],
          value: ['12345'],
          active: true,
          given: ['Peter', 'James', 'Jim', 'Peter', 'James'],
          family: ['Chalmers', 'Windsor'],
        },
      ],
      [
        '{ identifier @flatten { system value } active name @flatten { text given @first family } }',
        {
          system: ['urn:oid:1.2.36.146.595.217.0.1'],
          value: ['12345'],
          active: true,
          given: ['Peter', 'Jim', 'Peter'],
          family: ['Chalmers', 'Windsor'],
        },
      ],
      [
        '{ identifier @flatten { system @singleton value @singleton } active name @flatten @first { text given family @singleton } }',
        {
          system: 'urn:oid:1.2.36.146.595.217.0.1',
          value: '12345',
          active: true,
          given: ['Peter', 'James'],
          family: 'Chalmers',
        },
      ],
      [
        '{ name @flatten @slice(path: "use") { given family @singleton } }',
        {
          'given.official': ['Peter', 'James'],
          'family.official': 'Chalmers',
          'given.usual': ['Jim'],
          'given.maiden': ['Peter', 'James'],
          'family.maiden': 'Windsor',
        },
      ],
      [
        '{ name @flatten @slice(path: "$index") { given family @singleton } }',
        {
          'given.0': ['Peter', 'James'],
          'family.0': 'Chalmers',
          'given.1': ['Jim'],
          'given.2': ['Peter', 'James'],
          'family.2': 'Windsor',
        },
      ],
      [
        '{ telecom @slice(path: "system") @singleton { value } managingOrganization @flatten { resource @flatten { id } } }',
        { 'telecom.phone': { value: '555' }, id: 'clinic' },
      ],
    ] as const)
      it(query, async () => assert.deepEqual(await ofPatient(query), expected));
  });

  describe('ways to ask', () => {
    const query = '{ Patient(id: "example") { id } }';
    const expected = { data: { Patient: { id: 'example' } } };

    it('by GET', async () => {
      const { status, body } = await server().http.get(`/fhir/$graphql?query=${encodeURIComponent(query)}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body, expected);
    });

    it('by GET with operation name and variables', async () => {
      const text = encodeURIComponent(
        'query a { Patient(id: "other") { id } } query b($id: ID!) { Patient(id: $id) { id } }',
      );
      const variables = encodeURIComponent('{"id":"example"}');
      const { body } = await server().http.get(`/fhir/$graphql?query=${text}&operationName=b&variables=${variables}`);
      assert.deepEqual(body, expected);
    });

    it('by POST as application/graphql', async () => {
      const { body } = await server()
        .http.post('/fhir/$graphql')
        .set('Content-Type', 'application/graphql')
        .send(query);
      assert.deepEqual(body, expected);
    });

    it('by POST as Parameters', async () => {
      const { body } = await server()
        .http.post('/fhir/$graphql')
        .set('Content-Type', 'application/fhir+json')
        .send({ resourceType: 'Parameters', parameter: [{ name: 'query', valueString: query }] });
      assert.deepEqual(body, expected);
    });

    it('in a batch, where the answer is a Binary', async () => {
      const { body } = await server()
        .http.post('/fhir')
        .send({
          resourceType: 'Bundle',
          type: 'batch',
          entry: [{ request: { method: 'GET', url: `$graphql?query=${encodeURIComponent(query)}` } }],
        });
      const { resourceType, contentType, data } = body.entry[0].resource;
      assert.deepEqual([resourceType, contentType], ['Binary', 'application/json']);
      assert.deepEqual(JSON.parse(Buffer.from(data, 'base64').toString()), expected);
    });

    it('answers 404 for an unknown resource and on a type', async () => {
      assert.equal((await ask('{ id }', 'Patient/nobody/')).status, 404);
      assert.equal((await server().http.get('/fhir/Patient/$graphql?query={id}')).status, 404);
    });
  });

  describe('mistakes are told with their place and what was meant', () => {
    for (const [query, message, path = ''] of [
      ['{ nmae { family } }', /Patient has no field nmae; did you mean name\?/, 'Patient/example/'],
      ['{ name }', /name is an object; say which of its fields/, 'Patient/example/'],
      ['{ gender { code } }', /gender is a value/, 'Patient/example/'],
      ['{ value }', /named with its type: valueQuantity/, 'Observation/weight-1/'],
      ['{ gender(use: x) }', /gender takes no arguments/, 'Patient/example/'],
      ['{ name(usee: official) { family } }', /no value usee to choose by; did you mean use\?/, 'Patient/example/'],
      ['{ name @flaten { family } }', /no directive @flaten; did you mean @flatten\?/, 'Patient/example/'],
      ['{ name @skip { family } }', /@skip needs the argument if, a boolean/, 'Patient/example/'],
      [
        '{ name { given @first } n: name @flatten { family @singleton } }',
        /family has more than one value/,
        'Patient/example/',
      ],
      ['{ gender @flatten }', /@flatten stands at an object/, 'Patient/example/'],
      [
        '{ name @flatten { family } telecom @flatten { family: system } }',
        /family would hold a string and a code/,
        'Patient/example/',
      ],
      ['{ ... on Practitioner { id } }', /Nothing here is a Practitioner; expected Patient/, 'Patient/example/'],
      ['{ ...nmaes } fragment names on Patient { id }', /no fragment nmaes; did you mean names\?/, 'Patient/example/'],
      [
        '{ ...a } fragment a on Patient { ...b } fragment b on Patient { ...a }',
        /fragment a contains itself/,
        'Patient/example/',
      ],
      ['{ a: id a: gender }', /both be called a/, 'Patient/example/'],
      ['{ name(use: usual) { given } name(use: official) { given } }', /both be called name/, 'Patient/example/'],
      ['{ ConditionList { id } }', /needs _reference/, 'Patient/example/'],
      ['{ ConditionList(_reference: patien) { id } }', /did you mean patient\?/, 'Patient/example/'],
      [
        '{ SlotList(_reference: schedule) { id } }',
        /No search parameter of Slot refers to Patient/,
        'Patient/example/',
      ],
      ['{ Patinet(id: 1) { id } }', /The query has no field Patinet; did you mean Patient\?/],
      ['{ Patient { id } }', /Patient needs the argument id/],
      ['{ PatientList(nmae: "x") { id } }', /PatientList has no argument nmae; did you mean name\?/],
      ['{ PatientList(birthdate: "x") { id } }', /birthdate/],
      ['{ PatientList(_include: "x") { id } }', /_include is not offered in GraphQL/],
      ['{ PatientList(_cursor: "x") { id } }', /PatientConnection has/],
      ['{ PatientList(_count: 0) { id } }', /_count is 0/],
      ['{ PatientConnection(_cursor: "x") { edges { mode } } }', /_page is not a page link/],
      ['{ PatientConnection { edgs { mode } } }', /PatientConnection has no field edgs; did you mean edges\?/],
      ['{ Patient(id: $id) { id } }', /variable \$id is not declared/],
      ['query ($id: ID!) { Patient(id: $id) { id } }', /variable \$id has no value/],
      ['{ Patient(id: 1) { id }', /Syntax Error: Expected Name, found <EOF>/],
      ['mutation { PatientDelete(id: 1) { id } }', /mutation is not offered/],
      ['query a { Patient(id: 1) { id } } query b { Patient(id: 1) { id } }', /has 2 operations \(a, b\)/],
      [
        '{ name(fhirpath: "matches(\'(a+)+$\')") { family } }',
        /calls matches\(\), which is not offered/,
        'Patient/example/',
      ],
      ['{ name(fhirpath: "%resource.name.exists()") { family } }', /has %, which is not offered/, 'Patient/example/'],
      ['{ name(fhirpath: "family.") { family } }', /no FHIRPath/, 'Patient/example/'],
    ] as const)
      it(query, async () => {
        const { status, body } = await ask(query, path);
        assert.equal(status, 400, JSON.stringify(body));
        assert.equal(body.data, null);
        assert.match(body.errors[0].message, message);
      });

    it('reports all of them, each with line and column', async () => {
      const { body } = await ask('{\n  nmae { family }\n  gendr\n}', 'Patient/example/');
      assert.deepEqual(
        body.errors.map(({ locations }: { locations: readonly { line: number; column: number }[] }) => locations[0]),
        [
          { line: 2, column: 3 },
          { line: 3, column: 3 },
        ],
      );
    });
  });

  describe('introspection', () => {
    it('gives a schema that tools can build on, and that admits the documents of this server', async () => {
      const data = await dataOf(getIntrospectionQuery());
      const schema = buildClientSchema(data);
      assert.deepEqual(validateSchema(schema), []);
      const document = `query ($id: ID!) {
        Patient(id: $id) { name(use: official) @flatten { given @first family } managingOrganization { resource { ... on Organization { name } } } }
        ObservationConnection(patient: "example", _sort: "-date", _count: 2) { count next edges { resource { valueQuantity { value } _status { id } } } }
      }`;
      assert.deepEqual(validate(schema, parse(document)), []);
    });

    it('describes one type', async () => {
      const { __type: type } = await dataOf('{ __type(name: "PatientContact") { kind fields { name } } }');
      assert.equal(type.kind, 'OBJECT');
      assert.ok(type.fields.some(({ name }: { name: string }) => name === 'relationship'));
    });

    for (const [query, message] of [
      ['{ __schema { queryType { name } } PatientList { id } }', /query of their own, without PatientList/],
      ['{ a: __schema { queryType { name } } }', /no other names for its fields/],
      ['{ __schema { typs { name } } }', /Did you mean "types"/],
      [
        '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
        /Maximum introspection depth exceeded/,
      ],
    ] as const)
      it(query, async () => {
        const { status, body } = await ask(query);
        assert.equal(status, 400);
        assert.match(body.errors[0].message, message);
      });
  });

  describe('limits', () => {
    const deep = (levels: number) => `{ id ${'extension { '.repeat(levels)}url${' }'.repeat(levels)} }`;
    const bomb = (levels: number) =>
      `{ ...f0 } ${Array.from({ length: levels }, (_, at) => `fragment f${at} on Patient { ...f${at + 1} ...f${at + 1} }`).join(' ')} fragment f${levels} on Patient { id }`;
    for (const [title, query, message] of [
      ['depth', deep(40), /nested 31 fields deep; at most 30/],
      ['fields', bomb(20), /more than 2000 fields/],
      ['tokens', `{ ${'a: id '.repeat(5000)} }`, /Document contains more that 10000 tokens/],
      ['characters', `{ id } #${'x'.repeat(100_000)}`, /characters; at most 100000/],
      ['nesting', `{ name(use: ${'['.repeat(9000)} `, /nested too deeply|Syntax Error/],
    ] as const)
      it(`of ${title}`, async () => {
        const { status, body } = await ask(query, 'Patient/example/');
        assert.equal(status, 400, JSON.stringify(body).slice(0, 500));
        assert.match(body.errors[0].message, message);
      });
  });
});
