import { strict as assert } from 'node:assert';
import type { ValueSet } from '../../resources/types.ts';
import { loadedSystems, loadRelease, removeSystem } from '../../server/terminology/load/load.ts';
import type { Release, ReleaseItem } from '../../server/terminology/load/release.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { VS } from './terminology-content.ts';

const SYSTEM = 'http://codes.example/large';

const concept = (code: string, display: string, active = true): ReleaseItem => ({
  kind: 'concept',
  code,
  display,
  active,
});
const parent = (code: string, above: string): ReleaseItem => ({ kind: 'parent', code, parent: above });

const items: readonly ReleaseItem[] = [
  concept('1', 'Disorder'),
  concept('2', 'Depression'),
  concept('3', 'Mild depression'),
  concept('4', 'Fracture'),
  concept('5', 'Melancholia', false),
  parent('2', '1'),
  parent('3', '2'),
  parent('4', '1'),
  parent('5', '2'),
  // A cycle, as broken content has it.
  parent('1', '3'),
  { kind: 'property', code: '4', property: 'site', value: 'bone' },
];

const release = (version: string, extra: readonly ReleaseItem[] = []): Release => ({
  url: SYSTEM,
  version,
  title: 'Large',
  async *items() {
    yield* items;
    yield* extra;
  },
});

onEveryDatabase('code systems that are loaded into the database', (server) => {
  const get = (path: string) => server().http.get(`/fhir/${path}`);
  const post = (path: string, body: object) =>
    server().http.post(`/fhir/${path}`).set('Content-Type', 'application/fhir+json').send(body);

  before(async () => {
    assert.equal(await loadRelease(server().store, release('1')), 5);
  });

  const expand = async (include: NonNullable<ValueSet['compose']>['include'][number], query = '') => {
    const { body } = await post(`ValueSet/$expand?excludeNested=true${query}`, {
      resourceType: 'ValueSet',
      status: 'active',
      compose: { include: [{ system: SYSTEM, ...include }] },
    });
    return (body.expansion?.contains ?? []).map(({ code }: { code: string }) => code).join(' ');
  };

  const filters: readonly [string, string, string, string][] = [
    ['concept', 'is-a', '2', '1 2 3 4 5'],
    ['concept', 'descendent-of', '4', ''],
    ['concept', 'is-not-a', '4', '1 2 3 5'],
    ['concept', 'generalizes', '4', '1 2 3 4'],
    ['site', '=', 'bone', '4'],
    ['site', 'exists', 'false', '1 2 3 5'],
    ['code', 'in', '2,4', '2 4'],
    ['code', 'not-in', '2,4', '1 3 5'],
    ['parent', '=', '2', '3 5'],
    ['display', '=', 'Fracture', '4'],
  ];
  for (const [property, op, value, codes] of filters)
    it(`are filtered by ${property} ${op} ${value}`, async () => {
      assert.equal(await expand({ filter: [{ property, op: op as 'is-a', value }] }), codes);
    });

  it('are searched by words, and without what is inactive', async () => {
    assert.equal(await expand({}, '&filter=depress'), '2 3');
    assert.equal(await expand({}, '&filter=depress+mild'), '3');
    assert.equal(await expand({}, '&filter=100%25'), '');
    assert.equal(await expand({}, '&activeOnly=true'), '1 2 3 4');
    assert.equal(await expand({ concept: [{ code: '3' }, { code: '99' }] }), '3');
  });

  it('say what a code means and how codes stand to each other', async () => {
    const { status, body } = await get(`CodeSystem/$lookup?system=${SYSTEM}&code=4`);
    assert.equal(status, 200);
    assert.ok(JSON.stringify(body).includes('Fracture') && JSON.stringify(body).includes('bone'));
    assert.equal((await get(`CodeSystem/$lookup?system=${SYSTEM}&code=99`)).status, 404);
    const relation = await get(`CodeSystem/$subsumes?system=${SYSTEM}&codeA=2&codeB=5`);
    assert.equal(relation.body.parameter[0].valueCode, 'subsumes');
  });

  it('answer $validate-code and searches', async () => {
    const { body } = await get(
      `ValueSet/$validate-code?url=${encodeURIComponent(`${SYSTEM}?fhir_vs=isa/4`)}&system=${SYSTEM}&code=4`,
    );
    assert.equal(body.parameter[0].valueBoolean, true);
    const fracture = {
      resourceType: 'Condition',
      id: 'a',
      subject: { display: 'x' },
      code: { coding: [{ system: SYSTEM, code: '4' }] },
    };
    const stored = await server()
      .http.put('/fhir/Condition/a')
      .set('Content-Type', 'application/fhir+json')
      .send(fracture);
    assert.equal(stored.status, 201, JSON.stringify(stored.body));
    const found = await get(`Condition?code:below=${SYSTEM}|1`);
    assert.equal(found.body.entry?.length, 1, JSON.stringify(found.body));
  });

  it('decide in validation: codes, displays, and value sets over them', async () => {
    await server()
      .http.put('/fhir/ValueSet/fractures')
      .set('Content-Type', 'application/fhir+json')
      .send({
        resourceType: 'ValueSet',
        id: 'fractures',
        url: `${VS}/fractures`,
        status: 'active',
        compose: { include: [{ system: SYSTEM, filter: [{ property: 'site', op: '=', value: 'bone' }] }] },
      });
    const profile = {
      resourceType: 'StructureDefinition',
      id: 'fracture',
      url: 'http://care.example/StructureDefinition/fracture',
      name: 'Fracture',
      status: 'active',
      kind: 'resource',
      abstract: false,
      type: 'Condition',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Condition',
      derivation: 'constraint',
      differential: {
        element: [
          {
            id: 'Condition.code',
            path: 'Condition.code',
            binding: { strength: 'required', valueSet: `${VS}/fractures` },
          },
        ],
      },
    };
    await server()
      .http.put('/fhir/StructureDefinition/fracture')
      .set('Content-Type', 'application/fhir+json')
      .send(profile);
    const rules = async (code: string, display?: string): Promise<readonly string[]> => {
      const { body } = await post(`Condition/$validate?profile=${profile.url}`, {
        resourceType: 'Condition',
        subject: { display: 'x' },
        code: { coding: [{ system: SYSTEM, code, display }] },
      });
      return body.issue.map(({ details }: { details?: { coding: { code: string }[] } }) => details?.coding[0]?.code);
    };
    assert.ok(!(await rules('4')).some((rule) => /binding|coding/.test(rule)));
    assert.ok((await rules('2')).includes('binding-required'));
    assert.ok((await rules('99')).includes('coding-code'));
    assert.ok((await rules('4', 'Toothache')).includes('coding-display'));
  });

  it('are replaced by the same version loaded again, and stand beside another', async () => {
    await loadRelease(server().store, release('1', [concept('6', 'New')]));
    assert.equal((await get(`CodeSystem/$lookup?system=${SYSTEM}&code=6`)).status, 200);
    await loadRelease(server().store, release('2'));
    assert.equal((await get(`CodeSystem/$lookup?system=${SYSTEM}&code=6`)).status, 404);
    assert.equal((await get(`CodeSystem/$lookup?system=${SYSTEM}&version=1&code=6`)).status, 200);
    assert.deepEqual(
      (await loadedSystems(server().store)).map(({ version, concepts }) => [version, concepts]),
      [
        ['1', 6],
        ['2', 5],
      ],
    );
  });

  it('can be removed', async () => {
    for (const version of ['1', '2']) assert.equal(await removeSystem(server().store, SYSTEM, version), true);
    assert.equal(await removeSystem(server().store, SYSTEM, '1'), false);
    assert.equal((await get(`CodeSystem/$lookup?system=${SYSTEM}&code=2`)).status, 404);
  });
});
