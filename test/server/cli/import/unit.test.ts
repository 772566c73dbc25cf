// https://hl7.org/fhir/R4/valueset-bundle-type.html : what becomes of a Bundle of each type
import { strict as assert } from 'node:assert';
import { numeralOf } from '../../../../resources/json.ts';
import { type Unit, unitsOf } from '../../../../server/cli/import/unit.ts';

const units = (value: unknown, { isXml = false, holdsBundles = false, part = 0 } = {}) =>
  unitsOf(
    { record: 3, part, line: 9, bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) },
    isXml,
    holdsBundles,
  );

/** `Patient/keller`, `bundle`, or the reason why not. */
function shown(unit: Unit): string {
  switch (unit.kind) {
    case 'resource':
      return [unit.resource.resourceType, unit.resource.id].filter(Boolean).join('/');
    case 'bundle':
      return 'bundle';
    case 'unreadable':
      return unit.error.message;
  }
}

const keller = { resourceType: 'Patient', id: 'keller' };
const older = { ...keller, active: false };
const orlov = { resourceType: 'Patient', id: 'orlov' };
const bundle = (type: string | undefined, ...entry: unknown[]) => ({ resourceType: 'Bundle', id: 'b', type, entry });

const cases: readonly (readonly [name: string, value: unknown, expected: readonly string[]])[] = [
  ['a resource', keller, ['Patient/keller']],
  ['a resource without an id', { resourceType: 'Patient' }, ['Patient']],
  ['an array of resources', [keller, orlov], ['Patient/keller', 'Patient/orlov']],
  ['a transaction', bundle('transaction', {}), ['bundle']],
  ['a batch', bundle('batch', {}), ['bundle']],
  ['a document', bundle('document', { resource: keller }), ['Bundle/b']],
  ['a message', bundle('message', { resource: keller }), ['Bundle/b']],
  [
    'a collection',
    bundle('collection', { resource: keller }, { resource: orlov }),
    ['Patient/keller', 'Patient/orlov'],
  ],
  [
    'a searchset, without outcomes',
    bundle(
      'searchset',
      { resource: keller },
      { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } },
    ),
    ['Patient/keller'],
  ],
  [
    'a history: what is newest, and not what was deleted',
    bundle(
      'history',
      { resource: keller, request: { method: 'PUT', url: 'Patient/keller' } },
      { request: { method: 'DELETE', url: 'Patient/orlov' } },
      { resource: older, request: { method: 'POST', url: 'Patient' } },
      { resource: orlov, request: { method: 'PUT', url: 'Patient/orlov' } },
    ),
    ['Patient/keller'],
  ],
  [
    'an answer',
    bundle('transaction-response'),
    ['A Bundle of type transaction-response is an answer; there is nothing in it to import'],
  ],
  ['a Bundle of no type', bundle(undefined), ['Bundle.type is null, which is no type of Bundle in FHIR R4']],
  [
    'one bad entry among good ones',
    bundle('collection', { resource: keller }, { resource: { resourceType: 'Patent' } }, null, { resource: orlov }),
    [
      'Patient/keller',
      'resourceType is "Patent", which is no resource type of FHIR R4',
      'The entry is no object',
      'Patient/orlov',
    ],
  ],
  [
    'an id that no path can hold',
    { ...keller, id: 'a/b' },
    ['id is "a/b"; expected 1 to 64 letters, digits, "-" and "."'],
  ],
  ['no resource', { id: 'x' }, ['There is no resourceType']],
  ['a number', '1', ['Expected a resource, found a number']],
];

describe('A unit of an import', () => {
  for (const [name, value, expected] of cases)
    it(`is made of ${name}`, () => assert.deepEqual(units(value).map(shown), expected));

  it('is a Bundle where the file holds Bundles, of whatever type', () =>
    assert.deepEqual(units(bundle('transaction'), { holdsBundles: true }).map(shown), ['Bundle/b']));

  it('is read from XML too', () =>
    assert.deepEqual(
      units('<Patient xmlns="http://hl7.org/fhir"><id value="keller"/></Patient>', { isXml: true }).map(shown),
      ['Patient/keller'],
    ));

  it('knows its place: record, entry and line', () => {
    const places = units(bundle('collection', { resource: keller }, { resource: orlov })).map(({ place }) => place);
    assert.deepEqual(places, [
      { record: 3, part: 1, line: 9 },
      { record: 3, part: 2, line: 9 },
    ]);
    assert.deepEqual(units({ resource: keller }, { part: 7 })[0]?.place, { record: 3, part: 7, line: 9 });
  });

  it('keeps the digits of decimals', () => {
    const [unit] = units('{"resourceType":"Observation","valueQuantity":{"value":1.00}}');
    assert.equal(unit?.kind === 'resource' && numeralOf(unit.resource.valueQuantity as object, 'value'), '1.00');
  });

  it('says what is wrong with JSON that cannot be read', () =>
    assert.match(units('{"resourceType":"Patient",').map(shown).join(), /expected a property name/));
});
