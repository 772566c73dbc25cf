/**
 * Arguments of PatientList and PatientConnection: search parameters with `_` for `-`, a list for values of which one is enough. Modifiers and
 * chains are said in `_filter`. http://hl7.org/fhir/R4/graphql.html#searching
 */
import { nearest } from '../../../resources/nearest.ts';
import { badValue } from '../../../resources/outcome.ts';
import type { ResourceType } from '../../../resources/types.ts';
import type { SearchParameters } from '../../search/query.ts';
import { textOf } from './argument.ts';
import { pathOn } from './path.ts';
import type { SearchName } from './type.ts';

export interface SearchArguments extends SearchName {
  /** Name and value of search parameters. */
  readonly parameters: readonly (readonly [string, string])[];
  /** The parameter that refers to the resource around the search. */
  readonly reference?: string;
  /** A criterion on each match. */
  readonly fhirpath?: string;
  /** The rest of a walk that another request began. */
  readonly cursor?: string;
  readonly count?: number;
}

/** Where the search stands: at the root of the document, or inside resources of these types. */
export type Around = { readonly kind: 'root' } | { readonly kind: 'resource'; readonly types: readonly string[] };

/** Result parameters whose value is written as in a URL. */
const RESULT = ['_sort', '_filter', '_total'] as const;
const REFUSED = /^_(include|revinclude|contained|containedType|summary|elements|score|has|page|format)$/;

/** The argument that a search parameter is in GraphQL. */
export const graphqlName = (code: string): string => code.replaceAll('-', '_');

/** A comma in a value stands for itself: values of which one is enough come as a list. */
const escaped = (text: string): string => text.replaceAll(/(\\.)|,/g, (found, pair?: string) => pair ?? `\\${found}`);

function texts(name: string, value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    const text = textOf(item);
    if (text === undefined || text === '')
      throw badValue(`${name} is ${JSON.stringify(value)}; expected a text, a number, a boolean or a list of those`);
    return text;
  });
}

/** The parameter of `type` that an argument stands for. */
function codeNamed(type: ResourceType, name: string, parameters: SearchParameters): string | undefined {
  if (name.startsWith('_')) return parameters.get(type, name) ? name : undefined;
  return parameters.of(type).find(({ code }) => graphqlName(code) === name)?.code;
}

function unknownArgument({ type, form }: SearchName, name: string, { kind }: Around, parameters: SearchParameters) {
  const names = [
    ...parameters.of(type).map(({ code }) => graphqlName(code)),
    ...RESULT,
    '_count',
    'fhirpath',
    ...(form === 'connection' && kind === 'root' ? ['_cursor'] : []),
    ...(kind === 'root' ? [] : ['_reference']),
  ];
  const field = `${type}${form === 'list' ? 'List' : 'Connection'}`;
  if (name === '_cursor' || name === 'cursor')
    return badValue(
      form === 'list'
        ? `${field} has no cursor; ${type}Connection has`
        : `A cursor is followed at the root of a document, not inside a resource`,
    );
  if (name === '_reference')
    return badValue(`_reference stands inside a resource: it says by which parameter a ${type} refers to that`);
  if (REFUSED.test(name)) return badValue(`${name} is not offered in GraphQL: the document says what comes back`);
  const near = nearest(name, names);
  return badValue(
    `${field} has no argument ${name}${near ? `; did you mean ${near}?` : `; it takes ${names.join(', ')}`}`,
  );
}

function referenceCode(
  type: ResourceType,
  value: unknown,
  types: readonly string[],
  parameters: SearchParameters,
): string {
  const wanted = textOf(value) ?? '';
  const param = parameters.of(type).find(({ code }) => graphqlName(code) === wanted || code === wanted);
  if (param?.type === 'reference' && types.some((each) => param.targets.some((target) => target === each)))
    return param.code;
  const fitting = parameters
    .of(type)
    .filter((each) => each.type === 'reference' && types.some((one) => each.targets.some((target) => target === one)))
    .map(({ code }) => graphqlName(code));
  const near = nearest(wanted, fitting);
  const whose = types.length > 3 ? 'the resource around it' : types.join(' or ');
  throw badValue(
    fitting.length === 0
      ? `No search parameter of ${type} refers to ${whose}`
      : `_reference: '${wanted}' is no parameter by which a ${type} refers to ${whose}; ${near ? `did you mean ${near}?` : `there are ${fitting.join(', ')}`}`,
  );
}

const isCursor = (name: string): boolean => name === '_cursor' || name === 'cursor';

/** @throws FhirError 400 */
export function searchArguments(
  field: SearchName,
  given: ReadonlyMap<string, unknown>,
  around: Around,
  parameters: SearchParameters,
): SearchArguments {
  const { type } = field;
  const cursor = [...given].find(([name]) => isCursor(name));
  if (cursor && field.form === 'connection' && around.kind === 'root') {
    const text = textOf(cursor[1]) ?? '';
    if (given.size > 1)
      throw badValue(`_cursor goes on with a search as it was begun; no other argument can be added to it`);
    return { ...field, parameters: [], cursor: text };
  }
  const found: (readonly [string, string])[] = [];
  let rest: Pick<SearchArguments, 'reference' | 'fhirpath' | 'count'> = {};
  for (const [name, value] of given) {
    const code = codeNamed(type, name, parameters);
    if (name === '_reference' && around.kind === 'resource')
      rest = { ...rest, reference: referenceCode(type, value, around.types, parameters) };
    else if (name === 'fhirpath') {
      const expression = textOf(value) ?? '';
      pathOn(expression, type);
      rest = { ...rest, fhirpath: expression };
    } else if (name === '_count') rest = { ...rest, count: countOf(value) };
    else if (RESULT.some((each) => each === name)) for (const text of texts(name, value)) found.push([name, text]);
    else if (name === '_id' && around.kind === 'resource')
      throw badValue('_id has no place in a search inside a resource');
    else if (code !== undefined) found.push([code, texts(name, value).map(escaped).join(',')]);
    else throw unknownArgument(field, name, around, parameters);
  }
  if (around.kind === 'resource' && rest.reference === undefined)
    throw badValue(
      `${type}${field.form === 'list' ? 'List' : 'Connection'} inside a resource needs _reference: the parameter by which a ${type} refers to it`,
    );
  return { ...field, parameters: found, ...rest };
}

function countOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw badValue(`_count is ${JSON.stringify(value)}; expected a whole number from 1`);
}
