/** The rules that no StructureDefinition states formally: bundles, extensions, definitions, codings. Each wrong resource with its errors. */
import { strict as assert } from 'node:assert';
import { type DefinitionSource, layered, packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource, CodeSystem, StructureDefinition, ValueSet } from '../../resources/types.ts';

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/';
const OURS = 'http://example.com/fhir/';

/** A complex extension of ours: on patients only, with a part `level` and a part `since`. */
const riskLevel = {
  resourceType: 'StructureDefinition',
  url: `${OURS}risk-level`,
  type: 'Extension',
  kind: 'complex-type',
  baseDefinition: `${EXTENSION}Extension`,
  derivation: 'constraint',
  context: [{ type: 'element', expression: 'Patient' }],
  differential: {
    element: [
      { id: 'Extension', path: 'Extension' },
      { id: 'Extension.extension:level', path: 'Extension.extension', sliceName: 'level', min: 1, max: '1' },
      { id: 'Extension.extension:level.url', path: 'Extension.extension.url', fixedUri: 'level' },
      { id: 'Extension.extension:level.value[x]', path: 'Extension.extension.value[x]', type: [{ code: 'integer' }] },
      { id: 'Extension.extension:since', path: 'Extension.extension', sliceName: 'since', max: '1' },
      { id: 'Extension.extension:since.url', path: 'Extension.extension.url', fixedUri: 'since' },
      { id: 'Extension.url', path: 'Extension.url', fixedUri: `${OURS}risk-level` },
      { id: 'Extension.value[x]', path: 'Extension.value[x]', max: '0' },
    ],
  },
} as unknown as StructureDefinition;

const adult = {
  ...riskLevel,
  url: `${OURS}adult`,
  contextInvariant: ['birthDate.exists()'],
  differential: { element: [{ id: 'Extension.url', path: 'Extension.url', fixedUri: `${OURS}adult` }] },
} as unknown as StructureDefinition;

const bands = {
  resourceType: 'CodeSystem',
  url: `${OURS}bands`,
  content: 'complete',
  property: [{ code: 'notSelectable', type: 'boolean' }],
  concept: [{ code: 'low' }, { code: 'high', display: 'High', concept: [{ code: 'severe' }] }],
} as unknown as CodeSystem;

const high = {
  resourceType: 'ValueSet',
  url: `${OURS}high-bands`,
  compose: { include: [{ system: `${OURS}bands`, filter: [{ property: 'concept', op: 'is-a', value: 'high' }] }] },
} as unknown as ValueSet;

const find =
  <T extends { readonly url?: string }>(...all: readonly T[]) =>
  (canonical: string): T | undefined =>
    all.find(({ url }) => url === canonical);
const source: DefinitionSource = layered(
  { structureDefinition: find(riskLevel, adult), valueSet: find(high), codeSystem: find(bands) },
  packagedDefinitions(),
);
const validator = createValidator(source);

const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Maria</div>' };
const patient = { resourceType: 'Patient', id: 'maria', text };
const composition = {
  resourceType: 'Composition',
  id: 'plan',
  text,
  status: 'final',
  type: { text: 'Plan' },
  date: '2024',
  author: [{ reference: 'Patient/maria' }],
  title: 'Plan',
};
const base = 'http://clinic.example.com/fhir';
const entry = (resource: { readonly resourceType: string; readonly id: string }): object => ({
  fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
  resource,
});
const bundle = (type: string, ...entries: readonly object[]): object => ({
  resourceType: 'Bundle',
  type,
  ...(type === 'document'
    ? { identifier: { system: 'http://example.com/documents', value: '1' }, timestamp: '2024-01-01T00:00:00Z' }
    : {}),
  entry: entries,
});
const risk = (...extension: readonly object[]): object => ({ url: `${OURS}risk-level`, extension });
const level = { url: 'level', valueInteger: 3 };
const coded = (coding: object): object => ({
  resourceType: 'Observation',
  id: 'o',
  text,
  status: 'final',
  code: { coding: [coding] },
});
const codeSystem = { resourceType: 'CodeSystem', text, status: 'draft', url: `${OURS}new` };
const valueSet = { resourceType: 'ValueSet', text, status: 'draft', url: `${OURS}new` };

const cases: readonly (readonly [string, object, readonly (readonly [string, string])[]])[] = [
  // https://hl7.org/fhir/R4/bundle.html
  [
    'an entry whose fullUrl is not absolute',
    bundle('collection', { fullUrl: 'Patient/maria', resource: patient }),
    [['Bundle.entry[0]', 'bundle-full-url']],
  ],
  [
    'an entry called by another id',
    bundle('collection', { fullUrl: `${base}/Patient/ana`, resource: patient }),
    [['Bundle.entry[0]', 'bundle-full-url']],
  ],
  ['an entry without fullUrl', bundle('collection', { resource: patient }), [['Bundle.entry[0]', 'bundle-full-url']]],
  [
    'nothing in a transaction without fullUrls',
    bundle('transaction', { resource: patient, request: { method: 'POST', url: 'Patient' } }),
    [],
  ],
  ['nothing in a document that is whole', bundle('document', entry(composition), entry(patient)), []],
  [
    'a document that lacks its author',
    bundle('document', entry(composition)),
    [['Bundle.entry[0].resource.author[0]', 'bundle-reference']],
  ],
  [
    'an entry of a document that nothing leads to',
    bundle('document', entry(composition), entry(patient), entry({ ...patient, id: 'ana' })),
    [['Bundle.entry[2]', 'bundle-unreachable']],
  ],
  ['a document that begins with something else', bundle('document', entry(patient)), [['Bundle', 'bdl-11']]],
  [
    'a search result without id',
    bundle('searchset', {
      fullUrl: 'urn:uuid:0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11',
      resource: { resourceType: 'Patient', text },
      search: { mode: 'match' },
    }),
    [['Bundle.entry[0].resource', 'searchset-id']],
  ],
  [
    'a match of another type',
    {
      ...bundle('searchset', { ...entry(patient), search: { mode: 'match' } }),
      link: [{ relation: 'self', url: `${base}/Observation?code=1` }],
    },
    [['Bundle.entry[0].resource', 'searchset-type']],
  ],
  [
    'a reference in a bundle to what is of another type',
    bundle(
      'collection',
      { fullUrl: 'urn:uuid:0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11', resource: patient },
      entry({
        ...coded({ system: `${OURS}bands`, code: 'low' }),
        device: { reference: 'urn:uuid:0f9d2b2e-7e2c-4d5f-8a55-0d6d1b0f5f11' },
      } as never),
    ),
    [['Bundle.entry[1].resource.device', 'reference-target']],
  ],
  // https://hl7.org/fhir/R4/extensibility.html
  ['nothing in an extension as it is defined', { ...patient, extension: [risk(level)] }, []],
  [
    'an extension that nobody defines',
    { ...patient, extension: [{ url: `${OURS}unknown`, valueString: 'a' }] },
    [['Patient.extension[0]', 'extension-unknown']],
  ],
  [
    'a version in the URL of an extension',
    { ...patient, extension: [{ url: `${OURS}risk-level|1`, valueString: 'a' }] },
    [['Patient.extension[0]', 'extension-url']],
  ],
  [
    'an extension with a short name at the top',
    { ...patient, extension: [{ url: 'level', valueInteger: 1 }] },
    [['Patient.extension[0]', 'extension-url']],
  ],
  [
    'an extension on another element',
    { ...patient, name: [{ text: 'M', extension: [risk(level)] }] },
    [['Patient.name[0]', 'extension-context']],
  ],
  [
    'an extension that does not modify, as modifier',
    { ...patient, modifierExtension: [risk(level)] },
    [['Patient.modifierExtension[0]', 'extension-modifier']],
  ],
  [
    'an extension with value and parts',
    { ...patient, extension: [{ ...risk(level), valueString: 'a' }] },
    [
      ['Patient.extension[0]', 'ext-1'],
      ['Patient.extension[0]', 'profile-max'],
    ],
  ],
  [
    'an extension without its required part',
    { ...patient, extension: [risk({ url: 'since', valueDate: '2024' })] },
    [['Patient.extension[0]', 'slice-min']],
  ],
  [
    'a part of another type',
    { ...patient, extension: [risk({ url: 'level', valueString: 'a' })] },
    [['Patient.extension[0].extension[0].value', 'profile-element-type']],
  ],
  [
    'a part that is not defined',
    { ...patient, extension: [risk(level, { url: 'until', valueDate: '2024' })] },
    [['Patient.extension[0].extension[1]', 'extension-nested']],
  ],
  [
    'an extension on the id of a resource',
    { ...patient, _id: { extension: [{ url: `${EXTENSION}data-absent-reason`, valueCode: 'unknown' }] } },
    [['Patient.id', 'resource-id']],
  ],
  [
    'two elements with one id',
    {
      ...patient,
      name: [
        { id: 'a', text: 'M' },
        { id: 'a', text: 'A' },
      ],
    },
    [['Patient.name[1]', 'element-id']],
  ],
  [
    'an extension whose condition its host does not meet',
    { ...patient, extension: [{ url: `${OURS}adult`, valueBoolean: true }] },
    [['Patient', 'extension-context']],
  ],
  [
    'nothing in an extension whose condition its host meets',
    { ...patient, birthDate: '1950', extension: [{ url: `${OURS}adult`, valueBoolean: true }] },
    [],
  ],
  // https://hl7.org/fhir/R4/terminologies.html
  [
    'a code that the code system does not have',
    coded({ system: `${OURS}bands`, code: 'medium' }),
    [['Observation.code.coding[0]', 'coding-code']],
  ],
  [
    'a display that is another',
    coded({ system: `${OURS}bands`, code: 'high', display: 'Low' }),
    [['Observation.code.coding[0]', 'coding-display']],
  ],
  [
    'a value set where a code system stands',
    coded({ system: `${OURS}high-bands`, code: 'high' }),
    [['Observation.code.coding[0]', 'coding-system']],
  ],
  [
    'a system that is no URI',
    coded({ system: 'bands', code: 'high' }),
    [['Observation.code.coding[0]', 'coding-system']],
  ],
  [
    'a SNOMED CT code whose check digit is wrong',
    coded({ system: 'http://snomed.info/sct', code: '22298007' }),
    [['Observation.code.coding[0]', 'coding-code']],
  ],
  ['nothing in a SNOMED CT code that can be one', coded({ system: 'http://snomed.info/sct', code: '22298006' }), []],
  [
    'an identifier that says it is a URI and is none',
    { ...patient, identifier: [{ system: 'urn:ietf:rfc:3986', value: '12' }] },
    [['Patient.identifier[0]', 'identifier-uri']],
  ],
  // definitions
  [
    'concepts in a CodeSystem that says it has none',
    { ...codeSystem, content: 'not-present', concept: [{ code: 'a' }] },
    [['CodeSystem.concept[0]', 'code-system-content']],
  ],
  [
    'a supplement that adds a code',
    { ...codeSystem, content: 'supplement', supplements: `${OURS}bands`, concept: [{ code: 'new' }] },
    [['CodeSystem.concept[0]', 'code-system-supplement']],
  ],
  [
    'a value set with a code that its system does not have',
    { ...valueSet, compose: { include: [{ system: `${OURS}bands`, concept: [{ code: 'medium' }] }] } },
    [['ValueSet.compose.include[0].concept[0]', 'value-set-code']],
  ],
  [
    'a filter on a truth value by something else',
    {
      ...valueSet,
      compose: { include: [{ system: `${OURS}bands`, filter: [{ property: 'notSelectable', op: '=', value: '1' }] }] },
    },
    [['ValueSet.compose.include[0].filter[0]', 'value-set-filter']],
  ],
];

describe('rules', () => {
  for (const [name, resource, expected] of cases)
    it(`report ${name}`, () => {
      const errors = validator.validate(resource as AnyResource).filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ expression, rule }) => [expression?.[0], rule]),
        expected,
        errors.map(({ diagnostics }) => diagnostics).join('\n'),
      );
    });

  it('let the caller say how grave an unknown extension is', () => {
    const resource = { ...patient, extension: [{ url: `${OURS}unknown`, valueString: 'a' }] } as unknown as AnyResource;
    const issues = validator.validate(resource, { unknownExtension: 'information' });
    assert.deepEqual(
      issues.map(({ severity, rule }) => [severity, rule]),
      [['information', 'extension-unknown']],
    );
  });
});
