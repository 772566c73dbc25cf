/** Definitions by id and by canonical URL: those that are stored, then ours. https://hl7.org/fhir/R4/references.html#canonical */
import { throughlineResources } from '../../../profiles/throughline.ts';
import { notFound, unprocessable } from '../../../resources/outcome.ts';
import { searchValue } from '../../../resources/patient-reference.ts';
import { parseCanonical, parseReference } from '../../../resources/reference.ts';
import type { AnyResource, ResourceType } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { parseQuery } from '../../search/parse.ts';
import { restrict } from '../../search/restrict.ts';
import { search } from '../../search/search.ts';
import { readVisible, resourceIn, searchContextOf } from '../visible.ts';

/** @throws FhirError 404 */
export async function definitionNamed(type: ResourceType, id: string, context: Context): Promise<AnyResource> {
  const [stored] = await readVisible(type, [id], context);
  if (stored) return resourceIn(stored);
  const own = throughlineResources().find((each) => each.resourceType === type && each.id === id);
  if (own) return own;
  throw notFound(`${type}/${id} is not known`);
}

/** What an action can be defined by. https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.action.definition_x_ */
const TYPES = ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'] as const satisfies readonly ResourceType[];

/** The newest with this canonical, of any of the types. @throws FhirError 422 naming `place`, when there is none */
export async function definitionAt(canonical: string, place: string, context: Context): Promise<AnyResource> {
  const { url, version } = parseCanonical(canonical);
  const relative = parseReference(url);
  // Not canonical, and yet met with.
  if (relative?.kind === 'literal' && relative.base === undefined && TYPES.some((type) => type === relative.type))
    return definitionNamed(relative.type, relative.id, context);
  for (const type of TYPES) {
    const text = `url=${searchValue(url)}${version === undefined ? '' : `&version=${searchValue(version)}`}`;
    const query = new URLSearchParams(`${text}&_sort=-_lastUpdated&_count=1`);
    const parsed = parseQuery({ type, query, handling: 'strict' }, searchContextOf(context));
    const { matches } = await search(restrict({ ...parsed, total: 'none' }, context.scope), searchContextOf(context));
    const [stored] = matches;
    if (stored) return resourceIn(stored);
  }
  const own = throughlineResources().find(
    (each) =>
      TYPES.some((type) => type === each.resourceType) &&
      each.url === url &&
      (version === undefined || each.version === version),
  );
  if (own) return own;
  throw unprocessable(`${place} is ${canonical}; no ${TYPES.join(', ')} with this URL is stored here`, {
    expression: place,
  });
}
