import { strict as assert } from 'node:assert';
import { type DefinitionSource, layered, packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource, ElementDefinition, StructureDefinition } from '../../resources/types.ts';

const BASE = 'http://hl7.org/fhir/StructureDefinition/';
const url = (name: string): string => `http://example.org/StructureDefinition/${name}`;

/** A profile with a differential; each element may leave out its id. */
function profile(name: string, type: string, element: readonly object[], base = BASE + type): StructureDefinition {
  return {
    resourceType: 'StructureDefinition',
    url: url(name),
    name,
    status: 'active',
    kind: 'resource',
    abstract: false,
    type,
    baseDefinition: base,
    derivation: 'constraint',
    differential: { element: element as ElementDefinition[] },
  };
}

const sourceOf = (profiles: readonly StructureDefinition[]): DefinitionSource =>
  layered(
    {
      structureDefinition: (canonical) => profiles.find((each) => each.url === canonical),
      valueSet: () => undefined,
      codeSystem: () => undefined,
    },
    packagedDefinitions(),
  );

const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Maria</div>' };
const patient = { resourceType: 'Patient', id: 'maria', text };
const observation = { resourceType: 'Observation', id: 'weight', text, status: 'final', code: { text: 'Weight' } };
const identifier = (system: string, value: string): object => ({ system: `http://example.org/${system}`, value });
const sliced = (rules: string, ordered = false): object => ({
  path: 'Patient.identifier',
  slicing: { discriminator: [{ type: 'value', path: 'system' }], rules, ordered },
});
const slice = (name: string, more: object = {}): readonly object[] => [
  { path: 'Patient.identifier', sliceName: name, ...more },
  { path: 'Patient.identifier.system', fixedUri: `http://example.org/${name}` },
];
const bundleOf = (...resources: readonly { readonly resourceType: string; readonly id: string }[]): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({
    fullUrl: `http://example.org/fhir/${resource.resourceType}/${resource.id}`,
    resource,
  })),
});

interface Case {
  readonly says: string;
  readonly profiles: readonly StructureDefinition[];
  readonly resource: object;
  /** Expression and rule of each error. */
  readonly errors: readonly (readonly [string, string])[];
}

const atLeastOneName = profile('named', 'Patient', [{ path: 'Patient.name', min: 1 }]);

const cases: readonly Case[] = [
  { says: 'a missing element', profiles: [atLeastOneName], resource: patient, errors: [['Patient', 'profile-min']] },
  {
    says: 'an element that is not allowed',
    profiles: [profile('no-photo', 'Patient', [{ path: 'Patient.photo', max: '0' }])],
    resource: { ...patient, photo: [{ url: 'http://example.org/a' }] },
    errors: [['Patient', 'profile-max']],
  },
  {
    says: 'a profile of another type',
    profiles: [atLeastOneName],
    resource: observation,
    errors: [['Observation', 'profile-type']],
  },
  {
    says: 'a fixed code that differs, to the element',
    profiles: [
      profile('fixed', 'Observation', [{ path: 'Observation.code', fixedCodeableConcept: { text: 'Height' } }]),
    ],
    resource: observation,
    errors: [['Observation.code.text', 'profile-fixed']],
  },
  {
    says: 'more than a fixed value has',
    profiles: [
      profile('fixed', 'Observation', [{ path: 'Observation.code', fixedCodeableConcept: { text: 'Weight' } }]),
    ],
    resource: { ...observation, code: { text: 'Weight', coding: [{ code: 'w', system: 'http://example.org/c' }] } },
    errors: [['Observation.code.coding', 'profile-fixed']],
  },
  {
    says: 'a pattern that is not met',
    profiles: [
      profile('pattern', 'Observation', [
        {
          path: 'Observation.code',
          patternCodeableConcept: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
        },
      ]),
    ],
    resource: { ...observation, code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] } },
    errors: [['Observation.code', 'profile-pattern']],
  },
  {
    says: 'nothing, when a pattern is met by one of several codings',
    profiles: [
      profile('pattern', 'Observation', [
        {
          path: 'Observation.code',
          patternCodeableConcept: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
        },
      ]),
    ],
    resource: {
      ...observation,
      code: {
        coding: [
          { system: 'http://loinc.org', code: '3141-9' },
          { system: 'http://loinc.org', code: '29463-7', display: 'Body weight' },
        ],
      },
    },
    errors: [],
  },
  {
    says: 'a choice of a type that is not allowed',
    profiles: [profile('quantity', 'Observation', [{ path: 'Observation.value[x]', type: [{ code: 'Quantity' }] }])],
    resource: { ...observation, valueString: 'heavy' },
    errors: [['Observation.value', 'profile-element-type']],
  },
  {
    says: 'what is wrong in one type of a choice, by its short path',
    profiles: [
      profile('quantity', 'Observation', [
        { path: 'Observation.valueQuantity' },
        { path: 'Observation.valueQuantity.unit', min: 1 },
      ]),
    ],
    resource: { ...observation, valueQuantity: { value: 3 } },
    errors: [['Observation.value', 'profile-min']],
  },
  {
    says: 'nothing in another type of that choice',
    profiles: [
      profile('quantity', 'Observation', [
        { path: 'Observation.valueQuantity' },
        { path: 'Observation.valueQuantity.unit', min: 1 },
      ]),
    ],
    resource: { ...observation, valueString: 'heavy' },
    errors: [],
  },
  {
    says: 'a string that is too long and a number that is too large',
    profiles: [
      profile('small', 'Observation', [
        { path: 'Observation.value[x]', maxLength: 3 },
        { path: 'Observation.valueInteger', maxValueInteger: 9 },
      ]),
    ],
    resource: { ...observation, valueString: 'heavy' },
    errors: [['Observation.value', 'profile-max-length']],
  },
  {
    says: 'a date before the earliest allowed',
    profiles: [profile('born', 'Patient', [{ path: 'Patient.birthDate', minValueDate: '1950-01-01' }])],
    resource: { ...patient, birthDate: '1949-12-31' },
    errors: [['Patient.birthDate', 'profile-min-value']],
  },
  {
    says: 'an invariant of its own',
    profiles: [
      profile('adult', 'Patient', [
        {
          path: 'Patient.name',
          constraint: [
            { key: 'two-given', severity: 'error', human: 'Two given names', expression: 'given.count() = 2' },
          ],
        },
      ]),
    ],
    resource: { ...patient, name: [{ given: ['Ana'] }] },
    errors: [['Patient.name[0]', 'two-given']],
  },
  {
    says: 'a code outside the value set that it binds',
    profiles: [
      profile('bound', 'Patient', [
        {
          path: 'Patient.maritalStatus',
          binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
        },
      ]),
    ],
    resource: {
      ...patient,
      maritalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' }] },
    },
    errors: [['Patient.maritalStatus', 'binding-required']],
  },
  {
    says: 'what the profile that it derives from asks, too',
    profiles: [profile('derived', 'Patient', [{ path: 'Patient.birthDate', min: 1 }], url('named')), atLeastOneName],
    resource: patient,
    errors: [
      ['Patient', 'profile-min'],
      ['Patient', 'profile-min'],
    ],
  },
  // https://hl7.org/fhir/R4/profiling.html#slicing
  {
    says: 'a slice that is missing',
    profiles: [profile('mrn', 'Patient', [sliced('open'), ...slice('mrn', { min: 1 })])],
    resource: { ...patient, identifier: [identifier('other', '1')] },
    errors: [['Patient', 'slice-min']],
  },
  {
    says: 'a slice that is there too often',
    profiles: [profile('mrn', 'Patient', [sliced('open'), ...slice('mrn', { max: '1' })])],
    resource: { ...patient, identifier: [identifier('mrn', '1'), identifier('mrn', '2')] },
    errors: [['Patient', 'slice-max']],
  },
  {
    says: 'a value of no slice, where the slicing is closed',
    profiles: [profile('mrn', 'Patient', [sliced('closed'), ...slice('mrn')])],
    resource: { ...patient, identifier: [identifier('mrn', '1'), identifier('other', '2')] },
    errors: [['Patient.identifier[1]', 'slice-closed']],
  },
  {
    says: 'a value of no slice before the end, where the slicing is open at the end',
    profiles: [profile('mrn', 'Patient', [sliced('openAtEnd'), ...slice('mrn')])],
    resource: { ...patient, identifier: [identifier('other', '2'), identifier('mrn', '1')] },
    errors: [['Patient.identifier[1]', 'slice-order']],
  },
  {
    says: 'slices out of order',
    profiles: [profile('mrn', 'Patient', [sliced('open', true), ...slice('mrn'), ...slice('ssn')])],
    resource: { ...patient, identifier: [identifier('ssn', '2'), identifier('mrn', '1')] },
    errors: [['Patient.identifier[1]', 'slice-order']],
  },
  {
    says: 'what is wrong inside a slice',
    profiles: [
      profile('mrn', 'Patient', [sliced('open'), ...slice('mrn'), { path: 'Patient.identifier.value', min: 1 }]),
    ],
    resource: {
      ...patient,
      identifier: [{ system: 'http://example.org/mrn' }, { system: 'http://example.org/other' }],
    },
    errors: [['Patient.identifier[0]', 'profile-min']],
  },
  {
    says: 'what is wrong in the default slice',
    profiles: [
      profile('mrn', 'Patient', [
        sliced('closed'),
        ...slice('mrn'),
        { path: 'Patient.identifier', sliceName: '@default' },
        { path: 'Patient.identifier.value', min: 1 },
      ]),
    ],
    resource: {
      ...patient,
      identifier: [{ system: 'http://example.org/mrn' }, { system: 'http://example.org/other' }],
    },
    errors: [['Patient.identifier[1]', 'profile-min']],
  },
  {
    says: 'a slice within a slice, by ids',
    profiles: [
      profile('local', 'Patient', [
        { id: 'Patient.identifier', ...sliced('open') },
        {
          id: 'Patient.identifier:mrn',
          path: 'Patient.identifier',
          sliceName: 'mrn',
          slicing: { discriminator: [{ type: 'value', path: 'use' }], rules: 'closed' },
        },
        { id: 'Patient.identifier:mrn.system', path: 'Patient.identifier.system', fixedUri: 'http://example.org/mrn' },
        { id: 'Patient.identifier:mrn/old', path: 'Patient.identifier', sliceName: 'mrn/old' },
        { id: 'Patient.identifier:mrn/old.use', path: 'Patient.identifier.use', fixedCode: 'old' },
      ]),
    ],
    resource: {
      ...patient,
      identifier: [
        { system: 'http://example.org/mrn', value: '1', use: 'old' },
        { system: 'http://example.org/mrn', value: '2', use: 'usual' },
      ],
    },
    errors: [['Patient.identifier[1]', 'slice-closed']],
  },
  {
    says: 'a slice by existence',
    profiles: [
      profile('period', 'Patient', [
        { path: 'Patient.identifier', slicing: { discriminator: [{ type: 'exists', path: 'period' }], rules: 'open' } },
        { path: 'Patient.identifier', sliceName: 'past', max: '1' },
        { path: 'Patient.identifier.period', min: 1 },
      ]),
    ],
    resource: {
      ...patient,
      identifier: [{ value: '1', period: { end: '2020' } }, { value: '2', period: { end: '2021' } }, { value: '3' }],
    },
    errors: [['Patient', 'slice-max']],
  },
  {
    says: 'a slice by type, through references',
    profiles: [
      profile('members', 'Group', [
        {
          path: 'Group.member',
          slicing: { discriminator: [{ type: 'type', path: 'entity.resolve()' }], rules: 'closed' },
        },
        { path: 'Group.member', sliceName: 'patients' },
        { path: 'Group.member.entity', type: [{ code: 'Reference', targetProfile: [`${BASE}Patient`] }] },
      ]),
    ],
    resource: {
      resourceType: 'Group',
      text,
      type: 'person',
      actual: true,
      contained: [
        { ...patient, id: 'a' },
        { resourceType: 'Device', id: 'b' },
      ],
      member: [{ entity: { reference: '#a' } }, { entity: { reference: '#b' } }],
    },
    errors: [['Group.member[1]', 'slice-closed']],
  },
  {
    says: 'a slice by profile',
    profiles: [
      profile('entries', 'Bundle', [
        { path: 'Bundle.entry', slicing: { discriminator: [{ type: 'profile', path: 'resource' }], rules: 'open' } },
        { path: 'Bundle.entry', sliceName: 'named', min: 1 },
        { path: 'Bundle.entry.resource', type: [{ code: 'Patient', profile: [url('named')] }] },
      ]),
      atLeastOneName,
    ],
    resource: bundleOf(patient),
    errors: [['Bundle', 'slice-min']],
  },
  {
    says: 'a constraint of an element on the elements that are defined like it',
    profiles: [profile('texts', 'Questionnaire', [{ path: 'Questionnaire.item.text', min: 1 }])],
    resource: {
      resourceType: 'Questionnaire',
      text,
      status: 'draft',
      item: [{ linkId: '1', type: 'group', text: 'a', item: [{ linkId: '2', type: 'display' }] }],
    },
    errors: [['Questionnaire.item[0].item[0]', 'profile-min']],
  },
  {
    says: 'a part of the narrative that does not say where it comes from',
    profiles: [
      profile('sources', 'Patient', [
        { path: 'Patient.text', extension: [{ url: `${BASE}narrative-source-control`, valueCode: 'error' }] },
      ]),
    ],
    resource: {
      ...patient,
      text: {
        status: 'generated',
        div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="original">a</p><p>b</p></div>',
      },
    },
    errors: [['Patient.text', 'narrative-source']],
  },
  {
    says: 'a narrative without a section in the language of the resource',
    profiles: [
      profile('languages', 'Patient', [
        { path: 'Patient.text', extension: [{ url: `${BASE}narrative-language-control`, valueCode: '_resource' }] },
      ]),
    ],
    resource: {
      ...patient,
      language: 'en',
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><div lang="de">a</div></div>' },
    },
    errors: [['Patient.text', 'narrative-language']],
  },
  // references
  {
    says: 'a target of a type that the profile does not allow',
    profiles: [
      profile('by-patient', 'Observation', [
        { path: 'Observation.performer', type: [{ code: 'Reference', targetProfile: [`${BASE}Patient`] }] },
      ]),
    ],
    resource: { ...observation, performer: [{ reference: 'Practitioner/1' }] },
    errors: [['Observation.performer[0]', 'profile-target']],
  },
  {
    says: 'a target in the bundle that does not conform, and why',
    profiles: [
      profile('of-named', 'Observation', [
        { path: 'Observation.subject', type: [{ code: 'Reference', targetProfile: [url('named')] }] },
      ]),
      atLeastOneName,
    ],
    resource: bundleOf(
      { ...observation, meta: { profile: [url('of-named')] }, subject: { reference: 'Patient/maria' } } as never,
      patient,
    ),
    errors: [
      ['Bundle.entry[0].resource.subject', 'profile-target'],
      ['Bundle.entry[1].resource', 'profile-min'],
    ],
  },
  {
    says: 'a reference that is not contained where it has to be',
    profiles: [
      profile('contained', 'Observation', [
        { path: 'Observation.subject', type: [{ code: 'Reference', aggregation: ['contained'] }] },
      ]),
    ],
    resource: { ...observation, subject: { reference: 'Patient/maria' } },
    errors: [['Observation.subject', 'profile-aggregation']],
  },
];

const errorsOf = (resource: object, profiles: readonly StructureDefinition[], asked: readonly string[]) =>
  createValidator(sourceOf(profiles))
    .validate(resource as AnyResource, { profiles: asked })
    .filter(({ severity }) => severity === 'error')
    .map(({ expression, rule }) => [expression?.[0], rule]);

describe('profiles', () => {
  for (const { says, profiles, resource, errors } of cases)
    it(`report ${says}`, () => {
      // A bundle whose entries state their profiles is not itself held to one.
      const stated = JSON.stringify(resource).includes('"profile":');
      assert.deepEqual(errorsOf(resource, profiles, stated ? [] : [profiles[0]?.url ?? '']), errors);
    });

  it('are taken from meta.profile', () =>
    assert.deepEqual(errorsOf({ ...patient, meta: { profile: [url('named')] } }, [atLeastOneName], []), [
      ['Patient', 'profile-min'],
    ]));

  it('are warned of when meta.profile names an unknown one, and an error when the caller does', () => {
    const validator = createValidator(packagedDefinitions());
    const claimed = validator.validate({ ...patient, meta: { profile: [url('unknown')] } } as unknown as AnyResource);
    assert.deepEqual(
      claimed.map(({ severity, rule }) => [severity, rule]),
      [['warning', 'profile-unknown']],
    );
    assert.deepEqual(errorsOf(patient, [], [url('unknown')]), [['Patient', 'profile-unknown']]);
  });

  it('that derive from themselves end', () => {
    const circular = profile('circular', 'Patient', [{ path: 'Patient.name', min: 1 }], url('circular'));
    assert.deepEqual(errorsOf(patient, [circular], [circular.url]), [['Patient', 'profile-min']]);
  });

  it('that refer to each other end', () => {
    const linked = profile('linked', 'Patient', [
      { path: 'Patient.link.other', type: [{ code: 'Reference', targetProfile: [url('linked')] }] },
    ]);
    const link = (id: string): object => ({ link: [{ type: 'seealso', other: { reference: `Patient/${id}` } }] });
    const resource = bundleOf(
      { ...patient, ...link('ana') } as never,
      { ...patient, id: 'ana', ...link('maria') } as never,
    );
    const inBundle = profile('linked-bundle', 'Bundle', [
      { path: 'Bundle.entry.resource', type: [{ code: 'Patient', profile: [url('linked')] }] },
    ]);
    assert.deepEqual(errorsOf(resource, [inBundle, linked], [inBundle.url]), []);
  });

  it('made to exhaust the server end soon', () => {
    const path = `Patient${'.extension'.repeat(3000)}`;
    const names = Array.from({ length: 12 }, (_, at) => `level-${at}`);
    // Each level profiles two extensions by the next level and goes on below them: 2^12 copies of the last.
    const levels = names.map((name, at) =>
      profile(name, 'Extension', [
        {
          id: 'Extension.extension:a',
          path: 'Extension.extension',
          sliceName: 'a',
          type: [{ code: 'Extension', profile: [url(`level-${at + 1}`)] }],
        },
        { id: 'Extension.extension:a.extension', path: 'Extension.extension.extension', max: '5' },
        {
          id: 'Extension.extension:b',
          path: 'Extension.extension',
          sliceName: 'b',
          type: [{ code: 'Extension', profile: [url(`level-${at + 1}`)] }],
        },
        { id: 'Extension.extension:b.extension', path: 'Extension.extension.extension', max: '5' },
      ]),
    );
    const start = performance.now();
    errorsOf(patient, [profile('deep', 'Patient', [{ path, min: 1 }])], [url('deep')]);
    errorsOf({ ...patient, extension: [{ url: url('level-0'), extension: [] }] }, levels, []);
    assert(performance.now() - start < 10_000);
  });

  it('take effect at once when the source changes', () => {
    let current = atLeastOneName;
    let revision = 1;
    const source: DefinitionSource = {
      structureDefinition: (canonical) =>
        canonical === current.url ? current : packagedDefinitions().structureDefinition(canonical),
      valueSet: () => undefined,
      codeSystem: () => undefined,
      get revision() {
        return revision;
      },
    };
    const validator = createValidator(source);
    const errors = () =>
      validator
        .validate(patient as unknown as AnyResource, { profiles: [current.url] })
        .filter(({ severity }) => severity === 'error').length;
    assert.equal(errors(), 1);
    current = profile('named', 'Patient', []);
    revision++;
    assert.equal(errors(), 0);
  });
});
