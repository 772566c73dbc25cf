/** What a hostile or careless client sends ends: in issues, never in an exception. That each test ends is what it shows. */
import { strict as assert } from 'node:assert';
import { layered, packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { Issue } from '../../resources/outcome.ts';
import type { AnyResource, JsonObject, Questionnaire, StructureDefinition, ValueSet } from '../../resources/types.ts';

const BASE = 'http://care.example';
const profileUrl = (name: string): string => `${BASE}/StructureDefinition/${name}`;
const valueSetUrl = (name: string): string => `${BASE}/ValueSet/${name}`;

function profile(name: string, element: readonly object[], baseDefinition?: string): StructureDefinition {
  return {
    resourceType: 'StructureDefinition',
    url: profileUrl(name),
    name,
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    baseDefinition: baseDefinition ?? 'http://hl7.org/fhir/StructureDefinition/Patient',
    derivation: 'constraint',
    differential: { element },
  } as unknown as StructureDefinition;
}

const included = (...names: readonly string[]): ValueSet['compose'] => ({
  include: [{ valueSet: names.map(valueSetUrl) }],
});

const valueSet = (name: string, compose: ValueSet['compose']): ValueSet => ({
  resourceType: 'ValueSet',
  url: valueSetUrl(name),
  status: 'active',
  compose,
});

interface Known {
  readonly profiles?: readonly StructureDefinition[];
  readonly valueSets?: readonly ValueSet[];
  readonly questionnaires?: readonly Questionnaire[];
}

function issuesOf(resource: unknown, known: Known = {}, profiles: readonly string[] = []): readonly Issue[] {
  const { profiles: structureDefinitions = [], valueSets = [], questionnaires = [] } = known;
  const source = layered(
    {
      structureDefinition: (url) => structureDefinitions.find((each) => each.url === url),
      valueSet: (url) => valueSets.find((each) => each.url === url),
      codeSystem: () => undefined,
      questionnaire: (url) => questionnaires.find((each) => each.url === url),
    },
    packagedDefinitions(),
  );
  return createValidator(source).validate(resource as AnyResource, { profiles });
}

const rulesOf = (issues: readonly Issue[]): readonly (string | undefined)[] => [
  ...new Set(issues.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)),
];

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** `depth` times `wrap` around `inner`. */
function nested(depth: number, inner: JsonObject, wrap: (inner: JsonObject) => JsonObject): JsonObject {
  let value = inner;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
}

const maria = { resourceType: 'Patient', active: true, gender: 'female', name: [{ family: 'Keller' }] };

describe('hostile content ends in issues', () => {
  const MANY = 100_000;
  const resources: readonly [string, () => object][] = [
    [
      'extensions in extensions, 5,000 deep',
      () => ({
        ...maria,
        extension: [
          nested(5_000, { url: 'http://care.example/x', valueBoolean: true }, (inner) => ({
            url: 'http://care.example/x',
            extension: [inner],
          })),
        ],
      }),
    ],
    [
      'arrays in arrays, 5,000 deep',
      () => {
        let value: unknown = 'x';
        for (let level = 0; level < 5_000; level++) value = [value];
        return { ...maria, name: value };
      },
    ],
    [
      'items in items, 5,000 deep',
      () => ({
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        item: [nested(5_000, { linkId: 'x' }, (inner) => ({ linkId: 'x', item: [inner] }))],
      }),
    ],
    [
      'Bundles in Bundles, 1,000 deep',
      () => nested(1_000, maria, (resource) => ({ resourceType: 'Bundle', type: 'collection', entry: [{ resource }] })),
    ],
    [
      'Parameters in Parameters, 5,000 deep',
      () => ({
        resourceType: 'Parameters',
        parameter: [nested(5_000, { name: 'x', valueBoolean: true }, (part) => ({ name: 'x', part: [part] }))],
      }),
    ],
    ['100,000 names', () => ({ ...maria, name: times(MANY, (at) => ({ family: `Keller ${at}` })) })],
    ['100,000 names that are none', () => ({ ...maria, name: times(MANY, () => 5) })],
    ['100,000 names that are null', () => ({ ...maria, name: times(MANY, () => null) })],
    [
      '100,000 unknown elements',
      () => Object.fromEntries([...Object.entries(maria), ...times(MANY, (at) => [`x${at}`, at])]),
    ],
    [
      '10,000 extensions that nobody knows',
      () => ({ ...maria, extension: times(10_000, (at) => ({ url: `http://care.example/x${at}`, valueString: 'x' })) }),
    ],
    [
      '2,000 contained resources that refer to each other in a ring',
      () => ({
        ...maria,
        managingOrganization: { reference: '#o0' },
        contained: times(2_000, (at) => ({
          resourceType: 'Organization',
          id: `o${at}`,
          name: 'Ring',
          partOf: { reference: `#o${(at + 1) % 2_000}` },
        })),
      }),
    ],
    [
      'a Bundle of 5,000 entries that refer to each other',
      () => ({
        resourceType: 'Bundle',
        type: 'collection',
        entry: times(5_000, (at) => ({
          fullUrl: `http://care.example/Organization/o${at}`,
          resource: {
            resourceType: 'Organization',
            id: `o${at}`,
            name: 'x',
            partOf: { reference: `Organization/o${(at * 7) % 5_000}` },
          },
        })),
      }),
    ],
    ...['a', ' ', '<', '&', '\u00e9', '1', 'a.', '-'].map((character): [string, () => object] => [
      `megabytes of ${JSON.stringify(character)} in every kind of text`,
      () => {
        const long = character.repeat(2_000_000 / character.length);
        return {
          ...maria,
          id: long,
          implicitRules: long,
          language: long,
          birthDate: long,
          gender: long,
          text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${long}</div>` },
          name: [{ family: long }],
          photo: [{ contentType: long, data: long, url: long, size: 5, hash: long }],
          identifier: [{ system: long, value: long, period: { start: long } }],
          generalPractitioner: [{ reference: long, type: long }],
          maritalStatus: { coding: [{ system: long, code: long, display: long }] },
          multipleBirthInteger: long,
        };
      },
    ]),
    [
      'a narrative of elements in elements, 20,000 deep',
      () => ({
        ...maria,
        text: {
          status: 'generated',
          div: `<div xmlns="http://www.w3.org/1999/xhtml">${'<p>'.repeat(20_000)}x${'</p>'.repeat(20_000)}</div>`,
        },
      }),
    ],
    [
      'entities in a narrative that grow',
      () => ({
        ...maria,
        text: {
          status: 'generated',
          div: '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><div xmlns="http://www.w3.org/1999/xhtml">&b;</div>',
        },
      }),
    ],
    [
      'a unit that nests and multiplies',
      () => ({
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'x' },
        valueQuantity: {
          value: 1,
          system: 'http://unitsofmeasure.org',
          code: `${'('.repeat(5_000)}mg${')'.repeat(5_000)}`,
        },
      }),
    ],
    [
      'a unit of 20,000 factors',
      () => ({
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'x' },
        valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: times(20_000, () => 'mg').join('.') },
      }),
    ],
  ];
  for (const [title, make] of resources) it(title, () => assert.ok(Array.isArray(issuesOf(make()))));

  it('says that it does not go deeper', () => {
    const deep = nested(5_000, { linkId: 'x' }, (inner) => ({ linkId: 'x', item: [inner] }));
    const issues = issuesOf({ resourceType: 'QuestionnaireResponse', status: 'completed', item: [deep] });
    assert.ok(issues.some(({ severity }) => severity === 'error'));
  });

  it('reports so many errors and says that there are more', () => {
    const issues = issuesOf({ ...maria, name: times(100_000, () => 5) });
    assert.ok(issues.length < 2_000);
    assert.ok(issues.some(({ rule }) => rule === 'issue-limit'));
  });
});

describe('hostile definitions end in issues', () => {
  const gender = (more: object) => [{ id: 'Patient.gender', path: 'Patient.gender', ...more }];
  const bound = (name: string) => gender({ binding: { strength: 'required', valueSet: valueSetUrl(name) } });
  const constrained = (expression: string) => [
    { id: 'Patient', path: 'Patient', constraint: [{ key: 'x-1', severity: 'error', human: 'x', expression }] },
  ];
  const long = { ...maria, name: [{ family: `${'a'.repeat(50_000)}!` }] };

  const definitions: readonly [string, Known, (readonly string[])?, object?][] = [
    [
      'two profiles that are each the base of the other',
      { profiles: [profile('a', [], profileUrl('b')), profile('b', [], profileUrl('a'))] },
    ],
    ['a profile that is its own base', { profiles: [profile('a', [], profileUrl('a'))] }],
    [
      'a profile on an element whose type has that profile',
      {
        profiles: [
          profile('a', [
            {
              id: 'Patient.contained',
              path: 'Patient.contained',
              type: [{ code: 'Patient', profile: [profileUrl('a')] }],
            },
          ]),
        ],
      },
    ],
    [
      'value sets that include each other',
      { profiles: [profile('a', bound('a'))], valueSets: [valueSet('a', included('b')), valueSet('b', included('a'))] },
    ],
    [
      'a value set that includes itself',
      { profiles: [profile('a', bound('a'))], valueSets: [valueSet('a', included('a'))] },
    ],
    [
      'a value set that excludes itself',
      {
        profiles: [profile('a', bound('a'))],
        valueSets: [
          valueSet('a', {
            include: [{ system: 'http://hl7.org/fhir/administrative-gender' }],
            exclude: [{ valueSet: [valueSetUrl('a')] }],
          }),
        ],
      },
    ],
    [
      'forty value sets that each include the next twice',
      {
        profiles: [profile('a', bound('v0'))],
        valueSets: times(40, (at) =>
          valueSet(`v${at}`, { include: times(2, () => ({ valueSet: [valueSetUrl(`v${at + 1}`)] })) }),
        ),
      },
    ],
    [
      'forty profiles of which each has two elements with the next',
      {
        profiles: times(40, (at) =>
          profile(`${at === 0 ? 'a' : `p${at}`}`, [
            ...['one', 'two'].map((slice) => ({
              id: `Patient.contained:${slice}`,
              path: 'Patient.contained',
              sliceName: slice,
              type: [{ code: 'Patient', profile: [profileUrl(`p${at + 1}`)] }],
            })),
          ]),
        ),
      },
      undefined,
      { ...maria, contained: [{ ...maria, id: 'x' }] },
    ],
    ...[
      '(a+)+$',
      '^(a|a)*$',
      '(.*)*b',
      '^(a?){50}a{50}$',
      '(a*)*\\1',
      '((a{1,99}){1,99}){1,99}b',
      '(?=(a+)+b)',
      'a{1,100000}b',
      '[',
      '(?<n>a)\\k<n>',
    ].map((pattern): [string, Known, readonly string[], object] => [
      `the regular expression ${pattern}`,
      {
        profiles: [profile('a', constrained(`name.family.matches('${pattern.replaceAll('\\', '\\\\')}') or true`))],
      },
      [],
      long,
    ]),
    [
      'replaceMatches with a regular expression that backtracks',
      { profiles: [profile('a', constrained("name.family.replaceMatches('(a+)+$', 'x') != 'y'"))] },
      undefined,
      long,
    ],
    [
      'matchesFull with a regular expression that backtracks',
      { profiles: [profile('a', constrained("name.family.matchesFull('(a+)+') or true"))] },
      undefined,
      long,
    ],
    [
      'a repetition without an end',
      { profiles: [profile('a', constrained('repeat(iif($this is Patient, 1, $this + 1)).exists()'))] },
    ],
    [
      'everything below everything',
      { profiles: [profile('a', constrained('descendants().descendants().descendants().descendants().exists()'))] },
    ],
    [
      'an expression of 100,000 characters',
      { profiles: [profile('a', constrained(`${'true and '.repeat(11_000)}true`))] },
    ],
    [
      'an expression in 10,000 parentheses',
      { profiles: [profile('a', constrained(`${'('.repeat(2_000)}true${')'.repeat(2_000)}`))] },
    ],
    ['what is no expression', { profiles: [profile('a', constrained('name.('))] }],
    [
      'conformsTo() of the profile itself',
      { profiles: [profile('a', constrained(`conformsTo('${profileUrl('a')}')`))] },
    ],
    [
      'a profile of 20,000 elements',
      {
        profiles: [
          profile(
            'a',
            times(20_000, (at) => ({ id: `Patient.x${at}`, path: `Patient.x${at}`, min: 1 })),
          ),
        ],
      },
    ],
    [
      'a profile that names elements by the members of Object',
      {
        profiles: [
          profile(
            'a',
            ['__proto__', 'constructor', 'toString'].map((name) => ({
              id: `Patient.${name}`,
              path: `Patient.${name}`,
              min: 1,
            })),
          ),
        ],
      },
    ],
  ];
  for (const [title, known, , resource = maria] of definitions)
    it(title, () => assert.ok(Array.isArray(issuesOf(resource, known, [profileUrl('a')]))));
});

describe('hostile questionnaires end in issues', () => {
  const url = 'http://care.example/Questionnaire/q';
  const questionnaire = (item: readonly object[]): Questionnaire =>
    ({ resourceType: 'Questionnaire', url, status: 'active', item }) as unknown as Questionnaire;
  const answers = (linkIds: readonly string[]) => ({
    resourceType: 'QuestionnaireResponse',
    questionnaire: url,
    status: 'completed',
    item: linkIds.map((linkId) => ({ linkId, answer: [{ valueBoolean: true }] })),
  });
  const asked = (linkId: string, question: string, more: object = {}) => ({
    linkId,
    text: linkId,
    type: 'boolean',
    enableWhen: [{ question, operator: '=', answerBoolean: true }],
    ...more,
  });
  const check = (item: readonly object[], linkIds: readonly string[]) => {
    const known = { questionnaires: [questionnaire(item)] };
    assert.ok(Array.isArray(issuesOf(questionnaire(item))));
    return issuesOf(answers(linkIds), known);
  };

  it('questions that each depend on the other', () => {
    assert.ok(Array.isArray(check([asked('a', 'b'), asked('b', 'a')], ['a', 'b'])));
  });

  it('a question that depends on itself', () => {
    assert.ok(Array.isArray(check([asked('a', 'a')], ['a'])));
  });

  it('10,000 questions of which each depends on the one before', () => {
    const linkIds = times(10_000, (at) => `q${at}`);
    const items = linkIds.map((linkId, at) => asked(linkId, `q${Math.max(0, at - 1)}`));
    assert.ok(Array.isArray(check(items, linkIds)));
    assert.ok(Array.isArray(check(items.toReversed(), linkIds.toReversed())));
  });

  it('1,000 questions that depend on 50 others each', () => {
    const linkIds = times(1_000, (at) => `q${at}`);
    const items = linkIds.map((linkId, at) => ({
      ...asked(linkId, linkId),
      enableBehavior: 'any',
      enableWhen: times(50, (step) => ({
        question: `q${(at + step * 7) % 1_000}`,
        operator: '=',
        answerBoolean: true,
      })),
    }));
    assert.ok(Array.isArray(check(items, linkIds)));
  });

  const expression = (url: string, text: string, name?: string) => ({
    url,
    valueExpression: { ...(name ? { name } : {}), language: 'text/fhirpath', expression: text },
  });
  const CALCULATED = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression';
  const calculated = (linkId: string, text: string) => ({
    linkId,
    text: linkId,
    type: 'boolean',
    extension: [expression(CALCULATED, text)],
  });

  it('1,000 calculations that each walk over everything for everything', () => {
    const linkIds = times(1_000, (at) => `q${at}`);
    const everything = '%resource.descendants()';
    const walks = `${everything}.where(${everything}.where(${everything}.empty()).exists()).empty()`;
    const found = check(
      linkIds.map((linkId) => calculated(linkId, walks)),
      linkIds,
    );
    assert.ok(found.some(({ rule }) => rule === 'calculated-unchecked'));
  });

  it('1,000 variables that each depend on the next', () => {
    const variables = times(1_000, (at) =>
      expression('http://hl7.org/fhir/StructureDefinition/variable', `%v${at + 1}`, `v${at}`),
    );
    const group = { linkId: 'g', text: 'g', type: 'group', extension: variables, item: [calculated('q', '%v0')] };
    const known = { questionnaires: [questionnaire([group])] };
    const said = { ...answers([]), item: [{ linkId: 'g', item: [{ linkId: 'q', answer: [{ valueBoolean: true }] }] }] };
    assert.ok(issuesOf(said, known).some(({ rule }) => rule === 'calculated-unchecked'));
  });

  it('10,000 required questions without an answer', () => {
    const items = times(10_000, (at) => ({ linkId: `q${at}`, text: 'x', type: 'boolean', required: true }));
    assert.ok(rulesOf(check(items, [])).length > 0);
  });

  it('10,000 times the same linkId', () => {
    const items = times(10_000, () => ({ linkId: 'q', text: 'x', type: 'boolean' }));
    assert.ok(
      Array.isArray(
        check(
          items,
          times(10_000, () => 'q'),
        ),
      ),
    );
  });

  it('groups in groups, 2,000 deep', () => {
    const deep = nested(2_000, { linkId: 'q', text: 'x', type: 'boolean' }, (inner) => ({
      linkId: 'q',
      text: 'x',
      type: 'group',
      item: [inner],
    }));
    assert.ok(Array.isArray(check([deep], ['q'])));
  });
});

describe('a StructureDefinition whose differential holds what is no element', () => {
  it('is told so and no more', () => {
    const validator = createValidator(packagedDefinitions());
    for (const element of [[null], [1], ['x'], [[]], [{ path: 'Patient' }, null]]) {
      const definition = {
        resourceType: 'StructureDefinition',
        url: 'http://example.org/broken',
        name: 'Broken',
        status: 'draft',
        kind: 'resource',
        abstract: false,
        type: 'Patient',
        baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
        derivation: 'constraint',
        differential: { element },
      } as unknown as AnyResource;
      assert.ok(
        validator.validate(definition).some(({ severity }) => severity === 'error'),
        JSON.stringify(element),
      );
    }
  });
});
