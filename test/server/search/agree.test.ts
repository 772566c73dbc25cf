import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { AnyResource, ResourceType } from '../../../resources/types.ts';
import type { Counts } from '../../../server/search/count.ts';
import { expressionText } from '../../../server/search/describe.ts';
import { and, type Expression, not, or } from '../../../server/search/expression.ts';
import { type Candidate, type Links, match } from '../../../server/search/match.ts';
import { criterion, newBudget } from '../../../server/search/parse-criterion.ts';
import type { Query, SearchContext, TypeQuery } from '../../../server/search/query.ts';
import { restrict, unrestricted } from '../../../server/search/restrict.ts';
import { search } from '../../../server/search/search.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { openPractice, type Practice, type TestResource } from './practice.ts';

const RUNS = Number(process.env.RUNS ?? 150);

const people = ['ada', 'ben', 'cem', 'dora', 'emil', 'fay'];
const clinics = ['north', 'south', 'ward', 'room', 'left', 'right'];
/** Rooms in wards in a clinic, two that are part of each other, and one that is part of what nobody stored. */
const partOf = [undefined, 'nowhere', 'north', 'ward', 'right', 'left'];

/** Few values in many combinations, so that every criterion finds some and passes over some. */
function resources(): TestResource[] {
  const organizations = clinics.map((id, at) => ({
    resourceType: 'Organization',
    id,
    name: at === 0 ? 'North Clinic' : 'South Clinic',
    active: at === 0,
    ...(partOf[at] ? { partOf: { reference: `Organization/${partOf[at]}` } } : {}),
  }));
  const patients = people.map((id, at) => ({
    resourceType: 'Patient',
    id,
    ...(at % 3 === 0 ? {} : { active: at % 2 === 0 }),
    ...(at === 4 ? {} : { gender: at % 2 === 0 ? 'female' : 'male' }),
    ...(at < 4 ? { birthDate: ['1980', '1980-02', '1985-05-05', '1990-01-01'][at] } : {}),
    name: [{ family: ['Lopez', 'Löpez Garcia', 'Berg', "O'Neil"][at % 4], given: [id] }],
    identifier: [{ system: at % 2 === 0 ? 'http://a.example' : 'http://b.example', value: String(at % 3) }],
    ...(at === 5 ? {} : { managingOrganization: { reference: `Organization/${clinics[at]}` } }),
  }));
  const observations = Array.from({ length: 24 }, (_, at) => ({
    resourceType: 'Observation',
    id: `o${at}`,
    status: at % 5 === 0 ? 'amended' : 'final',
    code: {
      coding: [{ system: 'http://loinc.org', code: ['8867-4', '44261-6', '29463-7'][at % 3] }],
      text: `measure ${at % 2}`,
    },
    ...(at % 7 === 0 ? {} : { subject: { reference: `Patient/${people[at % 6]}` } }),
    effectiveDateTime: ['2024', '2024-05', '2024-05-01', '2024-05-01T10:00:00Z', '2023-12-31T23:30:00-02:00'][at % 5],
    ...(at % 4 === 0
      ? {}
      : {
          valueQuantity: {
            value: at * 10,
            unit: at % 2 ? 'mg' : 'g',
            system: 'http://unitsofmeasure.org',
            code: at % 2 ? 'mg' : 'g',
          },
        }),
  }));
  return [...organizations, ...patients, ...observations] as TestResource[];
}

const leaves: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  Organization: [
    'name=north',
    'name:contains=clinic',
    'active=true',
    '_id=south',
    'active:missing=true',
    'name:missing=false',
    'partof:below=north',
    'partof:below=Organization/ward,nowhere',
    'partof:below=left',
    'partof:above=Organization/room',
    'partof:above=right,south',
  ],
  Patient: [
    'name=lop',
    'name:exact=Berg',
    'family:contains=neil',
    'gender=female',
    'gender:not=female',
    'gender:missing=true',
    'birthdate=1980',
    'birthdate=ge1985',
    'birthdate=lt1985-05',
    'birthdate=ne1980-02',
    'birthdate:missing=true',
    'identifier=1',
    'identifier=http://a.example|',
    'identifier=http://b.example|1,http://a.example|2',
    'active:missing=true',
    'organization=Organization/north',
    'organization:missing=true',
    'organization:below=Organization/north',
    'organization:above=room',
    'organization:below=left,nowhere',
    '_id=ada,fay',
    '_lastUpdated=gt2000',
    '_lastUpdated=lt2000',
  ],
  Observation: [
    'code=8867-4',
    'code=http://loinc.org|44261-6,29463-7',
    'code:text=measure 1',
    'status=final',
    'status:not=final',
    'date=2024-05',
    'date=ge2024-05-01',
    'date=lt2024-05-01T10:00:00Z',
    'date=sa2024',
    'date=eb2024',
    'value-quantity=gt100',
    'value-quantity=0.05|http://unitsofmeasure.org|g',
    'value-quantity=le50||mg',
    'value-quantity:missing=true',
    'code-value-quantity=8867-4$gt50',
    'subject=Patient/ada',
    'patient=ben,cem',
    'subject:missing=true',
  ],
};

interface Link {
  readonly kind: 'chain' | 'has';
  readonly code: string;
  readonly other: ResourceType;
}

const links: Readonly<Partial<Record<ResourceType, readonly Link[]>>> = {
  Organization: [{ kind: 'has', code: 'organization', other: 'Patient' }],
  Patient: [
    { kind: 'chain', code: 'organization', other: 'Organization' },
    { kind: 'has', code: 'patient', other: 'Observation' },
  ],
  Observation: [
    { kind: 'chain', code: 'subject', other: 'Patient' },
    { kind: 'chain', code: 'patient', other: 'Patient' },
  ],
};

for (const under of storesUnderTest())
  describe(`random expressions on ${under.name}`, () => {
    let practice: Practice;
    let candidates: readonly Candidate[];
    let memory: Links;

    before(async () => {
      practice = await openPractice(under);
      const stored = resources();
      await practice.put(...stored);
      candidates = stored.map((resource) => ({
        type: resource.resourceType as ResourceType,
        id: resource.id,
        lastUpdated: Date.now(),
        rows: practice.rows(resource as unknown as AnyResource),
      }));
      const refersTo = (from: Candidate, number: number, to: Candidate): boolean =>
        (from.rows.reference_index ?? []).some(([param, id]) => param === number && id === to.id);
      memory = {
        targets: (from, param, target) =>
          candidates.filter((each) => each.type === target && refersTo(from, param.number, each)),
        sources: (to, source, param) =>
          candidates.filter((each) => each.type === source && refersTo(each, param.number, to)),
      };
    });
    after(() => practice.close());

    const leafOf = (type: ResourceType): fc.Arbitrary<Expression> =>
      fc.constantFrom(...(leaves[type] ?? [])).map((text) => {
        const at = text.indexOf('=');
        return criterion(type, text.slice(0, at), text.slice(at + 1), { ...practice.context, budget: newBudget() });
      });

    const linkOf = (type: ResourceType, depth: number): fc.Arbitrary<Expression> =>
      fc.constantFrom(...(links[type] ?? [])).chain(({ kind, code, other }) =>
        treeOf(other, depth - 1).map((term): Expression => {
          const param = practice.context.parameters.get(kind === 'chain' ? type : other, code);
          assert.ok(param);
          return kind === 'chain' ? { kind, param, target: other, term } : { kind, param, source: other, term };
        }),
      );

    const treeOf = (type: ResourceType, depth: number): fc.Arbitrary<Expression> =>
      depth === 0
        ? leafOf(type)
        : fc.oneof(
            { weight: 3, arbitrary: leafOf(type) },
            { weight: 2, arbitrary: fc.array(treeOf(type, depth - 1), { minLength: 2, maxLength: 3 }).map(and) },
            { weight: 2, arbitrary: fc.array(treeOf(type, depth - 1), { minLength: 2, maxLength: 3 }).map(or) },
            { weight: 1, arbitrary: treeOf(type, depth - 1).map(not) },
            { weight: 2, arbitrary: linkOf(type, depth) },
          );

    const sorts: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
      Organization: ['', 'name'],
      Patient: ['', 'birthdate', '-family,gender', '_id'],
      Observation: ['', '-date', 'value-quantity,-code', '-_lastUpdated'],
    };

    /** Numbers that have nothing to do with the data: whatever the planner believes, it must find the same. */
    const invented = (seed: number): Counts => {
      const number = (text: string): number => {
        let hash = seed;
        for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
        return [0, 3, 300, 7_000, Number.POSITIVE_INFINITY][hash % 5] ?? 0;
      };
      return {
        matches: async (param, values) => number(param.code + JSON.stringify(values)),
        driver: async (type, driver) => number(type + driver.kind),
      };
    };

    it(`are the same in memory and in SQL, whatever the plan, the order and the size of pages (${RUNS} expressions)`, async () => {
      const type = fc.constantFrom<ResourceType>('Organization', 'Patient', 'Observation');
      const asked = type.chain((of) =>
        fc.record({
          type: fc.constant(of),
          expression: treeOf(of, 3),
          sort: fc.constantFrom(...(sorts[of] ?? [''])),
          count: fc.constantFrom(2, 5, 50),
          seed: fc.option(fc.nat(1000)),
        }),
      );
      const property = fc.asyncProperty(asked, async ({ type: of, expression, sort, count, seed }) => {
        const expected = candidates.filter((each) => each.type === of && match(expression, each, memory));
        const context = seed === null ? practice.context : { ...practice.context, counts: invented(seed) };
        const found = await allMatches(practice, queryOf(practice, of, expression, sort, count), context);
        assert.deepEqual([...found].sort(), expected.map(({ id }) => id).sort(), expressionText(expression));
        if (seed === null || sort === '') return;
        const once = await allMatches(practice, queryOf(practice, of, expression, sort, 50), practice.context);
        assert.deepEqual(found, once, 'in the same order');
      });
      await fc.assert(property, { numRuns: RUNS, seed: 7 });
    });
  });

/** A query of one type with a tree instead of parameters. */
function queryOf(practice: Practice, type: ResourceType, expression: Expression, sort: string, count: number): Query {
  const query = practice.parse(`${type}?_count=${count}${sort ? `&_sort=${sort}` : ''}`);
  return { ...query, types: query.types.map((each): TypeQuery => ({ ...each, expression })) };
}

/** The ids on all pages, in order. The tree does not fit into a link, so each page takes its place from the link only. */
async function allMatches(practice: Practice, query: Query, context: SearchContext): Promise<readonly string[]> {
  const found: string[] = [];
  let current = query;
  for (;;) {
    const result = await search(restrict(current, unrestricted), context);
    found.push(...result.matches.map(({ id }) => id));
    const next = result.links.find(({ relation }) => relation === 'next')?.url;
    if (!next) return found;
    current = { ...query, page: practice.parse(next).page };
  }
}
