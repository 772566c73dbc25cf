/**
 * What to say of a search parameter that is not there, or not yet: which name was probably meant, where the name is defined, how far its
 * index is.
 */
import { resourceTypes } from '../../resources/definition.ts';
import { nearest } from '../../resources/nearest.ts';
import { type FhirError, notSupported } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { SearchParameters } from './query.ts';
import { progressText, type SearchParameter } from './search-parameter.ts';

/** Parameters that every search takes beside those of the type. https://hl7.org/fhir/R4/search.html#all */
export const criteriaOfEveryType = ['_has', '_list', '_filter', '_type'];

/** Parameters that say what comes back and how. https://hl7.org/fhir/R4/search.html#modifyingresults */
export const resultParameters = [
  '_sort',
  '_count',
  '_total',
  '_include',
  '_revinclude',
  '_summary',
  '_elements',
  '_contained',
  '_containedType',
  '_score',
];

/** Parameters of every type that this server knows and does not offer. */
export const notOffered: Readonly<Record<string, string>> = {
  _query: 'no named queries are registered on this server; use search parameters, or _filter',
  _text: 'full text search is not offered by this server; search by parameters of type string or token (with :text)',
  _content: 'full text search is not offered by this server; search by parameters of type string or token (with :text)',
};

/** At most so many names stand in one message. */
const MAX_NAMES = 60;

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], shown = MAX_NAMES, last: 'and' | 'or' = 'and'): string {
  if (names.length > shown) return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
  return names.length < 2 ? (names[0] ?? 'none') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** 400 for the parameter `code`, which `type` does not have. */
export function unknownParameter(type: ResourceType, code: string, parameters: SearchParameters): FhirError {
  return notSupported(unknownParameterText(type, code, parameters), { rule: 'search-parameter-unknown' }, 400);
}

function unknownParameterText(type: ResourceType, code: string, parameters: SearchParameters): string {
  if (resultParameters.includes(code)) return `${code} says what a search returns; it cannot stand inside a chain`;
  const codes = parameters.of(type).flatMap((param) => (Object.hasOwn(notOffered, param.code) ? [] : [param.code]));
  const near = nearest(code, [...codes, ...criteriaOfEveryType, ...resultParameters]);
  const elsewhere = resourceTypes().filter((other) => parameters.get(other, code));
  if (elsewhere.length > 0) {
    const meant = near ? `; ${type} has '${near}'` : '';
    return `'${code}' is only defined for ${listed(elsewhere, 8)}, not for ${type}${meant}`;
  }
  if (near) return `${type} has no search parameter '${code}'; did you mean '${near}'?`;
  return `${type} has no search parameter '${code}'; it has ${listed(codes)}`;
}

/** The parameter itself. @throws FhirError 400 while its index is being filled: a search by it would miss resources */
export function requireUsable(param: SearchParameter): SearchParameter {
  if (param.status === 'active') return param;
  const { resource, code, progress } = param;
  throw notSupported(
    `the search parameter '${code}' of ${resource} is being built${progress ? `: ${progressText(progress())}` : ''}; searches by it are answered when that is complete`,
    { rule: 'search-parameter-filling' },
    400,
  );
}
