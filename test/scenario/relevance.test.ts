/** Relevance of full text matches: search.score and _sort=_score. https://hl7.org/fhir/R4/search.html#score */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Bundle, CapabilityStatement } from '../../resources/types.ts';
import { onEveryDatabase, type ServerUnderTest } from '../server-under-test.ts';

const RUNS = Number(process.env.RUNS ?? 60);

const note = (id: string, text: string, family = 'Ramírez') => ({
  resourceType: 'Patient',
  id,
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` },
  name: [{ family }],
});

type Found = readonly (readonly [id: string, score: number | undefined])[];

const foundIn = ({ entry = [] }: Bundle): Found =>
  entry.flatMap(({ resource, search }) =>
    search?.mode === 'match' ? [[resource?.id ?? '', search.score] as const] : [],
  );

/** Requests of one server. */
function requestsTo(server: () => ServerUnderTest) {
  const get = async (path: string): Promise<Bundle> => {
    const { status, body, text } = await server().http.get(`/fhir/${path}`);
    assert.equal(status, 200, text);
    return body as Bundle;
  };
  const link = ({ link: links = [] }: Bundle, wanted: string): string | undefined =>
    links.find(({ relation }) => relation === wanted)?.url.split('/fhir/')[1];
  return {
    get,
    link,
    found: async (path: string): Promise<Found> => foundIn(await get(path)),
    ids: async (path: string): Promise<string[]> =>
      (await get(path)).entry?.map(({ resource }) => resource?.id ?? '') ?? [],
    put: async (...resources: readonly { readonly resourceType: string; readonly id: string }[]) => {
      const entry = resources.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      }));
      await server().http.post('/fhir').send({ resourceType: 'Bundle', type: 'transaction', entry }).expect(200);
    },
    remove: (id: string) => server().http.delete(`/fhir/Patient/${id}`).expect(204),
    async walk(
      first: string,
      direction: 'next' | 'previous',
      meanwhile: () => Promise<unknown> = async () => undefined,
    ) {
      const pages: string[][] = [];
      for (let path: string | undefined = first; path; ) {
        const page: Bundle = await get(path);
        pages.push(foundIn(page).map(([id]) => id));
        path = link(page, direction);
        await meanwhile();
      }
      return pages;
    },
  };
}

onEveryDatabase(
  'relevance',
  (server) => {
    const { get, link, found, ids, put, remove, walk } = requestsTo(server);

    before(() =>
      put(
        note('once', '<p>Sleeps well</p>', 'Zeller'),
        note('thrice', '<p>Sleep, sleep, sleep</p>', 'Adler'),
        note('both', '<p>Sleep and worries</p>', 'Meier'),
        note('worries', '<p>Worries about work, worries about sleep; worries</p>', 'Berg'),
        note('sleeper', '<p>Sleep sleeping sleepless</p>', 'Vogt'),
      ),
    );

    // n occurrences of a word give n/(n+1), in whole thousandths; the score is the mean over the words.
    const scores: readonly (readonly [search: string, best: Found])[] = [
      [
        '_text=sleep',
        [
          ['thrice', 0.75],
          ['both', 0.5],
          ['worries', 0.5],
          ['sleeper', 0.5],
        ],
      ],
      [
        '_text=sleep*',
        [
          ['thrice', 0.75],
          ['sleeper', 0.75],
          ['once', 0.5],
          ['both', 0.5],
          ['worries', 0.5],
        ],
      ],
      [
        '_text=sleep OR worries',
        [
          ['worries', 0.625],
          ['both', 0.5],
          ['thrice', 0.375],
          ['sleeper', 0.25],
        ],
      ],
      [
        '_text=sleep,worries',
        [
          ['worries', 0.625],
          ['both', 0.5],
          ['thrice', 0.375],
          ['sleeper', 0.25],
        ],
      ],
      [
        '_text=sleep&_text=worries',
        [
          ['worries', 0.625],
          ['both', 0.5],
        ],
      ],
      [
        '_text=sleep worries',
        [
          ['worries', 0.625],
          ['both', 0.5],
        ],
      ],
      ['_text="worries about"', [['worries', 0.708]]],
      [
        '_text=sleep -worries',
        [
          ['thrice', 0.75],
          ['sleeper', 0.5],
        ],
      ],
      [
        '_text=sleep sleep SLEEP',
        [
          ['thrice', 0.75],
          ['both', 0.5],
          ['worries', 0.5],
          ['sleeper', 0.5],
        ],
      ],
      ['_text=sleep&_content=adler', [['thrice', 0.625]]],
      [
        '_text=sleep&name=berg,meier',
        [
          ['both', 0.5],
          ['worries', 0.5],
        ],
      ],
      ['_filter=_text eq sleep and name eq adler', [['thrice', 0.75]]],
    ];
    for (const [search, best] of scores) {
      it(`${search}: the best match comes first with _sort=_score, with its search.score`, async () =>
        assert.deepEqual(await found(`Patient?${search}&_sort=_score`), best));

      it(`${search}: the score is the same when nothing is sorted by it`, async () =>
        assert.deepEqual(new Map(await found(`Patient?${search}`)), new Map(best)));

      it(`${search}: the least relevant comes first with _sort=-_score`, async () => {
        const values = (all: Found) => all.map(([, score]) => score);
        assert.deepEqual(values(await found(`Patient?${search}&_sort=-_score`)), values(best).reverse());
      });
    }

    it('stands beside other keys', async () => {
      assert.deepEqual(await ids('Patient?_text=sleep&_sort=_score,family'), ['thrice', 'worries', 'both', 'sleeper']);
      assert.deepEqual(await ids('Patient?_text=sleep&_sort=_score,-family'), ['thrice', 'sleeper', 'both', 'worries']);
      assert.deepEqual(await ids('Patient?_text=sleep*&_sort=-_score,family'), [
        ...['worries', 'both', 'once'],
        ...['thrice', 'sleeper'],
      ]);
      assert.deepEqual(await ids('Patient?_text=sleep&_sort=family,_score'), ['thrice', 'worries', 'both', 'sleeper']);
    });

    it('is asked for over several types', async () => {
      await put({
        resourceType: 'Flag',
        id: 'nights',
        status: 'active',
        code: { text: 'Sleep: sleep log kept' },
        subject: { reference: 'Patient/once' },
      } as never);
      assert.deepEqual(await found('?_type=Patient,Flag&_content=sleep&_sort=_score&_count=3'), [
        ['thrice', 0.75],
        ['nights', 0.666],
        ['both', 0.5],
      ]);
    });

    it('is no part of what is found otherwise', async () => {
      for (const path of ['Patient?name=adler', 'Flag?patient._text=sleeps', 'Patient?_text:missing=false'])
        for (const [id, score] of await found(path)) assert.deepEqual([path, id, score], [path, id, undefined]);
      const { entry = [] } = await get('Flag?_content=sleep&_include=Flag:subject');
      assert.deepEqual(
        entry.map(({ search }) => search),
        [{ mode: 'match', score: 0.666 }, { mode: 'include' }],
      );
    });

    it('is needed by _sort=_score: 400, or left out and reported', async () => {
      for (const path of [
        'Patient?_sort=_score',
        'Patient?name=adler&_sort=-_score,name',
        'Flag?patient._text=sleep&_sort=_score',
      ]) {
        const { status, body } = await server().http.get(`/fhir/${path}`);
        assert.equal(status, 400);
        assert.match(body.issue[0].diagnostics, /_sort=_score needs a search by _text or _content/);
        assert.deepEqual(body.issue[0].expression, ['http._sort']);
      }
      const { body } = await server()
        .http.get('/fhir/Patient?name=adler&_sort=_score')
        .set('Prefer', 'handling=lenient');
      assert.deepEqual(foundIn(body), [['thrice', undefined]]);
      assert.match(body.entry[1].resource.issue[0].diagnostics, /_text or _content.*left out of this search/);
      assert.doesNotMatch(body.link[0].url, /_sort/);
    });

    it('is made of fifty words at most', async () => {
      const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`).join('-');
      const search = `Patient?_text=sleep OR "${words(48)}" OR w50`;
      assert.equal((await found(`${search}&_sort=_score`)).length, 4);
      const more = await server().http.get(`/fhir/${search.replace('w50', 'w50-w51')}&_sort=_score`);
      assert.equal(more.status, 400);
      assert.match(more.body.issue[0].diagnostics, /for at most 50 different words/);
      assert.deepEqual(
        (await found(search.replace('w50', 'w50-w51'))).map(([, score]) => score),
        [...[undefined, undefined, undefined, undefined]],
      );
    });

    it('is declared', async () => {
      const statement = (await server().http.get('/fhir/metadata')).body as CapabilityStatement;
      const patient = statement.rest?.[0]?.resource?.find(({ type }) => type === 'Patient');
      for (const code of ['_text', '_content'])
        assert.match(patient?.searchParam?.find(({ name }) => name === code)?.documentation ?? '', /_sort=_score/);
    });

    it('is a key of the plan that _explain tells', async () => {
      const { body } = await server()
        .http.get('/fhir/Patient?_text=sleep&_sort=_score,family&_explain=true')
        .expect(200);
      const { valueString } = body.parameter.find(({ name }: { name: string }) => name === 'plan');
      assert.match(valueString, /^Patient: all candidates, put in order, keys -score, Patient\.family/);
    });

    it('is told in XML and in GraphQL', async () => {
      const { text } = await server()
        .http.get('/fhir/Patient?_text=sleep&_sort=_score&_count=1&_format=xml')
        .buffer(true);
      assert.match(text, /<mode value="match"\/>\s*<score value="0.75"\/>/);
      const query = '{ PatientConnection(_text: "sleep", _sort: "_score") { edges { score resource { id } } } }';
      const { body } = await server().http.post('/fhir/$graphql').send({ query });
      assert.deepEqual(body.data.PatientConnection.edges[0], { score: 0.75, resource: { id: 'thrice' } });
    });

    it('orders pages forward and backward', async () => {
      const all = await ids('Patient?_text=sleep*&_sort=_score');
      assert.deepEqual((await walk('Patient?_text=sleep*&_sort=_score&_count=2', 'next')).flat(), all);
      const last = link(await get('Patient?_text=sleep*&_sort=_score&_count=2'), 'last') ?? '';
      assert.deepEqual((await walk(last, 'previous')).reverse().flat(), all);
    });

    it('is that of the first page while texts change', async () => {
      const nights = (count: number): string => `<p>${'night '.repeat(count)}</p>`;
      const people = Array.from({ length: 12 }, (_, at) => `p${at}`);
      await put(...people.map((id, at) => note(id, nights(at + 1))));
      let turn = 0;
      const pages = await walk('Patient?_text=night&_sort=_score&_count=3', 'next', async () => {
        turn += 1;
        await put(
          note('p0', nights(40 + turn)),
          note('p4', nights(1)),
          note('p5', '<p>day</p>'),
          note(`new${turn}`, nights(9)),
        );
        if (turn === 2) await remove('p3');
      });
      const expected = [...people].reverse();
      assert.deepEqual(pages, [
        expected.slice(0, 3),
        expected.slice(3, 6),
        expected.slice(6, 8).concat('p2'),
        ['p2', 'p1', 'p0'].filter((id) => id !== 'p2'),
      ]);
      assert.equal((await found('Patient?_text=night&_sort=_score'))[0]?.[0], 'p0');
    });
  },
  { fullText: true },
);

/** What the score of a text is, counted without the server. */
function expectedScore(text: readonly string[], words: readonly string[]): number {
  const points = [...new Set(words)].map((word) => {
    const begins = word.endsWith('*');
    const n = text.filter((each) => (begins ? each.startsWith(word.slice(0, -1)) : each === word)).length;
    return Math.floor((1000 * Math.min(n, 100)) / (Math.min(n, 100) + 1));
  });
  return Math.round(points.reduce((sum, each) => sum + each, 0) / points.length) / 1000;
}

onEveryDatabase(
  'the score of random texts',
  (server) => {
    const { found, put } = requestsTo(server);

    // Different alphabets, numbers and words that begin alike; written as they are indexed, so that nothing is folded here.
    const vocabulary = [
      'sleep',
      'sleeper',
      'slept',
      'night',
      '7',
      '70',
      '7mg',
      'x7',
      'сон',
      'сонный',
      'ύπνος',
      '睡眠',
      'نوم',
      'strasse',
    ];
    const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 40 });
    const many = fc
      .tuple(fc.constantFrom(...vocabulary), fc.integer({ min: 90, max: 600 }))
      .map(([word, count]) => Array(count).fill(word) as string[]);
    const texts = fc.array(fc.oneof({ weight: 9, arbitrary: words }, { weight: 1, arbitrary: many }), {
      minLength: 1,
      maxLength: 8,
    });
    const terms = fc.array(
      fc.oneof(
        fc.constantFrom(...vocabulary),
        fc
          .constantFrom(...vocabulary)
          .map((word) => `${[...word].slice(0, Math.max(1, [...word].length - 1)).join('')}*`),
      ),
      { minLength: 1, maxLength: 5 },
    );

    it('is what the definition says, sorted and unsorted', async () => {
      await fc.assert(
        fc.asyncProperty(texts, terms, async (all, asked) => {
          await put(...Array.from({ length: 8 }, (_, at) => note(`t${at}`, (all[at] ?? ['nothing']).join(' '))));
          const search = `Patient?_text=${encodeURIComponent(asked.join(' OR '))}`;
          const matching = all.flatMap((text, at) => {
            const score = expectedScore(text, asked);
            return score > 0 ? [[`t${at}`, score] as const] : [];
          });
          assert.deepEqual(new Map(await found(search)), new Map(matching), 'unsorted');
          const sorted = await found(`${search}&_sort=_score`);
          assert.deepEqual(new Map(sorted), new Map(matching), 'sorted');
          assert.deepEqual(
            sorted.map(([, score]) => score),
            matching.map(([, score]) => score).sort((a, b) => b - a),
          );
        }),
        { numRuns: RUNS },
      );
    });

    it('counts the first 16,382 words of a text', async () => {
      const filler = Array.from({ length: 16_380 }, (_, at) => `w${at % 99}`).join(' ');
      await put(note('long', `${filler} first second third fourth`));
      for (const search of ['Patient?_text=second', 'Patient?_text=second&_sort=_score'])
        assert.deepEqual(await found(search), [['long', 0.5]]);
      for (const search of [
        'Patient?_text=third',
        'Patient?_text=third&_sort=_score',
        'Patient?_text=thir*&_sort=_score',
      ])
        assert.deepEqual(await found(search), [['long', 0]]);
      await put(note('long', 'short'));
    });
  },
  { fullText: true },
);
