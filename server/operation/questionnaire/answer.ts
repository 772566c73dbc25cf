/** What a form asks of this server: a search or a read as any client's, with what its caller may see, and strictly. */
import { isResourceType } from '../../../resources/definition.ts';
import { stringifyJson } from '../../../resources/json.ts';
import { FhirError } from '../../../resources/outcome.ts';
import type { Context, FhirRequest } from '../../interaction/interaction.ts';
import { isStoredJson } from '../../interaction/interaction.ts';

// What a form is populated from is read by a person, and held in memory.
const MOST_MATCHES = 200;
const LONGEST = 8_000;

/**
 * The JSON text of the searchset, or of the resource, that `query` (`Observation?code=1`, `Patient/2`) asks for.
 * @throws Error with the reason, in words for the author of the form
 */
export async function answerTo(query: string, context: Context): Promise<string> {
  const { body } = await context.dispatch(requestOf(query, context), context).catch((error: unknown) => {
    if (!(error instanceof FhirError)) throw error;
    throw new Error(error.issues.map(({ diagnostics }) => diagnostics).join('; '));
  });
  if (!body) throw new Error(`${query} has no answer`);
  return isStoredJson(body) ? body.json : stringifyJson(body);
}

function requestOf(query: string, { baseUrl }: Context): FhirRequest {
  if (query.length > LONGEST) throw new Error(`the search has ${query.length} characters; ${LONGEST} are taken`);
  const local = query.startsWith(`${baseUrl}/`) ? query.slice(baseUrl.length + 1) : query.replace(/^\//, '');
  const at = local.indexOf('?');
  const [type = '', id, ...rest] = (at < 0 ? local : local.slice(0, at)).split('/');
  if (!isResourceType(type) || rest.length > 0)
    throw new Error(`'${query.slice(0, 200)}' is no search and no read on this server`);
  const common = { isSafe: true, conditions: {}, prefer: { handling: 'strict' } } as const;
  if (at < 0 && id) return { interaction: 'read', type, id, query: new URLSearchParams(), ...common };
  if (at < 0 || id) throw new Error(`'${query.slice(0, 200)}' has no criteria: expected ${type}?... or ${type}/[id]`);
  const parameters = new URLSearchParams(local.slice(at + 1));
  if (!parameters.has('_count')) parameters.set('_count', String(MOST_MATCHES));
  return { interaction: 'search-type', type, query: parameters, ...common };
}
