/** What a form or a plan asks of this server: a search or a read as any client's, with what its caller may see, and strictly. */
import { isResourceType } from '../../../resources/definition.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { badValue } from '../../../resources/outcome.ts';
import type { ResourceType } from '../../../resources/types.ts';
import { type Context, type FhirRequest, isStoredJson } from '../../interaction/interaction.ts';
import { requireVisible } from '../visible.ts';

// What a form or a plan is made from is read by a person, and held in memory.
const MOST_MATCHES = 200;
const LONGEST = 8_000;

/**
 * The JSON text of the searchset, or of the resource, that `query` (`Observation?code=1`, `Patient/2`) asks for.
 * @throws FhirError in words for the author of the query: 400, or as the search or the read does
 */
export async function answerTo(query: string, context: Context): Promise<string> {
  const asked = askedFor(query, context);
  if ('read' in asked) return (await requireVisible(asked.type, asked.read, context)).content ?? '';
  const { body } = await context.dispatch(asked, context);
  if (!body) throw new Error(`${query} has no answer`);
  return isStoredJson(body) ? body.json : stringifyJson(body);
}

function askedFor(
  query: string,
  { baseUrl }: Context,
): FhirRequest | { readonly type: ResourceType; readonly read: string } {
  if (query.length > LONGEST) throw badValue(`the search has ${query.length} characters; ${LONGEST} are taken`);
  const local = query.startsWith(`${baseUrl}/`) ? query.slice(baseUrl.length + 1) : query.replace(/^\//, '');
  const at = local.indexOf('?');
  const [type = '', id, ...rest] = (at < 0 ? local : local.slice(0, at)).split('/');
  if (!isResourceType(type) || rest.length > 0)
    throw badValue(`'${query.slice(0, 200)}' is no search and no read on this server`);
  if (at < 0 && id) return { type, read: id };
  if (at < 0 || id) throw badValue(`'${query.slice(0, 200)}' has no criteria: expected ${type}?... or ${type}/[id]`);
  const parameters = new URLSearchParams(local.slice(at + 1));
  if (!parameters.has('_count')) parameters.set('_count', String(MOST_MATCHES));
  return {
    interaction: 'search-type',
    type,
    query: parameters,
    isSafe: true,
    conditions: {},
    prefer: { handling: 'strict' },
  };
}
