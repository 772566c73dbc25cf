/** What a hostile or careless client sends over HTTP is answered: with 4xx, or with what was found. That each test ends is half of what it shows. */
import { strict as assert } from 'node:assert';
import { onEveryDatabase } from '../server-under-test.ts';

const JSON_TYPE = 'application/fhir+json';
const XML_TYPE = 'application/fhir+xml';
const BASE = 'http://care.example';

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const maria = { resourceType: 'Patient', active: true, gender: 'female', name: [{ family: 'Keller' }] };

const xml = (content: string): string => `<Patient xmlns="http://hl7.org/fhir">${content}</Patient>`;
const doctype = (declarations: string, content: string): string =>
  `<?xml version="1.0"?><!DOCTYPE Patient [${declarations}]>${xml(content)}`;
const laughs = times(12, (at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

const profile = (id: string, more: object) => ({
  resourceType: 'StructureDefinition',
  id,
  url: `${BASE}/StructureDefinition/${id}`,
  name: 'Hostile',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  ...more,
});
const constrained = (expression: string) => ({
  differential: {
    element: [
      { id: 'Patient', path: 'Patient', constraint: [{ key: 'x-1', severity: 'error', human: 'x', expression }] },
    ],
  },
});
const valueSet = (id: string, includes: string) => ({
  resourceType: 'ValueSet',
  id,
  url: `${BASE}/ValueSet/${id}`,
  status: 'active',
  compose: { include: [{ valueSet: [`${BASE}/ValueSet/${includes}`] }] },
});

onEveryDatabase('hostile input', (server) => {
  const post = (path: string, body: object | string, type = JSON_TYPE) =>
    server().http.post(`/fhir/${path}`).set('Content-Type', type).send(body);
  const put = (resource: { resourceType: string; id: string }) =>
    server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).set('Content-Type', JSON_TYPE).send(resource);

  const isAnswered = (status: number, title: string): void =>
    assert.ok(status < 500, `${title} is answered with ${status}`);

  afterEach('the server goes on', async () => {
    assert.equal((await server().http.get('/fhir/Patient?_count=1')).status, 200);
  });

  describe('is refused, when it cannot be a resource', () => {
    const texts: readonly [string, string, string?][] = [
      [
        'arrays in arrays, 100,000 deep',
        `{"resourceType":"Patient","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      ],
      [
        'objects in objects, 100,000 deep',
        `{"resourceType":"Patient","a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      ],
      ['an array that never closes', `{"resourceType":"Patient","name":${'['.repeat(1_000_000)}`],
      ['a string that never closes', `{"resourceType":"Patient","id":"${'\\\\'.repeat(1_000_000)}`],
      ['a number of a million digits', `{"resourceType":"Patient","multipleBirthInteger":1${'0'.repeat(1_000_000)}}`],
      ['a number with an exponent beyond any', '{"resourceType":"Patient","multipleBirthInteger":1e999999999}'],
      ['__proto__ as a name', '{"resourceType":"Patient","__proto__":{"active":true}}'],
      ['entities that grow', doctype(`<!ENTITY l0 "ha">${laughs}`, '<id value="&l12;"/>'), XML_TYPE],
      ['an entity of a file', doctype('<!ENTITY f SYSTEM "file:///etc/hostname">', '<id value="&f;"/>'), XML_TYPE],
      ['parameter entities', doctype('<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;', ''), XML_TYPE],
      [
        'elements in elements, 100,000 deep',
        xml(`${'<extension>'.repeat(100_000)}${'</extension>'.repeat(100_000)}`),
        XML_TYPE,
      ],
      ['a megabyte of <', xml('<'.repeat(1_000_000)), XML_TYPE],
      [
        'a hundred thousand attributes',
        xml(`<active ${times(100_000, (at) => `a${at}="x"`).join(' ')} value="true"/>`),
        XML_TYPE,
      ],
      [
        'a narrative 100,000 deep in XML',
        xml(
          `<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">${'<p>'.repeat(100_000)}</div></text>`,
        ),
        XML_TYPE,
      ],
    ];
    for (const [title, text, type] of texts)
      it(title, async () => {
        const { status } = await post('Patient', text, type);
        assert.ok(status >= 400 && status < 500, `answered with ${status}`);
      });
  });

  describe('is refused, when it is a wrong resource', () => {
    const MANY = 100_000;
    const resources: readonly [string, object][] = [
      ['100,000 names that are none', { ...maria, name: times(MANY, () => 5) }],
      ['100,000 unknown elements', { ...maria, ...Object.fromEntries(times(MANY, (at) => [`x${at}`, at])) }],
      [
        '5,000 modifier extensions that nobody knows',
        { ...maria, modifierExtension: times(5_000, (at) => ({ url: `${BASE}/x${at}`, valueString: 'x' })) },
      ],
      ['a code of two megabytes', { ...maria, gender: 'x'.repeat(2_000_000) }],
      ['a date of two megabytes', { ...maria, birthDate: '1'.repeat(2_000_000) }],
      [
        'a narrative of a megabyte of <',
        {
          ...maria,
          text: {
            status: 'generated',
            div: `<div xmlns="http://www.w3.org/1999/xhtml">${'<'.repeat(1_000_000)}</div>`,
          },
        },
      ],
    ];
    for (const [title, resource] of resources)
      it(title, async () => {
        const { status, body } = await post('Patient', resource);
        assert.equal(status, 422);
        assert.ok(body.issue.length < 2_000);
      });
  });

  describe('is taken, when it is only large', () => {
    const resources: readonly [string, object][] = [
      ['2,000 names', { ...maria, name: times(2_000, (at) => ({ family: `Keller ${at}` })) }],
      ['a name of a megabyte', { ...maria, name: [{ family: 'a'.repeat(1_000_000) }] }],
      [
        'thousands of extensions',
        { ...maria, extension: times(5_000, (at) => ({ url: `${BASE}/x${at}`, valueString: 'x' })) },
      ],
    ];
    for (const [title, resource] of resources)
      it(title, async () => {
        const { status } = await post('Patient', resource);
        assert.equal(status, 201);
      });
  });

  describe('is answered, when definitions are hostile', () => {
    const long = { ...maria, name: [{ family: `${'a'.repeat(20_000)}!` }] };
    const profiles: readonly [string, object][] = [
      [
        'a profile that is its own base',
        {
          baseDefinition: `${BASE}/StructureDefinition/hostile`,
          differential: { element: [{ id: 'Patient', path: 'Patient' }] },
        },
      ],
      ...[
        `name.family.matches('^(a+)+$')`,
        `name.family.matches('(.*)*(.*)*(.*)*b')`,
        `name.family.matchesFull('(a+)+')`,
        `name.family.replaceMatches('(a+)+$', 'x') != 'y'`,
        'repeat(iif($this is Patient, 1, $this + 1)).exists()',
        'descendants().descendants().descendants().exists()',
        `${'true and '.repeat(11_000)}true`,
        `${'('.repeat(2_000)}true${')'.repeat(2_000)}`,
        'name.(',
      ].map((expression): [string, object] => [expression.slice(0, 60), constrained(expression)]),
      [
        '20,000 elements',
        {
          differential: { element: times(20_000, (at) => ({ id: `Patient.x${at}`, path: `Patient.x${at}`, min: 1 })) },
        },
      ],
    ];
    for (const [title, more] of profiles)
      it(`a profile with ${title}`, async () => {
        const stored = await put(profile('hostile', more));
        isAnswered(stored.status, 'the profile');
        const { status } = await post(`Patient/$validate?profile=${BASE}/StructureDefinition/hostile`, long);
        isAnswered(status, '$validate');
      });

    it('profiles that are each the base of the other', async () => {
      const element = [{ id: 'Patient', path: 'Patient' }];
      for (const [id, base] of [
        ['one', 'other'],
        ['other', 'one'],
      ] as const) {
        const cyclic = profile(id, {
          baseDefinition: `${BASE}/StructureDefinition/${base}`,
          differential: { element },
        });
        isAnswered((await put(cyclic)).status, 'the profile');
      }
      const { status } = await post(`Patient/$validate?profile=${BASE}/StructureDefinition/one`, maria);
      assert.equal(status, 200);
    });

    it('value sets that include each other', async () => {
      isAnswered((await put(valueSet('one', 'other'))).status, 'the value set');
      isAnswered((await put(valueSet('other', 'one'))).status, 'the value set');
      for (const operation of ['$expand?', '$validate-code?system=http://x.example&code=a&']) {
        const { status } = await server().http.get(`/fhir/ValueSet/${operation}url=${BASE}/ValueSet/one`);
        isAnswered(status, operation);
      }
      isAnswered((await server().http.get(`/fhir/Patient?gender:in=${BASE}/ValueSet/one`)).status, 'the search');
    });

    it('value sets of which each includes the next twice', async () => {
      const entry = times(30, (at) => ({
        resource: {
          ...valueSet(`v${at}`, ''),
          compose: { include: times(2, () => ({ valueSet: [`${BASE}/ValueSet/v${at + 1}`] })) },
        },
        request: { method: 'PUT', url: `ValueSet/v${at}` },
      }));
      isAnswered((await post('', { resourceType: 'Bundle', type: 'batch', entry })).status, 'the batch');
      isAnswered((await server().http.get(`/fhir/ValueSet/$expand?url=${BASE}/ValueSet/v0`)).status, '$expand');
    });

    it('a search parameter with a regular expression that backtracks', async () => {
      const { status } = await put({
        resourceType: 'SearchParameter',
        id: 'hostile',
        url: `${BASE}/SearchParameter/hostile`,
        name: 'hostile',
        status: 'active',
        description: 'x',
        code: 'hostile',
        base: ['Patient'],
        type: 'token',
        expression: "Patient.name.family.matches('^(a+)+$')",
      } as { resourceType: string; id: string });
      isAnswered(status, 'the search parameter');
      isAnswered((await post('Patient', { ...maria, name: [{ family: `${'a'.repeat(40)}!` }] })).status, 'the Patient');
    });
  });

  describe('is answered, when questionnaires are hostile', () => {
    const url = `${BASE}/Questionnaire/hostile`;
    const asked = (linkId: string, question: string) => ({
      linkId,
      text: linkId,
      type: 'boolean',
      enableWhen: [{ question, operator: '=', answerBoolean: true }],
    });
    const both = async (item: readonly object[], linkIds: readonly string[]) => {
      const questionnaire = { resourceType: 'Questionnaire', id: 'hostile', url, status: 'active', item };
      isAnswered((await put(questionnaire)).status, 'the Questionnaire');
      const { status } = await post('QuestionnaireResponse', {
        resourceType: 'QuestionnaireResponse',
        questionnaire: url,
        status: 'completed',
        item: linkIds.map((linkId) => ({ linkId, answer: [{ valueBoolean: true }] })),
      });
      isAnswered(status, 'the QuestionnaireResponse');
    };

    it('questions that each depend on the other', () => both([asked('a', 'b'), asked('b', 'a')], ['a', 'b']));

    it('10,000 questions of which each depends on the one before', () => {
      const linkIds = times(10_000, (at) => `q${at}`);
      return both(
        linkIds.map((linkId, at) => asked(linkId, `q${Math.max(0, at - 1)}`)),
        linkIds,
      );
    });
  });
});
