import { strict as assert } from 'node:assert';
import type {
  ConceptMap,
  OperationOutcome,
  Parameters,
  ValueSet,
  ValueSetExpansionContains,
} from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { filtered, MOODS, moods, toWords, VS, valueSet } from './terminology-content.ts';

const JSON_TYPE = 'application/fhir+json';

/** `mood(low(sad hopeless) calm)` */
const treeOf = (contains: readonly ValueSetExpansionContains[] | undefined): string =>
  (contains ?? []).map(({ code, contains: inner }) => (inner ? `${code}(${treeOf(inner)})` : code)).join(' ');

/** The code of a Coding that a part holds. */
const codeOf = (match: Readonly<Record<string, unknown>> | undefined): string | undefined =>
  (match?.concept as { code: string } | undefined)?.code;

/** The values of a Parameters resource by name. */
const valuesOf = ({ parameter = [] }: Parameters): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    parameter.map((each) => [each.name, Object.entries(each).find(([name]) => name.startsWith('value'))?.[1]]),
  );

const sentence = (outcome: OperationOutcome): string => outcome.issue[0]?.diagnostics ?? '';

onEveryDatabase('terminology', (server) => {
  const get = (path: string) => server().http.get(`/fhir/${path}`);
  const post = (path: string, body: object) =>
    server().http.post(`/fhir/${path}`).set('Content-Type', JSON_TYPE).send(body);
  const put = async (resource: { resourceType: string; id?: string }) => {
    const { status, body } = await server()
      .http.put(`/fhir/${resource.resourceType}/${resource.id}`)
      .set('Content-Type', JSON_TYPE)
      .send(resource);
    assert.ok(status < 300, JSON.stringify(body));
  };

  before(async () => {
    await put(moods);
    for (const each of [
      valueSet('all', { include: [{ system: MOODS }] }),
      valueSet('named', {
        include: [{ system: MOODS, concept: [{ code: 'sad', display: 'Blue' }, { code: 'calm' }, { code: 'gone' }] }],
      }),
      valueSet('sad-ones', {
        include: [{ valueSet: [`${VS}/below-low`] }],
        exclude: [{ system: MOODS, concept: [{ code: 'low' }] }],
      }),
      valueSet('both', { include: [{ valueSet: [`${VS}/named`, `${VS}/below-low`] }] }),
      valueSet('loop', { include: [{ valueSet: [`${VS}/pool`] }] }),
      valueSet('pool', { include: [{ valueSet: [`${VS}/loop`] }] }),
      valueSet('elsewhere', { include: [{ system: 'http://nowhere.example/codes' }] }),
      valueSet('units', { include: [{ system: 'http://unitsofmeasure.org' }] }),
      filtered('below-low', 'concept', 'is-a', 'low'),
    ])
      await put(each);
    await put(toWords);
  });

  // https://hl7.org/fhir/R4/valueset-operation-expand.html
  describe('$expand', () => {
    const expand = async (query: string) => (await get(`ValueSet/$expand?url=${VS}/${query}`)).body as ValueSet;

    const expansions: readonly [string, string][] = [
      ['all', 'mood(low(sad hopeless) calm melancholic)'],
      ['all&excludeNested=true', 'mood low sad hopeless calm melancholic'],
      ['all&activeOnly=true', 'mood(low(sad hopeless) calm)'],
      ['all&filter=mood', 'mood low'],
      ['all&filter=MOOD+low', 'low'],
      ['all&count=2', 'mood low'],
      ['all&count=2&offset=3', 'hopeless calm'],
      ['all&count=0', ''],
      ['named', 'sad calm'],
      ['below-low', 'low(sad hopeless)'],
      ['sad-ones', 'sad hopeless'],
      ['both', 'sad'],
    ];
    for (const [query, tree] of expansions)
      it(`of ${query} is ${tree || 'empty'}`, async () => {
        assert.equal(treeOf((await expand(query)).expansion?.contains), tree);
      });

    // https://hl7.org/fhir/R4/valueset-filter-operator.html
    const filters: readonly [string, FilterParts, string][] = [
      ['is-a', ['concept', 'is-a', 'low'], 'low sad hopeless'],
      ['descendent-of', ['concept', 'descendent-of', 'low'], 'sad hopeless'],
      ['is-not-a', ['concept', 'is-not-a', 'low'], 'mood calm melancholic'],
      ['generalizes', ['concept', 'generalizes', 'sad'], 'mood low sad'],
      ['=', ['valence', '=', 'positive'], 'calm'],
      ['in', ['code', 'in', 'sad,calm'], 'sad calm'],
      ['not-in', ['code', 'not-in', 'sad,calm,mood'], 'low hopeless melancholic'],
      ['exists', ['valence', 'exists', 'true'], 'low sad hopeless calm'],
      ['regex', ['code', 'regex', 's.d|c.*'], 'sad calm'],
    ];
    for (const [name, [property, op, value], codes] of filters)
      it(`filters by ${name}`, async () => {
        const { body } = await post('ValueSet/$expand?excludeNested=true', filtered('x', property, op, value));
        assert.equal(treeOf(body.expansion.contains), codes);
      });

    it('ends with a regular expression that would never end', async () => {
      const { status } = await post('ValueSet/$expand', filtered('x', 'display', 'regex', '(a+)+$'));
      assert.ok(status === 200 || status === 422);
    });

    it('says how many there are, and with what it was made', async () => {
      const { expansion, url, compose } = await expand('all&count=2');
      assert.equal(expansion?.total, 6);
      assert.equal(expansion?.offset, 0);
      assert.ok(expansion?.parameter?.some(({ name, valueUri }) => name === 'version' && valueUri === `${MOODS}|2`));
      assert.equal(url, `${VS}/all`);
      assert.equal(compose, undefined);
      assert.ok((await expand('all&includeDefinition=true')).compose);
    });

    it('shows designations, and displays in another language', async () => {
      const low = (found: ValueSet) => found.expansion?.contains?.find(({ code }) => code === 'low');
      assert.equal(
        low(await expand('below-low&includeDesignations=true'))?.designation?.[0]?.value,
        'Gedrückte Stimmung',
      );
      assert.equal(low(await expand('below-low&displayLanguage=de-CH'))?.display, 'Gedrückte Stimmung');
      assert.equal((await expand('named')).expansion?.contains?.[0]?.display, 'Blue');
    });

    it('marks what is abstract and what is inactive', async () => {
      const { contains = [] } = (await expand('all&excludeNested=true')).expansion ?? {};
      assert.equal(contains.find(({ code }) => code === 'mood')?.abstract, true);
      assert.equal(contains.find(({ code }) => code === 'melancholic')?.inactive, true);
    });

    it('takes the value set by id, from the body, from R4, and from the URL of a code system', async () => {
      assert.equal(treeOf((await get('ValueSet/named/$expand')).body.expansion.contains), 'sad calm');
      const wrapped = {
        resourceType: 'Parameters',
        parameter: [{ name: 'valueSet', resource: filtered('x', 'code', '=', 'sad') }],
      };
      assert.equal(treeOf((await post('ValueSet/$expand', wrapped)).body.expansion.contains), 'sad');
      const gender = await get('ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender');
      assert.equal(treeOf(gender.body.expansion.contains), 'male female other unknown');
      assert.equal(
        treeOf(
          (await get(`ValueSet/$expand?url=${encodeURIComponent(`${MOODS}?fhir_vs=isa/low`)}`)).body.expansion.contains,
        ),
        'low(sad hopeless)',
      );
      const currency = await get(
        'ValueSet/$expand?url=urn:iso:std:iso:4217?fhir_vs%26filter=swiss'.replace('%26', '&'),
      );
      assert.equal(treeOf(currency.body.expansion.contains).includes('CHF'), true);
    });

    const refused: readonly [string, string, number, RegExp][] = [
      ['a value set that is not here', 'url=http://nowhere.example/vs', 404, /not available here/],
      ['a value set by an id that is not here', 'nobody', 404, /ValueSet\/nobody is not known/],
      [
        'a code system that is not here',
        `url=${VS}/elsewhere`,
        404,
        /http:\/\/nowhere.example\/codes is not available/,
      ],
      ['a value set that includes itself', `url=${VS}/loop`, 422, /includes itself/],
      ['a grammar', `url=${VS}/units`, 422, /cannot be listed/],
      ['nothing at all', '', 400, /Which value set/],
      ['a negative count', `url=${VS}/all&count=-1`, 400, /count/],
    ];
    for (const [title, query, status, message] of refused)
      it(`refuses ${title} with ${status}`, async () => {
        const path = query === 'nobody' ? 'ValueSet/nobody/$expand' : `ValueSet/$expand?${query}`;
        const answer = await get(path);
        assert.equal(answer.status, status);
        assert.match(sentence(answer.body), message);
      });
  });

  // https://hl7.org/fhir/R4/valueset-operation-validate-code.html
  describe('$validate-code', () => {
    it('takes a Coding from a body only', async () => {
      const { status, body } = await get(`ValueSet/$validate-code?url=${VS}/below-low&coding=sad`);
      assert.equal(status, 400);
      assert.match(sentence(body), /coding of \$validate-code is not a Coding/);
    });

    const verdicts: readonly [string, boolean, RegExp?][] = [
      [`ValueSet/$validate-code?url=${VS}/below-low&system=${MOODS}&code=sad`, true],
      [`ValueSet/$validate-code?url=${VS}/below-low&code=sad`, true],
      [`ValueSet/$validate-code?url=${VS}/below-low&system=${MOODS}&code=calm`, false, /calm is not in the value set/],
      [`ValueSet/$validate-code?url=${VS}/below-low&system=http://other.example&code=sad`, false],
      [`ValueSet/below-low/$validate-code?system=${MOODS}&code=low&display=low+MOOD`, true],
      [`ValueSet/below-low/$validate-code?system=${MOODS}&code=low&display=Gedrückte+Stimmung`, true],
      [
        `ValueSet/below-low/$validate-code?system=${MOODS}&code=low&display=High`,
        false,
        /display .* is "Low mood", found "High"/,
      ],
      [`ValueSet/$validate-code?url=${VS}/units&system=http://unitsofmeasure.org&code=mg/dL`, true],
      [`ValueSet/$validate-code?url=${VS}/units&system=http://unitsofmeasure.org&code=milligrams`, false],
      [`CodeSystem/$validate-code?url=${MOODS}&code=sad`, true],
      [`CodeSystem/mood/$validate-code?code=sad`, true],
      [`CodeSystem/$validate-code?url=${MOODS}&code=happy`, false, /has no code happy/],
      ['CodeSystem/$validate-code?url=urn:ietf:bcp:47&code=de-CH', true],
      ['CodeSystem/$validate-code?url=urn:ietf:bcp:13&code=text/plain', true],
      ['CodeSystem/$validate-code?url=urn:iso:std:iso:3166&code=CH', true],
      ['CodeSystem/$validate-code?url=urn:iso:std:iso:4217&code=XXY', false],
    ];
    for (const [path, result, message] of verdicts)
      it(`${path.replaceAll('http://care.example/', '')} says ${result}`, async () => {
        const { status, body } = await get(encodeURI(path));
        assert.equal(status, 200, JSON.stringify(body));
        const values = valuesOf(body);
        assert.equal(values.result, result);
        if (message) assert.match(String(values.message), message);
      });

    it('takes a CodeableConcept, of which one code has to be right', async () => {
      const concept = (codes: readonly string[]) => ({
        resourceType: 'Parameters',
        parameter: [
          { name: 'url', valueUri: `${VS}/below-low` },
          { name: 'codeableConcept', valueCodeableConcept: { coding: codes.map((code) => ({ system: MOODS, code })) } },
        ],
      });
      assert.equal(valuesOf((await post('ValueSet/$validate-code', concept(['calm', 'sad']))).body).result, true);
      assert.equal(valuesOf((await post('ValueSet/$validate-code', concept(['calm']))).body).result, false);
    });

    it('answers 404 where what decides is not here, and 400 without a code', async () => {
      assert.equal(
        (await get(`ValueSet/$validate-code?url=${VS}/elsewhere&system=http://nowhere.example/codes&code=a`)).status,
        404,
      );
      assert.equal((await get('CodeSystem/$validate-code?url=http://nowhere.example/codes&code=a')).status, 404);
      assert.equal((await get(`ValueSet/$validate-code?url=${VS}/all`)).status, 400);
    });
  });

  // https://hl7.org/fhir/R4/codesystem-operation-lookup.html
  describe('$lookup', () => {
    it('says what a code means and where it stands', async () => {
      const { status, body } = await get(`CodeSystem/$lookup?system=${MOODS}&code=low`);
      assert.equal(status, 200);
      const { name, version, display } = valuesOf(body);
      assert.deepEqual([name, version, display], ['Mood', '2', 'Low mood']);
      const parts = (body as Parameters).parameter
        ?.filter((each) => each.name === 'property')
        .map(({ part = [] }) => valuesOf({ resourceType: 'Parameters', parameter: part }));
      assert.ok(parts?.some(({ code, value }) => code === 'parent' && value === 'mood'));
      assert.ok(parts?.some(({ code, value }) => code === 'child' && value === 'hopeless'));
      assert.ok(parts?.some(({ code, value }) => code === 'valence' && value === 'negative'));
      assert.ok(parts?.some(({ code, value }) => code === 'definition' && value === 'Sadder than usual'));
    });

    it('answers 404 for a code or system that is not here, and 400 without a system', async () => {
      assert.equal((await get(`CodeSystem/$lookup?system=${MOODS}&code=happy`)).status, 404);
      assert.equal((await get('CodeSystem/$lookup?system=http://nowhere.example&code=a')).status, 404);
      assert.equal((await get('CodeSystem/$lookup?code=sad')).status, 400);
    });
  });

  // https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
  describe('$subsumes', () => {
    const outcomes: readonly [string, string, string][] = [
      ['sad', 'sad', 'equivalent'],
      ['low', 'sad', 'subsumes'],
      ['sad', 'mood', 'subsumed-by'],
      ['sad', 'calm', 'not-subsumed'],
    ];
    for (const [a, b, outcome] of outcomes)
      it(`of ${a} and ${b} is ${outcome}`, async () => {
        assert.equal(
          valuesOf((await get(`CodeSystem/$subsumes?system=${MOODS}&codeA=${a}&codeB=${b}`)).body).outcome,
          outcome,
        );
        assert.equal(valuesOf((await get(`CodeSystem/mood/$subsumes?codeA=${a}&codeB=${b}`)).body).outcome, outcome);
      });
    it('answers 404 for a code that is not there', async () => {
      assert.equal((await get(`CodeSystem/$subsumes?system=${MOODS}&codeA=sad&codeB=happy`)).status, 404);
    });
  });

  // https://hl7.org/fhir/R4/conceptmap-operation-translate.html
  describe('$translate', () => {
    const translate = async (query: string) => (await get(`ConceptMap/$translate?${query}`)).body as Parameters;
    const matchOf = ({ parameter = [] }: Parameters) =>
      parameter
        .filter(({ name }) => name === 'match')
        .map(({ part = [] }) => valuesOf({ resourceType: 'Parameters', parameter: part }));

    it('finds the target with its equivalence, by url, by id and among all maps', async () => {
      for (const query of [`url=${toWords.url}&`, '', `source=${VS}/all&`]) {
        const [found] = matchOf(await translate(`${query}system=${MOODS}&code=sad`));
        assert.equal(found?.equivalence, 'narrower');
        assert.equal(codeOf(found), 'blue');
      }
      const { body } = await get(`ConceptMap/mood-words/$translate?system=${MOODS}&code=sad`);
      assert.equal(valuesOf(body).result, true);
    });

    it('says that there is none, uses what is said of the unmapped, and goes backwards', async () => {
      assert.equal(valuesOf(await translate(`url=${toWords.url}&system=${MOODS}&code=calm`)).result, false);
      assert.equal(codeOf(matchOf(await translate(`url=${toWords.url}&system=${MOODS}&code=low`))[0]), 'other');
      const [back] = matchOf(await translate('reverse=true&system=http://care.example/CodeSystem/word&code=blue'));
      assert.deepEqual([codeOf(back), back?.equivalence], ['sad', 'wider']);
    });

    it('answers 404 for a map that is not here', async () => {
      assert.equal(
        (await get(`ConceptMap/$translate?url=http://nowhere.example&system=${MOODS}&code=sad`)).status,
        404,
      );
    });
  });

  // https://hl7.org/fhir/R4/search.html#token
  describe('search', () => {
    before(async () => {
      for (const code of ['sad', 'hopeless', 'calm', 'melancholic'])
        await put({
          resourceType: 'Observation',
          id: code,
          status: 'final',
          code: { coding: [{ system: MOODS, code }] },
        } as { resourceType: string; id: string });
    });
    const searches: readonly [string, readonly string[]][] = [
      [`code:in=${VS}/below-low`, ['hopeless', 'sad']],
      ['code:in=ValueSet/below-low', ['hopeless', 'sad']],
      [`code:not-in=${VS}/below-low`, ['calm', 'melancholic']],
      [`code:below=${MOODS}|low`, ['hopeless', 'sad']],
      [`code:above=${MOODS}|sad`, ['sad']],
    ];
    for (const [query, ids] of searches)
      it(`Observation?${query.replaceAll('http://care.example/', '')} finds ${ids.join(', ')}`, async () => {
        const { status, body } = await get(`Observation?${query}`);
        assert.equal(status, 200, JSON.stringify(body));
        const found = (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
        assert.deepEqual(found.sort(), ids);
      });

    it('goes on to further pages', async () => {
      const first = await get(`Observation?code:in=${VS}/below-low&_count=1`);
      const next = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url;
      const second = await server().http.get(new URL(next).pathname + new URL(next).search);
      assert.equal(second.status, 200, JSON.stringify(second.body));
      assert.equal(second.body.entry.length, 1);
    });

    it('works inside a batch', async () => {
      const entry = [{ request: { method: 'GET', url: `Observation?code:in=${VS}/below-low` } }];
      const { body } = await post('', { resourceType: 'Bundle', type: 'batch', entry });
      assert.equal(body.entry[0].resource?.total ?? body.entry[0].resource?.entry?.length, 2, JSON.stringify(body));
    });

    it('refuses a value set or system that is not here, in words', async () => {
      for (const query of ['code:in=http://nowhere.example/vs', 'code:below=http://nowhere.example|a']) {
        const { status, body } = await get(`Observation?${query}`);
        assert.equal(status, 400);
        assert.match(sentence(body), /this server/);
      }
    });
  });

  // https://hl7.org/fhir/R4/terminology-service.html#closure
  describe('$closure', () => {
    const closure = (codes: readonly string[], version?: string, name = 'mine') =>
      post('$closure', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'name', valueString: name },
          ...codes.map((code) => ({ name: 'concept', valueCoding: { system: MOODS, code } })),
          ...(version === undefined ? [] : [{ name: 'version', valueString: version }]),
        ],
      });
    const pairs = ({ group = [] }: ConceptMap): string =>
      group
        .flatMap(({ element }) =>
          element.flatMap(({ code, target = [] }) => target.map((each) => `${code}<${each.code}`)),
        )
        .join(' ');

    it('begins empty, tells what each concept has to do with the others, and again from a version on', async () => {
      const begun = await closure([]);
      assert.deepEqual([begun.status, begun.body.version, pairs(begun.body)], [200, '0', '']);
      assert.equal(pairs((await closure(['sad', 'calm'])).body), '');
      const next = await closure(['low', 'sad']);
      assert.deepEqual([next.body.version, pairs(next.body)], ['2', 'sad<low']);
      const sorted = (text: string) => text.split(' ').sort().join(' ');
      assert.equal(sorted(pairs((await closure(['mood'])).body)), 'calm<mood low<mood sad<mood');
      assert.equal(sorted(pairs((await closure([], '1')).body)), 'calm<mood low<mood sad<low sad<mood');
      assert.equal(pairs((await closure([])).body), '');
      assert.equal(pairs((await closure(['sad'])).body), '');
    });

    it('refuses a table that was never begun, and a code system that is not here', async () => {
      assert.equal((await closure(['sad'], undefined, 'nobody')).status, 404);
      const concept = { name: 'concept', valueCoding: { system: 'http://nowhere.example', code: 'a' } };
      const parameter = [{ name: 'name', valueString: 'mine' }, concept];
      assert.equal((await post('$closure', { resourceType: 'Parameters', parameter })).status, 404);
      assert.equal((await get('$closure?name=mine')).status, 405);
    });
  });

  it('refuses sent definitions that have not the form of R4, and lives with stored ones', async () => {
    const include = [null, { system: 1 }, { system: MOODS, concept: [null], filter: {} }];
    const broken: readonly [string, object][] = [
      ['ValueSet/$expand', { resourceType: 'ValueSet', compose: { include } }],
      ['ValueSet/$expand', { resourceType: 'ValueSet', expansion: { contains: [null] } }],
      ['CodeSystem/$validate-code?code=a', { resourceType: 'CodeSystem', content: 'complete', concept: [null] }],
      ['ConceptMap/$translate?code=a', { resourceType: 'ConceptMap', group: [{ element: [null] }, 5] }],
    ];
    for (const [path, body] of broken) assert.equal((await post(path, body)).status, 400, path);
    await put({
      resourceType: 'ValueSet',
      id: 'broken',
      url: `${VS}/broken`,
      compose: { include },
    } as unknown as ValueSet);
    for (const path of [`ValueSet/$expand?url=${VS}/broken`, 'ValueSet/broken/$expand']) {
      const { status, body } = await get(path);
      assert.equal(status, 422);
      assert.match(sentence(body), /neither a system nor a value set/);
    }
  });

  it('uses a changed code system from the moment that it is stored', async () => {
    const happy = { code: 'happy', display: 'Happy' };
    await put({ ...moods, concept: [...(moods.concept ?? []), happy] } as { resourceType: string; id: string });
    assert.equal((await get(`CodeSystem/$lookup?system=${MOODS}&code=happy`)).status, 200);
    await put(moods);
    assert.equal((await get(`CodeSystem/$lookup?system=${MOODS}&code=happy`)).status, 404);
  });
});

type FilterParts = readonly [
  string,
  'is-a' | 'descendent-of' | 'is-not-a' | 'generalizes' | '=' | 'in' | 'not-in' | 'exists' | 'regex',
  string,
];
