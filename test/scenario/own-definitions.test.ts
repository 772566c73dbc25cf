/** Our definitions as resources: stored at start, found like any other, and left alone where somebody has changed them. */
import { strict as assert } from 'node:assert';
import { Catalogue } from '../../server/definition/catalogue.ts';
import { madeOwnDefinitions } from '../../server/definition/make-own.ts';
import { type OwnDefinition, type OwnDefinitions, ownDefinitions, shipped } from '../../server/definition/own.ts';
import { ownStored } from '../../server/definition/own-stored.ts';
import { installedDefinitions } from '../../server/definition/source.ts';
import { storeOwnDefinitions } from '../../server/own-definitions.ts';
import { openRegistry } from '../../server/parameters.ts';
import type { Store } from '../../server/store/store.ts';
import { CLAIMED, DEFINITION, type ValidationPolicy, validation } from '../../server/validation.ts';
import { BASE, defaults, onEveryDatabase, openServer } from '../server-under-test.ts';
import { storesUnderTest } from '../store-under-test.ts';

const base = 'https://throughline.dev/fhir';
const own = ownDefinitions();
/** Best practice asks for a narrative; none of our definitions has one, as they say all they have to say in their elements. */
const NO_NARRATIVE = 'dom-6';
const setOf = (all: readonly OwnDefinition[]): OwnDefinitions => ({
  hash: JSON.stringify(all),
  profiles: [],
  all: () => all,
});

describe('our definitions in the build', () => {
  it('are those of the sources; npm run definitions makes them again', () => {
    const made = madeOwnDefinitions();
    assert.deepEqual(
      own.all().map(({ resourceType, id, meta }) => `${resourceType}/${id} ${meta?.source}`),
      made.all().map(({ resourceType, id, meta }) => `${resourceType}/${id} ${meta?.source}`),
    );
    assert.equal(own.hash, made.hash);
    assert.deepEqual(own.profiles, made.profiles);
  });

  it('have each a type and id of its own', () => {
    const keys = own.all().map(({ resourceType, id }) => `${resourceType}/${id}`);
    assert.deepEqual([...new Set(keys)], keys);
    for (const { id } of own.all()) assert.match(id, /^[a-z][a-z0-9-]{1,63}$/);
  });
});

onEveryDatabase(
  'our definitions as resources',
  (server) => {
    const get = async (path: string) => {
      const { status, body } = await server().http.get(`/fhir/${path}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const found = async (search: string): Promise<readonly string[]> =>
      ((await get(search)).entry ?? []).map(
        ({ resource }: { resource: { resourceType: string; id: string } }) => `${resource.resourceType}/${resource.id}`,
      );

    it('are all there, each in its first version', async () => {
      const types = new Map<string, number>();
      for (const { resourceType } of own.all()) types.set(resourceType, (types.get(resourceType) ?? 0) + 1);
      for (const [type, count] of types) assert.equal((await get(`${type}?_summary=count`)).total, count, type);
      assert.equal(await server().store.historyTotal({}), own.all().length);
    });

    const searches: readonly (readonly [string, readonly string[]])[] = [
      ['Questionnaire?url=http://loinc.org/q/44249-1', ['Questionnaire/phq-9']],
      [`ConceptMap?url=${base}/ConceptMap/model-goal-status`, ['ConceptMap/model-goal-status']],
      ['ConceptMap?target-code=noshow', ['ConceptMap/model-appointment-status']],
      ['StructureMap?name=ModelClient', ['StructureMap/model-clients']],
      ['StructureDefinition?base=http://hl7.org/fhir/StructureDefinition/Goal', ['StructureDefinition/goal']],
      [`ValueSet?reference=${base}/CodeSystem/risk-tier`, ['ValueSet/risk-tier']],
      ['CodeSystem?code=crisis', ['CodeSystem/risk-tier']],
      ['SearchParameter?code=task-due', ['SearchParameter/task-due']],
      [`SearchParameter?code=task-due&_source:below=${base}/definitions`, ['SearchParameter/task-due']],
      [
        'PlanDefinition?_id=social-needs&_include=PlanDefinition:definition',
        [
          'ActivityDefinition/social-need-follow-up',
          'ActivityDefinition/social-need-referral',
          'PlanDefinition/social-needs',
          'Questionnaire/hunger-vital-sign',
        ],
      ],
    ];
    for (const [search, expected] of searches)
      it(`${search} finds ${expected.join(' and ') || 'none'}`, async () =>
        assert.deepEqual([...(await found(search))].sort(), [...expected].sort()));

    it('are read, with versions and a history', async () => {
      const { meta, group } = await get('ConceptMap/model-goal-status');
      assert.equal(group[0].element.length, 9);
      assert.match(meta.source, /^https:\/\/throughline\.dev\/fhir\/definitions#[0-9a-f]{16}$/);
      assert.equal((await get('StructureMap/model-clients/_history/1')).structure[1].alias, 'Patient');
      assert.equal((await get('Questionnaire/phq-9/_history')).total, 1);
      assert.equal((await server().http.get('/fhir/ConceptMap/model-shoes')).status, 404);
    });

    it('have their profiles declared', async () => {
      const { rest } = await get('metadata');
      const types = rest[0].resource as readonly { type: string; supportedProfile?: readonly string[] }[];
      const goal = types.find(({ type }) => type === 'Goal');
      assert.deepEqual(goal?.supportedProfile, [`${base}/StructureDefinition/goal|1.0.0`]);
    });

    it('can be asked by operations at their address', async () => {
      assert.equal((await get('ValueSet/sharing/$expand')).expansion.total, 4);
      const { parameter } = await get(
        'ConceptMap/model-sex/$translate?system=http://hl7.org/fhir/administrative-gender&code=other&reverse=true',
      );
      assert.equal(parameter[0].valueBoolean, true);
    });

    it('stand in the way of no search parameter', async () => {
      const { body, status } = await server()
        .http.put('/fhir/SearchParameter/goal-note')
        .send({
          resourceType: 'SearchParameter',
          id: 'goal-note',
          url: 'http://clinic.example/SearchParameter/goal-note',
          name: 'GoalNote',
          status: 'active',
          description: 'Words of a note',
          code: 'note',
          base: ['Goal'],
          type: 'string',
          expression: 'Goal.note.text',
        });
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual(await found('Task?task-due=2026-01-01'), []);
    });
  },
  { ownDefinitions: true },
);

for (const { name, open } of storesUnderTest())
  describe(`storing our definitions (${name})`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    after(() => store.close());

    const registryOf = () =>
      openRegistry({ store, baseUrl: BASE, fullText: undefined, writes: true, onUnderWay: () => undefined });
    const versionOf = async (type: 'Questionnaire' | 'ValueSet' | 'CodeSystem', id: string) =>
      (await store.read(type, id))?.version;
    /** The definitions of a later version of Throughline: all value sets say more. */
    const later = setOf(
      own
        .all()
        .map((each) =>
          each.resourceType === 'ValueSet' || each.id === 'intake'
            ? shipped({ ...each, purpose: 'To be clear.' })
            : each,
        ),
    );

    it('by several servers that start together writes them once', async () => {
      const servers = await Promise.all(
        [1, 2, 3].map(() =>
          openServer({ ...store, close: async () => undefined }, { ...defaults, ownDefinitions: true }),
        ),
      );
      assert.equal(await store.historyTotal({}), own.all().length);
      await Promise.all(servers.map(({ app }) => app.drain()));
    });

    it('writes nothing at the next start', async () => {
      assert.deepEqual(await storeOwnDefinitions(await registryOf()), []);
      assert.equal(await store.historyTotal({}), own.all().length);
    });

    it('of a later version changes those that differ, and leaves what somebody has changed or deleted', async () => {
      const { http, app } = await openServer({ ...store, close: async () => undefined });
      const { body: enrolment } = await http.get('/fhir/CodeSystem/enrolment');
      await http
        .put('/fhir/CodeSystem/enrolment')
        .send({ ...enrolment, concept: [...enrolment.concept, { code: 'waiting', display: 'On the waiting list' }] })
        .expect(200);
      const { body: intake } = await http.get('/fhir/Questionnaire/intake');
      await http
        .put('/fhir/Questionnaire/intake')
        .send({ ...intake, title: 'First visit' })
        .expect(200);
      await http.delete('/fhir/ValueSet/agreement').expect(204);
      await app.drain();

      assert.deepEqual(await storeOwnDefinitions(await registryOf(), later), [
        'CodeSystem/enrolment',
        'Questionnaire/intake',
      ]);
      assert.equal(await versionOf('ValueSet', 'sharing'), 2);
      assert.equal(await versionOf('CodeSystem', 'sharing'), 1);
      assert.equal(await versionOf('Questionnaire', 'intake'), 2);
      assert.equal((await store.read('ValueSet', 'agreement'))?.content, null);
      assert.equal((await ownStored(store)).transactions.length, 2);
    });

    it('has what was changed in force, and what is ours from the program', async () => {
      const { http, app } = await openServer({ ...store, close: async () => undefined });
      const { body: changed } = await http.get(`/fhir/ValueSet/$expand?url=${base}/ValueSet/enrolment&filter=waiting`);
      assert.equal(changed.expansion.total, 1);
      const { body } = await http.get(`/fhir/ValueSet/$expand?url=${base}/ValueSet/agreement`);
      assert.equal(body.expansion.total, 5);
      await app.drain();
    });

    it('takes up again what was given back: our version, stored once more', async () => {
      const { http, app } = await openServer({ ...store, close: async () => undefined });
      for (const address of ['Questionnaire/intake', 'ValueSet/agreement', 'CodeSystem/enrolment']) {
        const { body: ours } = await http.get(`/fhir/${address}/_history/1`);
        const { status } = await http.put(`/fhir/${address}`).send(ours);
        assert.ok(status === 200 || status === 201, `${address}: ${status}`);
      }
      await app.drain();
      const again = setOf([...later.all()].reverse());
      assert.deepEqual(await storeOwnDefinitions(await registryOf(), again), []);
      for (const [type, id] of [
        ['Questionnaire', 'intake'],
        ['ValueSet', 'agreement'],
      ] as const)
        assert.equal(JSON.parse((await store.read(type, id))?.content ?? '{}').purpose, 'To be clear.');
    });

    it('retires what is shipped no more, and has it back when it is shipped again', async () => {
      const fewer = setOf(later.all().filter(({ id }) => id !== 'risk-tier'));
      await storeOwnDefinitions(await registryOf(), fewer);
      assert.equal(JSON.parse((await store.read('CodeSystem', 'risk-tier'))?.content ?? '{}').status, 'retired');
      await storeOwnDefinitions(await registryOf(), later);
      assert.equal(JSON.parse((await store.read('CodeSystem', 'risk-tier'))?.content ?? '{}').status, 'active');
    });
  });

describe('our definitions under VALIDATION_RULES=definition=reject', () => {
  const rules = new Map<string, ValidationPolicy>([
    [DEFINITION, 'reject'],
    [CLAIMED, 'reject'],
  ]);
  const { guard } = validation({ validation: 'reject', validationRules: rules }, installedDefinitions(new Catalogue()));

  for (const definition of own.all())
    it(`${definition.resourceType}/${definition.id} is valid`, () =>
      assert.deepEqual(
        guard(definition).filter(({ severity, rule }) => severity !== 'information' && rule !== NO_NARRATIVE),
        [],
      ));
});
