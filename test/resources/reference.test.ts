import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import {
  formatCanonical,
  formatReference,
  mapReferences,
  parseCanonical,
  parseReference,
  references,
} from '../../resources/reference.ts';
import type { AnyResource } from '../../resources/types.ts';

describe('parseReference', () => {
  for (const [text, parsed] of [
    ['Patient/1', { kind: 'literal', type: 'Patient', id: '1' }],
    ['Patient/1/_history/2', { kind: 'literal', type: 'Patient', id: '1', version: '2' }],
    ['http://a.example/fhir/Patient/1', { kind: 'literal', base: 'http://a.example/fhir', type: 'Patient', id: '1' }],
    [
      'https://a.example/x/fhir/Group/g/_history/7',
      { kind: 'literal', base: 'https://a.example/x/fhir', type: 'Group', id: 'g', version: '7' },
    ],
    ['#p1', { kind: 'contained', id: 'p1' }],
    [
      'urn:uuid:7b2a6a3e-6b0d-4f3b-9b0e-0c2d7f9b1d11',
      { kind: 'url', url: 'urn:uuid:7b2a6a3e-6b0d-4f3b-9b0e-0c2d7f9b1d11' },
    ],
    ['urn:oid:1.2.3', { kind: 'url', url: 'urn:oid:1.2.3' }],
    ['http://acme.com/Questionnaire/intake|1.1', { kind: 'url', url: 'http://acme.com/Questionnaire/intake|1.1' }],
    ['http://acme.com/somewhere', { kind: 'url', url: 'http://acme.com/somewhere' }],
  ] as const)
    it(`reads ${text}`, () => {
      const found = parseReference(text);
      assert.deepEqual(found, parsed);
      assert.equal(found && formatReference(found), text);
    });

  for (const text of ['', '1', 'Foo/1', 'Patient/', 'Patient/a b', 'Patient?identifier=5', 'fhir/Patient/1'])
    it(`does not take '${text}' for a reference`, () => assert.equal(parseReference(text), undefined));

  it('writes what it has read', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/), (base, id) => {
        for (const text of [`Patient/${id}`, `${base}/Patient/${id}`, `Patient/${id}/_history/${id}`, base]) {
          const parsed = parseReference(text);
          if (parsed) assert.equal(formatReference(parsed), text);
        }
      }),
    );
  });
});

describe('parseCanonical', () => {
  for (const [text, parsed] of [
    ['http://acme.com/x', { url: 'http://acme.com/x' }],
    ['http://acme.com/x|1.0', { url: 'http://acme.com/x', version: '1.0' }],
    ['http://acme.com/x|1.0#a', { url: 'http://acme.com/x', version: '1.0', fragment: 'a' }],
    ['http://acme.com/x#a', { url: 'http://acme.com/x', fragment: 'a' }],
    ['#a', { url: '', fragment: 'a' }],
  ] as const)
    it(`reads ${text}`, () => {
      assert.deepEqual(parseCanonical(text), parsed);
      assert.equal(formatCanonical(parsed), text);
    });
});

const plan: AnyResource = {
  resourceType: 'CarePlan',
  instantiatesCanonical: ['urn:uuid:1'],
  instantiatesUri: ['urn:uuid:1'],
  text: {
    status: 'generated',
    div: '<div><a title="x" href="urn:uuid:1">it</a> href="urn:uuid:1" <img src=\'urn:uuid:1\'/></div>',
  } as never,
  subject: {
    reference: 'urn:uuid:1',
    display: 'urn:uuid:1',
    identifier: { system: 'urn:uuid:1', value: 'urn:uuid:1' },
  },
  contained: [{ resourceType: 'Goal', id: 'g', subject: { reference: 'urn:uuid:1' } }],
  activity: [
    { detail: { status: 'scheduled', reasonReference: [{ reference: 'urn:uuid:2' }], description: 'urn:uuid:1' } },
  ],
  _status: { extension: [{ url: 'urn:uuid:1', valueReference: { reference: 'urn:uuid:1' } }] },
  extension: [{ url: 'urn:uuid:1', valueUrl: 'urn:uuid:1' }],
  note: [{ text: 'urn:uuid:1', authorReference: { reference: 'urn:uuid:2' } }],
};

describe('references', () => {
  it('finds every place where a reference can stand, with its path', () => {
    assert.deepEqual(
      references(plan).map(({ path, place }) => `${path} ${place}`),
      [
        'CarePlan.instantiatesCanonical[0] canonical',
        'CarePlan.instantiatesUri[0] uri',
        'CarePlan.text.div narrative',
        'CarePlan.text.div narrative',
        'CarePlan.subject.reference Reference',
        'CarePlan.subject.identifier.system uri',
        'CarePlan.contained[0].subject.reference Reference',
        'CarePlan.activity[0].detail.reasonReference[0].reference Reference',
        'CarePlan._status.extension[0].valueReference.reference Reference',
        'CarePlan.extension[0].valueUrl uri',
        'CarePlan.note[0].authorReference.reference Reference',
      ],
    );
  });
});

describe('mapReferences', () => {
  const mapped = mapReferences(plan, (text) => (text === 'urn:uuid:1' ? 'Patient/1' : text));

  it('rewrites references, and neither texts nor the urls of extensions', () => {
    const texts = references(mapped).map(({ text }) => text);
    assert.equal(texts.filter((text) => text === 'Patient/1').length, 9);
    assert.equal(texts.filter((text) => text === 'urn:uuid:2').length, 2);
    const { subject, text } = mapped as unknown as { subject: { display: string }; text: { div: string } };
    assert.equal(subject.display, 'urn:uuid:1');
    assert.equal(text.div, '<div><a title="x" href="Patient/1">it</a> href="urn:uuid:1" <img src="Patient/1"/></div>');
  });

  it('leaves the original as it was and shares with it what did not change', () => {
    assert.equal(references(plan).filter(({ text }) => text === 'urn:uuid:1').length, 9);
    assert.equal(mapped.activity, plan.activity);
    assert.equal(
      mapReferences(plan, (text) => text),
      plan,
    );
  });

  it('keeps the digits of decimals', () => {
    const json =
      '{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"},"valueQuantity":{"value":1.00,"system":"urn:uuid:1"}}';
    const observation = parseJson(json) as unknown as AnyResource;
    assert.equal(stringifyJson(mapReferences(observation, () => 'urn:x')), json.replaceAll('urn:uuid:1', 'urn:x'));
  });

  it('reads and writes ampersands in the narrative as XML has them', () => {
    const text = { status: 'generated', div: '<div><a href="http://a.example/?x=1&amp;y=2">x</a></div>' };
    const resource = { resourceType: 'Basic', text } as unknown as AnyResource;
    assert.deepEqual(
      references(resource).map((found) => found.text),
      ['http://a.example/?x=1&y=2'],
    );
    const changed = mapReferences(resource, (found) => `${found}&z="3"`) as unknown as { text: typeof text };
    assert.equal(changed.text.div, '<div><a href="http://a.example/?x=1&amp;y=2&amp;z=&quot;3&quot;">x</a></div>');
  });
});
