/** Search results: links of which there is one each, results with ids, and of the type that was asked for. https://hl7.org/fhir/R4/http.html#search */
import { isResourceType } from '../resources/definition.ts';
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { shown, type Walk } from './walk.ts';

const SINGLE_LINKS = new Set(['self', 'first', 'last', 'next', 'previous', 'prev']);

export function checkSearchset(bundle: JsonObject, entries: readonly unknown[], path: string, walk: Walk): void {
  const links = Array.isArray(bundle.link) ? (bundle.link as readonly unknown[]).map(asObject) : [];
  const seen = new Set<unknown>();
  for (const [at, link] of links.entries()) {
    const relation = link?.relation;
    if (seen.has(relation) && SINGLE_LINKS.has(String(relation)))
      walk.error('invalid', 'searchset-link', `${path}.link[${at}]`, `the link ${shown(relation)} is there twice`);
    seen.add(relation);
  }
  const self = links.find((link) => link?.relation === 'self')?.url;
  const expected = typeof self === 'string' ? searchedTypes(self) : undefined;
  for (const [at, entry] of entries.entries()) {
    const resource = asObject(asObject(entry)?.resource);
    if (resource)
      checkResult(resource, asObject(asObject(entry)?.search)?.mode, expected, `${path}.entry[${at}]`, walk);
  }
}

function checkResult(
  resource: JsonObject,
  mode: unknown,
  expected: readonly string[] | undefined,
  path: string,
  walk: Walk,
): void {
  const type = String(resource.resourceType);
  if (mode === 'outcome') {
    if (type !== 'OperationOutcome')
      walk.error(
        'invalid',
        'searchset-outcome',
        `${path}.resource`,
        `an entry of mode outcome is an OperationOutcome, found ${type}`,
      );
    return;
  }
  if (resource.id === undefined && type !== 'OperationOutcome')
    walk.error('invalid', 'searchset-id', `${path}.resource`, 'a search result has an id');
  if (!expected || expected.includes(type)) return;
  if (mode === 'match')
    walk.error(
      'invalid',
      'searchset-type',
      `${path}.resource`,
      `a match of this search is of type ${expected.join(' or ')}, found ${type}`,
    );
  else if (mode === undefined && type !== 'OperationOutcome')
    walk.warning(
      'invalid',
      'searchset-type',
      path,
      `${type} is not what was searched for (${expected.join(', ')}), and no search.mode says why it is here`,
    );
}

/** The types that the URL of a search asks for; undefined when it asks for any. */
function searchedTypes(url: string): readonly string[] | undefined {
  const [address = '', query = ''] = url.split('?');
  const last = address.split('/').at(-1) ?? '';
  if (isResourceType(last)) return [last];
  const types = new URLSearchParams(query).get('_type')?.split(',').filter(isResourceType);
  return types && types.length > 0 ? types : undefined;
}
