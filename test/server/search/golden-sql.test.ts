import { searchParameterTables } from '../../../resources/definition.ts';
import { type CompiledParameters, compileParameters } from '../../../server/search/compile-parameters.ts';
import { planText } from '../../../server/search/describe.ts';
import { countStatement, pageStatement } from '../../../server/search/page-sql.ts';
import { parseQuery } from '../../../server/search/parse.ts';
import { naturalOrder, planOf } from '../../../server/search/plan.ts';
import type { Page } from '../../../server/search/query.ts';
import type { SqlContext } from '../../../server/search/sql.ts';
import { golden } from '../../golden.ts';
import { BASE, PAGE_KEY, parametersWithoutStore, requestOf } from './practice.ts';

const parameters = parametersWithoutStore();

/** How many rows a parameter has in the imagined practice; infinite where nobody counts to the end. */
const rows: Readonly<Record<string, number>> = {
  identifier: 1,
  name: 120,
  family: 30,
  patient: 40,
  subject: 40,
  date: 15_000,
  'value-quantity': 4_000,
};
const many = Number.POSITIVE_INFINITY;

const counts = {
  matches: async ({ code }: { readonly code: string }) => rows[code] ?? many,
  driver: async () => 300,
};

const searches: readonly (readonly [name: string, url: string, page?: Partial<Page>])[] = [
  ['everyone', 'Patient'],
  ['a code, deep', 'Observation?status=final', { cursor: { keys: [], rid: 900_000 } }],
  ['a name and a gender', 'Patient?name=lop&gender=female'],
  ['by id', 'Patient?_id=maria,jonas'],
  ['what a client was asked, latest first', 'Observation?patient=maria&code=http://loinc.org|44261-6&_sort=-date'],
  ['the appointments from a day on', 'Appointment?date=ge2026-10-01&_sort=date', { cursor: { keys: [1], rid: 2 } }],
  ['the appointments of a day', 'Appointment?date=ge2026-10-01&date=lt2026-10-02'],
  [
    'everyone by name, the second page',
    'Patient?active=true&_sort=family,-birthdate',
    { cursor: { keys: ['lopez', null], rid: 7 } },
  ],
  ['everyone by name, backward', 'Patient?active=true&_sort=family', { direction: 'backward' }],
  ['one of several codes', 'Task?status=requested,in-progress'],
  ['not and missing', 'Patient?gender:not=male&active:missing=true'],
  ['a narrow chain', 'Observation?patient.name=lopez&code=44261-6'],
  ['a wide chain', 'Observation?patient.gender=female&code=44261-6'],
  ['a canonical chain', 'CarePlan?instantiates-canonical:PlanDefinition.title=depression'],
  ['_has', 'Patient?_has:Observation:patient:value-quantity=ge20'],
  ['_has in a chain', 'Observation?patient._has:Group:member:_id=study'],
  ['a filter', 'Patient?_filter=name co "ope" or not (gender eq male)'],
  ['a compartment', 'Patient/maria/CarePlan?status=active'],
  ['two types', '?_type=Patient,Practitioner&name=lopez'],
  ['what changed', 'Patient?_lastUpdated=ge2026-10-01'],
];

const byRelevance: typeof searches = [
  ['the best first', 'Patient?_content=sleep worries&_sort=_score'],
  [
    'words of both texts, their beginnings, and another key; the second page',
    'Patient?_text="sleeps badly" OR oper*&_content=night&_sort=_score,family',
    { cursor: { keys: [666, 'lopez'], rid: 7 } },
  ],
  ['the least relevant of two types first', '?_type=Flag,Patient&_content=sleep&_sort=-_score'],
];

/** `_text` and `_content` as a server with full text search has them. */
function fullTextParameters(fullText: SqlContext['dialect']): CompiledParameters {
  const whole: Readonly<Record<string, string>> = { _text: 'DomainResource', _content: 'Resource' };
  const tables = searchParameterTables().map((table) => {
    const expression = whole[table.code];
    return expression ? { ...table, type: 'special' as const, expression } : table;
  });
  let last = 0;
  return compileParameters(tables, () => {
    last += 1;
    return { number: last, status: 'active', fullText };
  });
}

async function statementsOf(
  url: string,
  page: Partial<Page>,
  dialect: SqlContext['dialect'],
  parameters: CompiledParameters,
): Promise<string> {
  const on = { dialect, parameters };
  const query = parseQuery(requestOf(url), { parameters, baseUrl: BASE, pageKey: PAGE_KEY });
  const first = await planOf(query, { counts, on });
  const natural = naturalOrder(first);
  const along = natural && {
    ...query,
    sort: [natural],
    types: query.types.map((each) => ({ ...each, sort: [parameters.get(each.type, natural.code)] })),
  };
  const plan = along ? await planOf(along, { counts, on }) : first;
  const walked = plan.types.some(({ order }) => order === 'walk');
  const request = {
    phase: walked ? 'present' : 'all',
    direction: 'forward',
    limit: 51,
    state: { tx: 1_792_000_000_000_000 },
    counted: false,
    ...page,
  } as const;
  const statement = pageStatement(plan, request, on);
  const count = countStatement(plan, on);
  const text = (each: typeof statement): string =>
    (dialect === 'postgres' ? each.text : each.sql).replaceAll(/\s*\n\s*/g, '\n  ').trim();
  return [planText(plan), text(statement), text(count)].join('\n\n');
}

describe('the SQL of searches', () => {
  for (const dialect of ['sqlite', 'postgres'] as const)
    it(`on ${dialect} is the one that was reviewed`, async () => {
      const parts: string[] = [];
      for (const [name, url, page = {}] of searches)
        parts.push(`-- ${name}: ${url}\n${await statementsOf(url, page, dialect, parameters)}\n`);
      golden(`search-${dialect}.sql`, parts.join('\n'));
    });

  for (const dialect of ['sqlite', 'postgres'] as const)
    it(`that come by relevance, on ${dialect}, is the one that was reviewed`, async () => {
      const withFullText = fullTextParameters(dialect);
      const parts: string[] = [];
      for (const [name, url, page = {}] of byRelevance)
        parts.push(`-- ${name}: ${url}\n${await statementsOf(url, page, dialect, withFullText)}\n`);
      golden(`relevance-${dialect}.sql`, parts.join('\n'));
    });
});
