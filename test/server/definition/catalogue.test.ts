import { strict as assert } from 'node:assert';
import type { ValueSet } from '../../../resources/types.ts';
import { Catalogue, headOf } from '../../../server/definition/catalogue.ts';
import { canonicalsOf, pinned } from '../../../server/definition/pin.ts';
import { installedDefinitions } from '../../../server/definition/source.ts';
import { compareVersions } from '../../../server/definition/version.ts';

const URL = 'http://care.example/ValueSet/moods';

function put(
  catalogue: Catalogue,
  version: string | undefined,
  origin: string,
  layer: 'stored' | 'package' = 'package',
  order = 1,
) {
  const valueSet: ValueSet = { resourceType: 'ValueSet', url: URL, version, status: 'active', title: origin };
  const head = headOf(valueSet, { origin, layer, order });
  assert.ok(head);
  catalogue.set(head, JSON.stringify(valueSet));
}

const titleOf = (catalogue: Catalogue, canonical: string) => catalogue.find('ValueSet', canonical)?.title;

describe('a catalogue of definitions', () => {
  it('gives the version that is named, or the newest', () => {
    const catalogue = new Catalogue();
    for (const version of ['6.1.0', '10.0.0', '7.0.0-ballot', '7.0.0']) put(catalogue, version, version);
    assert.equal(titleOf(catalogue, URL), '10.0.0');
    assert.equal(titleOf(catalogue, `${URL}|6.1.0`), '6.1.0');
    assert.equal(titleOf(catalogue, `${URL}|7.0`), '7.0.0');
    assert.equal(titleOf(catalogue, `${URL}|8.0.0`), undefined);
  });

  it('prefers what is stored to what a package brought, and the later of the same version', () => {
    const catalogue = new Catalogue();
    put(catalogue, '2.0.0', 'package');
    put(catalogue, '1.0.0', 'early', 'stored', 1);
    put(catalogue, '1.0.0', 'late', 'stored', 2);
    assert.equal(titleOf(catalogue, URL), 'late');
    catalogue.delete('late');
    assert.equal(titleOf(catalogue, URL), 'early');
    catalogue.delete('early');
    assert.equal(titleOf(catalogue, URL), 'package');
  });

  it('has another revision after each change, and the same object until then', () => {
    const catalogue = new Catalogue();
    put(catalogue, '1', 'a');
    const [before, found] = [catalogue.revision, catalogue.find('ValueSet', URL)];
    assert.equal(catalogue.find('ValueSet', URL), found);
    catalogue.delete('nobody');
    assert.equal(catalogue.revision, before);
    put(catalogue, '1', 'a');
    assert.notEqual(catalogue.revision, before);
    assert.notEqual(catalogue.find('ValueSet', URL), found);
  });

  it('leaves what R4 defines as R4 says', () => {
    const catalogue = new Catalogue();
    const url = 'http://hl7.org/fhir/ValueSet/administrative-gender';
    const head = headOf({ resourceType: 'ValueSet', url }, { origin: 'ValueSet/mine', layer: 'stored', order: 1 });
    assert.ok(head);
    catalogue.set(head, JSON.stringify({ resourceType: 'ValueSet', url, title: 'Mine' }));
    assert.notEqual(installedDefinitions(catalogue).valueSet(url)?.title, 'Mine');
  });
});

describe('compareVersions', () => {
  const ascending = [undefined, 'draft', '0.9', '1.0.0-ballot', '1.0.0', '1.0.1', '1.2', '1.10', '2', '20240101'];
  it('orders numbers as numbers and labels before the release', () => {
    const shuffled = [...ascending].reverse();
    // Array.sort puts undefined last by itself.
    assert.deepEqual(shuffled.filter((each) => each !== undefined).sort(compareVersions), ascending.slice(1));
    assert.ok(compareVersions(undefined, '0.1') < 0);
  });
});

describe('pinned', () => {
  it('gives canonicals of the same package their version, and leaves others', () => {
    const own = canonicalsOf([{ url: 'http://guide.example/a', version: '2' }]);
    const element = [
      { path: 'Patient', type: [{ code: 'Reference', targetProfile: ['http://guide.example/a', 'http://x'] }] },
    ];
    assert.deepEqual(
      pinned(
        {
          resourceType: 'StructureDefinition',
          url: 'http://guide.example/a',
          baseDefinition: 'http://guide.example/a',
          differential: { element },
        },
        own,
      ),
      {
        resourceType: 'StructureDefinition',
        url: 'http://guide.example/a',
        baseDefinition: 'http://guide.example/a|2',
        differential: {
          element: [
            { path: 'Patient', type: [{ code: 'Reference', targetProfile: ['http://guide.example/a|2', 'http://x'] }] },
          ],
        },
      },
    );
  });
});
