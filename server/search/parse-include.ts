/**
 * `_include` and `_revinclude`: `Source:parameter[:Target]`, wildcards `*` and `Source:*`, `:iterate`.
 * https://hl7.org/fhir/R4/search.html#include
 */
import { resourceTypes } from '../../resources/definition.ts';
import { nearest } from '../../resources/nearest.ts';
import { badValue, type FhirError, notSupported } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import { resourceTypeNamed } from './parse-criterion.ts';
import type { Include, IncludeLink, SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';
import { listed, requireUsable, unknownParameter } from './unknown.ts';

/** @throws FhirError that says what the form is, or why nothing could ever be included */
export function parseInclude(
  name: '_include' | '_revinclude',
  modifier: string | undefined,
  text: string,
  searched: readonly ResourceType[],
  parameters: SearchParameters,
): Include {
  if (modifier !== undefined && modifier !== 'iterate' && modifier !== 'recurse')
    throw notSupported(
      `${name}:${modifier} is not known; ${name} takes :iterate`,
      { rule: 'search-include-modifier' },
      400,
    );
  const direction = name === '_include' ? 'forward' : 'reverse';
  const iterate = modifier !== undefined;
  const links = linksOf(name, text, parameters).filter((link) => iterate || concerns(link, direction, searched));
  if (links.length === 0) throw neverIncludes(name, text, searched);
  return { direction, text, iterate, links };
}

function linksOf(name: string, text: string, parameters: SearchParameters): readonly IncludeLink[] {
  if (text === '*') return resourceTypes().flatMap((type) => allOf(type, parameters));
  const [sourceName = '', code, targetName, ...more] = text.split(':');
  if (code === undefined || code === '' || more.length > 0)
    throw badValue(
      `${name}=${text} is not of the form <type>:<parameter> or <type>:<parameter>:<target type>, ` +
        `for example ${name}=Observation:subject or ${name}=Observation:subject:Patient`,
      { rule: 'search-include-form' },
    );
  if (sourceName === '*')
    throw badValue(`${name}=${text}: the wildcard stands alone, ${name}=*, or behind a type, ${name}=Observation:*`, {
      rule: 'search-include-form',
    });
  const source = resourceTypeNamed(sourceName);
  if (code === '*') return narrowed(name, text, allOf(source, parameters), targetName);
  const param = parameters.get(source, code);
  if (!param) throw unknownReference(source, code, parameters);
  if (param.type !== 'reference')
    throw badValue(
      `${name}=${text}: ${source}.${code} is of type ${param.type}; only references can be followed: ${listed(referencesOf(source, parameters).map((each) => each.code))}`,
      { rule: 'search-not-a-reference' },
    );
  requireUsable(param);
  return narrowed(name, text, [{ source, param, targets: param.targets }], targetName);
}

function unknownReference(source: ResourceType, code: string, parameters: SearchParameters): FhirError {
  const codes = referencesOf(source, parameters).map((param) => param.code);
  const near = nearest(code, codes);
  if (!near && parameters.of(source).length > 0 && codes.length > 0 && codes.length <= 30)
    return notSupported(
      `${source} has no search parameter '${code}'; its references are ${listed(codes)}`,
      { rule: 'search-parameter-unknown' },
      400,
    );
  return near
    ? notSupported(
        `${source} has no search parameter '${code}'; did you mean '${near}'?`,
        { rule: 'search-parameter-unknown' },
        400,
      )
    : unknownParameter(source, code, parameters);
}

const referencesOf = (type: ResourceType, parameters: SearchParameters): readonly SearchParameter[] =>
  parameters.of(type).filter((param) => param.type === 'reference');

/** Every reference of a type whose index is complete; those that are another's with a narrower target add nothing. */
const allOf = (source: ResourceType, parameters: SearchParameters): readonly IncludeLink[] =>
  referencesOf(source, parameters)
    .filter(({ alias, status }) => alias === undefined && status === 'active')
    .map((param) => ({ source, param, targets: param.targets }));

function narrowed(
  name: string,
  text: string,
  links: readonly IncludeLink[],
  targetName: string | undefined,
): readonly IncludeLink[] {
  if (targetName === undefined) return links;
  const target = resourceTypeNamed(targetName);
  const kept = links.filter(({ targets }) => targets.includes(target)).map((link) => ({ ...link, targets: [target] }));
  if (kept.length > 0) return kept;
  const possible = [...new Set(links.flatMap(({ targets }) => targets))].sort();
  throw badValue(`${name}=${text}: that reference leads to ${listed(possible, 8)}, not to ${target}`, {
    rule: 'search-include-target',
  });
}

const concerns = (
  { source, targets }: IncludeLink,
  direction: Include['direction'],
  searched: readonly ResourceType[],
): boolean => (direction === 'forward' ? searched.includes(source) : targets.some((type) => searched.includes(type)));

function neverIncludes(name: string, text: string, searched: readonly ResourceType[]): FhirError {
  const matches = listed(searched, 8, 'or');
  return badValue(
    name === '_include'
      ? `${name}=${text} follows no reference of what is searched, ${matches}; to follow those of included resources write ${name}:iterate=${text}`
      : `${name}=${text}: that parameter does not refer to what is searched, ${matches}; to reach included resources write ${name}:iterate=${text}`,
    { rule: 'search-include-source' },
  );
}
