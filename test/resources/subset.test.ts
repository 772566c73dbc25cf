import { strict as assert } from 'node:assert';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { FhirError } from '../../resources/outcome.ts';
import { elementNames, subset } from '../../resources/subset.ts';
import type { AnyResource } from '../../resources/types.ts';

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

const maria: AnyResource = {
  resourceType: 'Patient',
  id: 'maria',
  meta: { versionId: '3', tag: [{ code: 'demo' }] },
  language: 'en',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Maria</div>' },
  modifierExtension: [{ url: 'urn:x', valueBoolean: true }],
  name: [{ family: 'Silva', extension: [{ url: 'urn:y', valueCode: 'z' }] }],
  birthDate: '1961-04',
  _birthDate: { extension: [{ url: 'urn:time', valueDateTime: '1961-04-03T10:00:00Z' }] },
  _gender: { extension: [{ url: 'urn:absent', valueCode: 'unknown' }] },
  maritalStatus: { text: 'married' },
  photo: [{ contentType: 'image/png', data: 'AAAA' }],
  contact: [{ name: { family: 'Silva' } }],
  link: [{ other: { reference: 'Patient/2' }, type: 'seealso' }],
};

const names = (resource: object) => Object.keys(resource);

// https://hl7.org/fhir/R4/search.html#summary
describe('_summary', () => {
  it('true keeps what the definition marks, companions of primitives, and modifier extensions', () => {
    const part = subset(maria, { summary: 'true' });
    assert.deepEqual(names(part), [
      'resourceType',
      'id',
      'meta',
      'modifierExtension',
      'name',
      'birthDate',
      '_birthDate',
      '_gender',
      'link',
    ]);
    assert.deepEqual(part.modifierExtension, maria.modifierExtension);
    assert.deepEqual(part.link, maria.link);
  });

  it('true goes into data types: extensions stay out, and the data of an Attachment', () => {
    assert.deepEqual(subset(maria, { summary: 'true' }).name, [{ family: 'Silva' }]);
    const media: AnyResource = {
      resourceType: 'Media',
      status: 'completed',
      content: { contentType: 'image/png', data: 'AAAA', url: 'urn:u' },
    };
    assert.deepEqual(subset(media, { summary: 'true' }).content, { contentType: 'image/png', url: 'urn:u' });
  });

  it('true keeps mandatory elements that no summary mentions', () => {
    const appointment: AnyResource = {
      resourceType: 'Appointment',
      status: 'booked',
      comment: 'by phone',
      participant: [{ status: 'accepted' }],
    };
    assert.deepEqual(names(subset(appointment, { summary: 'true' })), [
      'resourceType',
      'meta',
      'status',
      'participant',
    ]);
  });

  it('true goes into the resources of a Bundle, and leaves types of other versions as they are', () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'urn:a', resource: { ...maria, meta: undefined } },
        { resource: { resourceType: 'Transport', a: 1 } },
      ],
    } as unknown as AnyResource;
    const [first, second] = subset(bundle, { summary: 'true' }).entry as { fullUrl: string; resource: AnyResource }[];
    assert.equal(first?.fullUrl, 'urn:a');
    assert.equal(first?.resource.text, undefined);
    assert.deepEqual(second?.resource, { resourceType: 'Transport', a: 1 });
  });

  it('text keeps the narrative, id, meta and what is mandatory at the top', () => {
    const observation: AnyResource = {
      resourceType: 'Observation',
      id: 'o',
      status: 'final',
      code: { text: 'PHQ-9' },
      text: maria.text,
      valueInteger: 14,
    };
    assert.deepEqual(names(subset(observation, { summary: 'text' })), [
      'resourceType',
      'id',
      'meta',
      'status',
      'code',
      'text',
    ]);
  });

  it('data leaves out the narrative and nothing else', () => {
    const part = subset(maria, { summary: 'data' });
    assert.deepEqual({ ...part, meta: maria.meta, text: maria.text }, maria);
    assert.equal('text' in part, false);
  });
});

// https://hl7.org/fhir/R4/search.html#elements
describe('_elements', () => {
  it('keeps what is asked for and what is mandatory', () => {
    assert.deepEqual(names(subset(maria, { elements: ['birthDate', 'Patient.contact'] })), [
      'resourceType',
      'id',
      'meta',
      'modifierExtension',
      'birthDate',
      '_birthDate',
      'contact',
    ]);
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: {},
      issued: 'x',
    } as unknown as AnyResource;
    assert.deepEqual(names(subset(observation, { elements: [] })), ['resourceType', 'meta', 'status', 'code']);
  });

  it('keeps elements whole, digits included, and choices under either name', () => {
    const text = '{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.00}}';
    const observation = parseJson(text) as unknown as AnyResource;
    for (const name of ['value', 'valueQuantity', 'Observation.value'])
      assert.match(stringifyJson(subset(observation, { elements: [name] })), /"valueQuantity":\{"value":1\.00\}/);
    assert.match(stringifyJson(subset(observation, { summary: 'true' })), /"value":1\.00/);
  });

  it('passes over names of other types, for resources that come along', () => {
    assert.deepEqual(names(subset({ resourceType: 'Flag', period: {} }, { elements: ['birthDate'] })), [
      'resourceType',
      'meta',
    ]);
  });

  it('knows the names of a type', () => {
    assert.deepEqual(elementNames('name, Patient.birthDate,deceased,deceasedBoolean', 'Patient'), [
      'name',
      'birthDate',
      'deceased',
      'deceasedBoolean',
    ]);
  });

  for (const { list, says } of [
    { list: 'brithDate', says: /Patient has no element "brithDate"; birthDate is one/ },
    { list: 'name,colour', says: /no element "colour"; expected some of id, meta,/ },
    { list: 'name.given', says: /no element "name.given"/ },
    { list: 'Observation.code', says: /no element "Observation.code"/ },
    { list: '', says: /no element ""/ },
  ]) {
    it(`refuses "${list}"`, () =>
      assert.throws(
        () => elementNames(list, 'Patient'),
        (error) => error instanceof FhirError && error.status === 400 && says.test(error.message),
      ));
  }
});

describe('the tag SUBSETTED', () => {
  it('joins the tags in meta, once', () => {
    const once = subset(maria, { summary: 'data' });
    assert.deepEqual(once.meta, { versionId: '3', tag: [{ code: 'demo' }, SUBSETTED] });
    assert.deepEqual(subset(once, { summary: 'true' }).meta, once.meta);
    assert.deepEqual(maria.meta?.tag, [{ code: 'demo' }]);
  });

  it('is put into a meta of its own after the id', () => {
    const part = subset({ resourceType: 'Flag', id: 'f', status: 'active' }, { summary: 'data' });
    assert.equal(
      JSON.stringify(part),
      `{"resourceType":"Flag","id":"f","meta":{"tag":[${JSON.stringify(SUBSETTED)}]},"status":"active"}`,
    );
  });
});
