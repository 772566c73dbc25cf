import { strict as assert } from 'node:assert';
import { packagedDefinitions } from '../../profiles/source.ts';
import { createValidator } from '../../profiles/validate.ts';
import type { AnyResource } from '../../resources/types.ts';

const validator = createValidator(packagedDefinitions());

const div = '<div xmlns="http://www.w3.org/1999/xhtml">Maria</div>';
const text = { status: 'generated', div };
const observation = { resourceType: 'Observation', text, status: 'final', code: { text: 'Weight' } };
const patient = { resourceType: 'Patient', text };

/** Each wrong resource, and the expression and rule of each of its errors. */
const wrong: readonly (readonly [string, Record<string, unknown>, readonly (readonly [string, string])[]])[] = [
  // https://hl7.org/fhir/R4/json.html
  ['an unknown element', { ...patient, nmae: [] }, [['Patient', 'structure-unknown-element']]],
  ['an unknown resource type', { resourceType: 'Patiant' }, [['Patiant', 'resource-type']]],
  ['no resource type', {}, [['Resource', 'resource-type']]],
  [
    'a resource type inside an element',
    { ...patient, name: [{ resourceType: 'HumanName', text: 'M' }] },
    [['Patient.name[0]', 'structure-unknown-element']],
  ],
  ['one where there are many', { ...patient, name: { text: 'Maria' } }, [['Patient.name', 'structure-type']]],
  ['many where there is one', { ...patient, birthDate: ['2001'] }, [['Patient.birthDate', 'structure-type']]],
  [
    'many where there is one object',
    { ...patient, maritalStatus: [{ text: 'M' }] },
    [['Patient.maritalStatus', 'structure-type']],
  ],
  ['a string for an object', { ...patient, name: ['Maria'] }, [['Patient.name[0]', 'structure-type']]],
  ['an object for a string', { ...patient, name: [{ family: {} }] }, [['Patient.name[0].family', 'type-string']]],
  ['an empty array', { ...patient, name: [] }, [['Patient.name', 'structure-empty']]],
  ['an empty object', { ...patient, name: [{}] }, [['Patient.name[0]', 'ele-1']]],
  ['an empty string', { ...patient, name: [{ family: '' }] }, [['Patient.name[0].family', 'type-string']]],
  ['null', { ...patient, birthDate: null }, [['Patient.birthDate', 'type-date']]],
  ['a null in an array of objects', { ...patient, name: [null] }, [['Patient.name[0]', 'structure-type']]],
  [
    'a null without an extension',
    { ...patient, name: [{ given: ['Ana', null] }] },
    [['Patient.name[0].given[1]', 'ele-1']],
  ],
  [
    'extensions out of step',
    { ...patient, name: [{ given: ['Ana'], _given: [null, { id: 'a' }] }] },
    [['Patient.name[0].given', 'structure-parallel']],
  ],
  ['_ before an object', { ...patient, _name: [] }, [['Patient', 'structure-type']]],
  [
    'a primitive extension with a value',
    { ...patient, _birthDate: { value: '2001' } },
    [['Patient.birthDate', 'structure-unknown-element']],
  ],
  ['a missing element', { resourceType: 'Observation', text, status: 'final' }, [['Observation', 'structure-min']]],
  [
    'a missing element of a backbone',
    { ...patient, link: [{ other: { display: 'M' } }] },
    [['Patient.link[0]', 'structure-min']],
  ],
  ['two of a choice', { ...observation, valueString: 'a', valueInteger: 1 }, [['Observation', 'structure-choice']]],
  ['a choice without its type', { ...observation, value: 1 }, [['Observation', 'structure-unknown-element']]],
  ['a choice of another type', { ...observation, valueDecimal: 1 }, [['Observation', 'structure-unknown-element']]],
  // https://hl7.org/fhir/R4/references.html
  [
    'a contained resource inside a contained one',
    {
      ...patient,
      contained: [
        {
          resourceType: 'Organization',
          id: 'a',
          name: 'A',
          contained: [{ resourceType: 'Organization', id: 'b', name: 'B' }],
        },
      ],
      managingOrganization: { reference: '#a' },
    },
    [
      ['Patient.contained[0]', 'dom-3'],
      ['Patient', 'dom-2'],
    ],
  ],
  [
    'a contained resource that nobody names',
    { ...patient, contained: [{ resourceType: 'Organization', id: 'a', name: 'A' }] },
    [['Patient', 'dom-3']],
  ],
  [
    'two contained resources with one id',
    {
      ...patient,
      contained: [
        { resourceType: 'Organization', id: 'a', name: 'A' },
        { resourceType: 'Organization', id: 'a', name: 'B' },
      ],
      managingOrganization: { reference: '#a' },
    },
    [['Patient.contained[1]', 'contained-id']],
  ],
  [
    'a reference to nothing contained',
    { ...patient, managingOrganization: { reference: '#a' } },
    [['Patient.managingOrganization', 'ref-1']],
  ],
  [
    'a reference to another type',
    { ...patient, managingOrganization: { reference: 'Practitioner/1' } },
    [['Patient.managingOrganization', 'reference-target']],
  ],
  [
    'a reference that contradicts its type',
    { ...patient, managingOrganization: { reference: 'Organization/1', type: 'Practitioner' } },
    [['Patient.managingOrganization', 'reference-type']],
  ],
  // https://hl7.org/fhir/R4/terminologies.html
  ['a code outside a required value set', { ...patient, gender: 'feminine' }, [['Patient.gender', 'binding-required']]],
  [
    'a code that its system does not have',
    {
      ...patient,
      maritalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'X' }] },
    },
    [['Patient.maritalStatus.coding[0]', 'coding-code']],
  ],
  [
    'a MIME type that is none',
    { ...patient, photo: [{ contentType: 'picture', url: 'http://x.org/a' }] },
    [['Patient.photo[0].contentType', 'binding-required']],
  ],
  // https://hl7.org/fhir/R4/datatypes.html#attachment
  [
    'an attachment with another size',
    { ...patient, photo: [{ contentType: 'image/png', data: 'AAAA', size: 4 }] },
    [['Patient.photo[0]', 'attachment-size']],
  ],
  // invariants
  [
    'a period that ends before it begins',
    { ...patient, name: [{ text: 'M', period: { start: '2021', end: '2020' } }] },
    [['Patient.name[0].period', 'per-1']],
  ],
  ['a contact with nothing to say', { ...patient, contact: [{ gender: 'male' }] }, [['Patient.contact[0]', 'pat-1']]],
  // https://hl7.org/fhir/R4/narrative.html
  [
    'a script in the narrative',
    { ...patient, text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>' } },
    [['Patient.text.div', 'txt-1']],
  ],
  [
    'an event in the narrative',
    { ...patient, text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml" onclick="x()">M</div>' } },
    [['Patient.text.div', 'txt-1']],
  ],
  [
    'a link that runs a script',
    {
      ...patient,
      text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:x()">M</a></div>' },
    },
    [['Patient.text.div', 'xhtml-script']],
  ],
  [
    'a narrative with nothing in it',
    { ...patient, text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml"> </div>' } },
    [['Patient.text.div', 'txt-2']],
  ],
  [
    'a narrative that is not XHTML',
    { ...patient, text: { ...text, div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>M</div>' } },
    [['Patient.text.div', 'xhtml-syntax']],
  ],
  [
    'a narrative without its namespace',
    { ...patient, text: { ...text, div: '<div>M</div>' } },
    [['Patient.text.div', 'xhtml-namespace']],
  ],
];

const right: readonly (readonly [string, Record<string, unknown>])[] = [
  ['a small patient', patient],
  [
    'a primitive that has only an extension',
    {
      ...patient,
      _birthDate: {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
      },
    },
  ],
  ['a null in step with an extension', { ...patient, name: [{ given: ['Ana', null], _given: [null, { id: 'a' }] }] }],
  [
    'a contained resource that is named',
    {
      ...patient,
      contained: [{ resourceType: 'Organization', id: 'a', name: 'A' }],
      managingOrganization: { reference: '#a' },
    },
  ],
  [
    'a contained resource that names its container',
    {
      ...patient,
      contained: [
        { resourceType: 'Observation', id: 'a', status: 'final', code: { text: 'x' }, subject: { reference: '#' } },
      ],
    },
  ],
  [
    'a MIME type with parameters',
    { ...patient, photo: [{ contentType: 'text/html; charset=utf-8', url: 'http://x.org/a' }] },
  ],
];

const errorsOf = (resource: Record<string, unknown>) =>
  validator
    .validate(resource as unknown as AnyResource)
    .filter(({ severity }) => severity === 'error')
    .map(({ expression, rule }) => [expression?.[0], rule]);

describe('structure', () => {
  for (const [name, resource, expected] of wrong)
    it(`reports ${name}`, () => assert.deepEqual(errorsOf(resource), expected));
  for (const [name, resource] of right) it(`accepts ${name}`, () => assert.deepEqual(errorsOf(resource), []));

  it('names the element that was meant', () => {
    const [issue] = validator.validate({ ...patient, nmae: 1 } as unknown as AnyResource);
    assert.equal(issue?.diagnostics, "Patient has no element 'nmae'; did you mean name?");
  });

  it('stops at a bounded depth', () => {
    let extension: Record<string, unknown> = { url: 'http://x.org/e', valueBoolean: true };
    for (let at = 0; at < 5000; at++) extension = { url: 'http://x.org/e', extension: [extension] };
    assert(
      validator
        .validate({ ...patient, extension: [extension] } as unknown as AnyResource)
        .some(({ rule }) => rule === 'depth-limit'),
    );
  });

  it('reports a bounded number of errors', () => {
    const issues = validator.validate({
      ...patient,
      name: Array.from({ length: 5000 }, () => ({})),
    } as unknown as AnyResource);
    assert(issues.length <= 502 && issues.some(({ rule }) => rule === 'issue-limit'));
  });
});
