/**
 * Observation/$lastn: the last observations of each code, chosen by the search parameters of Observation.
 * https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { stringifyJson } from '../../resources/json.ts';
import { badValue, invalid, notSupported, operationOutcome } from '../../resources/outcome.ts';
import { readInput } from '../../resources/parameters.ts';
import { parseReference } from '../../resources/reference.ts';
import type { AnyResource, Observation, Parameters } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { and, or } from '../search/expression.ts';
import { MAX_COUNT } from '../search/limits.ts';
import { parseQuery } from '../search/parse.ts';
import { nameAndModifier } from '../search/parse-criterion.ts';
import type { Query } from '../search/query.ts';
import type { StoredVersion } from '../store/store.ts';
import { withIds } from './criteria.ts';
import { codesOf, type Entry, lastOfEach, timeOf } from './lastn/group.ts';
import type { Operation, OperationSpec } from './operation.ts';
import { queryOf, resourceIn, searchContextOf } from './visible.ts';
import { readAll } from './walk.ts';

const parameter = {
  max: {
    type: 'positiveInt',
    min: 0,
    max: '1',
    documentation: 'So many observations of each code, and those as recent as the last of them; 1 when it is absent',
  },
} as const;

const spec: OperationSpec<typeof parameter> = {
  code: 'lastn',
  canonical: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
  title: 'The last observations of each code',
  description:
    'Takes the search parameters of Observation: patient or subject, and category or a code. Of what they find, the most recent of each code and subject.',
  resource: ['Observation'],
  system: false,
  type: true,
  instance: false,
  affectsState: false,
  parameter,
  result: { name: 'return', type: 'Bundle', documentation: 'A searchset, the most recent first' },
};

/** Parameters that shape a page of a search, which the operation does itself. */
const SHAPING = /^_(sort|count|total|summary|elements|include|revinclude|contained|containedType|score|page)$/;
const CODED = /^(category|(combo-|component-)?code(-value-.+)?)$/;

/** The parameters of the query and, by POST, of a Parameters resource whose values are texts. */
function parametersOf({ query, body }: FhirRequest): [name: string, value: string][] {
  if (!body) return [...query];
  if (body.resourceType !== 'Parameters')
    throw invalid(`The body of $lastn is a ${body.resourceType}; expected Parameters`, { expression: 'resourceType' });
  const list = (body as unknown as Parameters).parameter ?? [];
  if (!Array.isArray(list)) throw invalid('Parameters.parameter must be an array', { expression: 'Parameters' });
  return [...query, ...list.map(({ name, ...values }): [string, string] => [String(name), textIn(name, values)])];
}

function textIn(name: string, values: object): string {
  const [value] = Object.entries(values).flatMap(([key, each]: [string, unknown]) =>
    key.startsWith('value') && typeof each !== 'object' ? [String(each)] : [],
  );
  if (value !== undefined) return value;
  throw badValue(`The parameter ${name} of $lastn has no plain value, such as valueString or valueCode`, {
    expression: `http.${name}`,
  });
}

/** `subject` of `subject:Patient.name`. */
const codeOf = (name: string): string => nameAndModifier(name.split('.')[0] ?? name).code;

function requireCriteria(names: readonly string[]): void {
  const codes = names.map(codeOf);
  const shaping = codes.find((code) => SHAPING.test(code));
  if (shaping !== undefined)
    throw notSupported(
      `$lastn chooses, orders and limits by itself; ${shaping} has no place in it. It takes max and the search parameters of Observation`,
      { expression: `http.${shaping}` },
      400,
    );
  if (!codes.some((code) => code === 'patient' || code === 'subject'))
    throw invalid('$lastn needs to know whose observations: patient or subject', { expression: 'http.patient' });
  if (!codes.some((code) => CODED.test(code)))
    throw invalid('$lastn needs to know which observations: category, or code or another parameter of the code', {
      expression: 'http.code',
    });
}

function entryOf(version: StoredVersion, { baseUrl }: Context): Entry {
  const observation = resourceIn(version) as unknown as Observation;
  const reference = observation.subject?.reference ?? '';
  const parsed = parseReference(reference);
  const isLocal = parsed?.kind === 'literal' && (parsed.base === undefined || parsed.base === baseUrl);
  return {
    id: version.id,
    rid: version.rid,
    subject: isLocal ? `${parsed.type}/${parsed.id}` : reference,
    codes: codesOf(observation.code ?? {}),
    time: timeOf(observation),
  };
}

/** The versions of the chosen, in their order. */
async function contentsOf(chosen: readonly Entry[], query: Query, tx: number, context: Context) {
  const search = searchContextOf(context);
  const versions = new Map<string, StoredVersion>();
  for (let from = 0; from < chosen.length; from += MAX_COUNT) {
    const ids = chosen.slice(from, from + MAX_COUNT).map(({ id }) => id);
    const expression = and([withIds('Observation', ids, search), or(query.types.map((each) => each.expression))]);
    const some = queryOf([{ type: 'Observation', expression, sort: [] }], MAX_COUNT);
    for await (const page of readAll(some, tx, context)) for (const each of page) versions.set(each.id, each);
  }
  return chosen.flatMap(({ id }) => versions.get(id) ?? []);
}

async function run(request: FhirRequest, context: Context): Promise<FhirResponse> {
  const all = parametersOf(request);
  const own = all.filter(([name]) => name === 'max');
  const { max = 1 } = readInput(spec.code, parameter, new URLSearchParams(own), undefined);
  if (max < 1)
    throw badValue(`max=${max} is no number of observations; expected 1 or more`, { expression: 'http.max' });
  const criteria = all.filter(([name]) => name !== 'max');
  requireCriteria(criteria.map(([name]) => name));
  const searchQuery = new URLSearchParams(criteria);
  const { handling } = request.prefer;
  const query = parseQuery({ type: 'Observation', query: searchQuery, handling }, searchContextOf(context));
  // What handling=lenient left out must not widen the question to everybody's observations.
  requireCriteria(query.applied.map(([name]) => name));

  const tx = context.session?.tx ?? (await context.reader.settled());
  const entries: Entry[] = [];
  for await (const page of readAll({ ...query, total: 'none', count: MAX_COUNT }, tx, context))
    for (const version of page) entries.push(entryOf(version, context));
  const versions = await contentsOf(lastOfEach(entries, max), query, tx, context);
  return { status: 200, body: { json: answer(versions, query, max, context) } };
}

function answer(versions: readonly StoredVersion[], query: Query, max: number, { baseUrl }: Context): string {
  const applied = new URLSearchParams([
    ...query.applied.map(([n, v]): [string, string] => [n, v]),
    ['max', String(max)],
  ]);
  const entries: JsonEntry[] = versions.map((version) => ({
    fullUrl: `${baseUrl}/Observation/${version.id}`,
    resource: version.content ?? '',
    search: { mode: 'match' },
  }));
  const outcome: JsonEntry[] =
    query.issues.length > 0
      ? [{ resource: stringifyJson(operationOutcome(query.issues) as AnyResource), search: { mode: 'outcome' } }]
      : [];
  const link = [{ relation: 'self', url: `${baseUrl}/Observation/$lastn?${applied}` }];
  return bundleJson({ type: 'searchset', total: versions.length, link }, [...entries, ...outcome]);
}

export const lastn: Operation = { spec, run };
