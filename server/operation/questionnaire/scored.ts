/** What the rule of scoring derives from a response to an instrument, as entries: the very resources that it stores. */
import { type Issue, issue } from '../../../resources/outcome.ts';
import { instrumentOf } from '../../../resources/questionnaire-response/counted.ts';
import { scoring } from '../../../resources/questionnaire-response/reaction.ts';
import type { Facts } from '../../../resources/reaction.ts';
import type { AnyResource, BundleEntry, FhirResource, QuestionnaireResponse } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { MAX_COUNT } from '../../search/limits.ts';
import { parseQuery } from '../../search/parse.ts';
import { readVisible, resourceIn, searchContextOf } from '../visible.ts';
import { readAll } from '../walk.ts';
import { Identity } from './extract/identity.ts';

export interface Scored {
  readonly entry: readonly BundleEntry[];
  readonly issues: readonly Issue[];
}

/** Undefined for a response to no instrument. */
export async function scored(
  response: QuestionnaireResponse,
  now: string,
  context: Context,
): Promise<Scored | undefined> {
  const after = response as unknown as AnyResource;
  if (!instrumentOf(after)) return undefined;
  // One that is not stored has ids that follow from what it says.
  const { id = new Identity(response, {}).id('response') } = response;
  const change = { type: 'QuestionnaireResponse', id, after: { ...after, id }, instant: now } as const;
  const derived = await scoring.derive(change, factsFor(context));
  const entry = derived.flatMap((each): BundleEntry[] => {
    if (each.kind !== 'put') return [];
    const { resourceType: type, id: own } = each.resource;
    return [
      {
        fullUrl: `${context.baseUrl}/${type}/${own}`,
        resource: withoutSource(each.resource, response) as unknown as FhirResource,
        request: { method: 'PUT', url: `${type}/${own}` },
      },
    ];
  });
  const issues = derived.flatMap((each) => (each.kind === 'issue' ? [each.issue] : []));
  const unstored =
    response.id === undefined
      ? [
          issue('informational', 'The response has no id: what is extracted does not refer to it', {
            severity: 'information',
          }),
        ]
      : [];
  return { entry, issues: [...issues, ...unstored] };
}

/** What is derived from a response that is not stored cannot refer to it. */
function withoutSource(resource: AnyResource, { id }: QuestionnaireResponse): AnyResource {
  if (id !== undefined) return resource;
  const { derivedFrom: _source, ...rest } = resource;
  return rest as AnyResource;
}

/** What is stored, as far as the caller may see it. */
const factsFor = (context: Context): Facts => ({
  async get(type, id) {
    const [found] = await readVisible(type, [id], context);
    return found && resourceIn(found);
  },
  async find(text) {
    const [type = '', query = ''] = text.split('?', 2);
    const asked = {
      type: type as AnyResource['resourceType'],
      query: new URLSearchParams(query),
      handling: 'strict',
    } as const;
    const parsed = parseQuery(asked, searchContextOf(context));
    const tx = context.session?.tx ?? (await context.reader.settled());
    const found: AnyResource[] = [];
    for await (const page of readAll({ ...parsed, total: 'none', count: MAX_COUNT }, tx, context))
      found.push(...page.map(resourceIn));
    return found;
  },
});
