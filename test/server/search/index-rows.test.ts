import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { isResourceType, resourceTypes, searchParameterTables, typeOfNumber } from '../../../resources/definition.ts';
import { compile } from '../../../resources/fhirpath.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { population } from '../../../server/demo/population.ts';
import { compileParameters } from '../../../server/search/compile-parameters.ts';
import { indexer } from '../../../server/search/index-rows.ts';
import { type IndexRow, indexTables } from '../../../server/search/index-table.ts';
import { match } from '../../../server/search/match.ts';
import type { SearchParameter } from '../../../server/search/search-parameter.ts';
import { searchTypes } from '../../../server/search/type/index.ts';
import { golden } from '../../golden.ts';
import { BASE_URL } from '../../spec/search-cases.ts';

const EXAMPLES = 'node_modules/hl7.fhir.r4.examples/';

let count = 0;
const parameters = compileParameters(searchParameterTables(), () => {
  count += 1;
  return { number: count, status: 'active' };
});
const rowsOf = indexer(parameters, BASE_URL);

function* examples(): Generator<AnyResource> {
  for (const name of readdirSync(EXAMPLES)) {
    if (!/^[A-Z].*\.json$/.test(name)) continue;
    const resource = JSON.parse(readFileSync(EXAMPLES + name, 'utf8')) as AnyResource;
    if (isResourceType(resource.resourceType)) yield resource;
  }
}

/** What the generator of demo data makes: the practice and twenty of its clients. */
function* demo(): Generator<AnyResource> {
  for (const { entry = [] } of population({ clients: 20, seed: 1, until: '2026-11-01' }))
    for (const { resource } of entry) if (resource) yield resource as AnyResource;
}

const escaped = (text: unknown): string => String(text).replaceAll(/[\\,|$]/g, (character) => `\\${character}`);

/** A search that the row of a parameter must satisfy; undefined where the row says only that there is a value. */
function searchFor({ type, targets }: SearchParameter, row: IndexRow): { text: string; modifier?: string } | undefined {
  const [, first, second, third] = row;
  switch (type) {
    case 'token':
      return first === ''
        ? undefined
        : { text: second === '' ? escaped(first) : `${escaped(second)}|${escaped(first)}` };
    case 'string':
      // The hash of a long text is not the text.
      return String(second).length > 300 ? undefined : { text: escaped(second), modifier: 'exact' };
    case 'uri':
      return { text: escaped(first) };
    case 'date':
      return Math.abs(Number(first)) > 8e15 ? undefined : { text: `ge${new Date(Number(first)).toISOString()}` };
    case 'number':
      return { text: `ge${first}` };
    case 'quantity':
      return third !== '' && row[4] === 1 ? undefined : { text: `ge${String(first).replace('e+', 'e')}` };
    case 'reference':
      if (second === 0) return /^[a-z]+:[^|]+$/.test(String(first)) ? { text: escaped(first) } : undefined;
      // Some examples refer to types that their definition does not allow; the parser refuses to search for those.
      if (!targets.includes(typeOfNumber(Number(second)))) return undefined;
      return { text: `${typeOfNumber(Number(second))}/${first}` };
    case 'composite':
    case 'special':
      return undefined;
  }
}

describe('indexer', () => {
  const found = new Set<number>();
  const unfound: string[] = [];
  const broken: string[] = [];
  const resources = [...examples(), ...demo()];

  before(() => {
    for (const resource of resources) {
      const rows = rowsOf(resource);
      for (const table of indexTables)
        for (const row of rows[table.name] ?? []) {
          const [number] = row;
          const param = parameters.byNumber(Number(number));
          if (row.length !== table.columns.length || !param) broken.push(`${table.name} ${row.join(' ')}`);
          if (!param || searchTypes[param.type].table(searchTypes[param.type].present(param)) !== table) continue;
          found.add(param.number);
          const search = searchFor(param, row);
          if (!search) continue;
          const value = searchTypes[param.type].parse(search.text, search.modifier, param, { baseUrl: BASE_URL });
          const candidate = { type: resource.resourceType, id: resource.id ?? '', rows };
          if (!match({ kind: 'matches', param, value }, candidate))
            unfound.push(`${param.resource}/${resource.id} ${param.code}=${search.text}`);
        }
    }
  });

  it('gives rows in the form of their tables for every official example and what the generator makes', () =>
    assert.deepEqual(broken, []));

  it('gives rows that a search for the same value finds', () => assert.deepEqual(unfound, []));

  it('covers the search parameters of R4, except those of which no resource has the element', () => {
    const all = resourceTypes().flatMap((type) =>
      parameters.of(type).filter(({ number, alias }) => number > 0 && !alias),
    );
    const own = all.filter(({ code }) => !code.startsWith('_'));
    const missing = own.filter(({ number }) => !found.has(number));
    const report = [
      `${own.length - missing.length} of ${own.length} search parameters with rows of their own find an official example or a resource of the generator; the others:`,
      ...missing.map((param) => `${param.resource}.${param.code} (${param.type}): ${reasonOf(param)}`),
      '',
    ].join('\n');
    golden('search-parameter-coverage.txt', report);
  });

  /** Why a parameter finds none of the resources, by what they hold. */
  function reasonOf({ resource: type, expression = '', components }: SearchParameter): string {
    const ofType = resources.filter(({ resourceType }) => resourceType === type);
    const { evaluate } = compile(expression, type);
    const values = ofType.flatMap((resource) => evaluate(resource, resource));
    const none = `none of ${ofType.length} has ${expression}`;
    if (values.length === 0) return none;
    if (components)
      return `${none} with a value that can be searched for each of ${components.map(({ param }) => param.code).join(', ')}`;
    return `${none} of a type that can be searched; there is ${[...new Set(values.map((value) => value.type))].join(', ')}`;
  }

  it('gives each row once', () => {
    const maria: AnyResource = {
      resourceType: 'Patient',
      name: [{ family: 'Lopez', text: 'Lopez' }, { family: 'Lopez' }],
      identifier: [{ value: '1' }, { value: '1' }],
    };
    for (const rows of Object.values(rowsOf(maria)))
      assert.equal(new Set(rows.map((row) => JSON.stringify(row))).size, rows.length);
  });

  it('passes over what is malformed, and never throws', () => {
    const wrong = {
      resourceType: 'Observation',
      status: 5,
      code: 'x',
      category: [null, 'x', { coding: 'y' }, { coding: [null, 5, {}] }],
      subject: 'Patient/1',
      performer: [{ reference: 5 }, null],
      effectivePeriod: { start: '2024-13-45', end: 7 },
      issued: 'yesterday',
      valueQuantity: { value: 'five', code: 7, system: {} },
      component: { valueSampledData: { origin: { value: 1 }, data: 'E E' } },
      identifier: [{ value: 5, type: 'x' }, []],
      meta: { tag: 'x', profile: [5, null], source: {} },
      extension: 'x',
      contained: 'x',
    } as unknown as AnyResource;
    assert.doesNotThrow(() => rowsOf(wrong));
    assert.deepEqual(rowsOf(wrong).date_index, undefined);
  });

  it('keeps every text within what a PostgreSQL index entry can hold, and without what its text cannot', () => {
    const long = `\u{1f600}${'ä'.repeat(5000)}`;
    const rows = rowsOf({
      resourceType: 'Patient',
      name: [{ family: long, given: ['a\u0000b', 'a\ud800b'] }],
      identifier: [
        { system: `http://a.example/${long}`, value: long, type: { coding: [{ system: long, code: long }] } },
      ],
      managingOrganization: { reference: `urn:x:${long}` },
      meta: { profile: [`http://a.example/${long}`] },
    } as unknown as AnyResource);
    for (const row of Object.values(rows).flat()) {
      const texts = row.filter((value) => typeof value === 'string');
      assert.ok(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) < 2_600);
      for (const text of texts) assert.ok(!text.includes('\u0000') && Buffer.from(text).toString() === text);
    }
  });

  it('tells long tokens apart behind what the index holds of them', () => {
    const of = (end: string) => rowsOf({ resourceType: 'Patient', identifier: [{ value: 'x'.repeat(1000) + end }] });
    assert.notDeepEqual(of('1'), of('2'));
  });
});
