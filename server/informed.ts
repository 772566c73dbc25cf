/**
 * What a request needs to know before it is carried out, looked up in time: searches know the codes of value sets and hierarchies before they are parsed,
 * and writes those that validation asks for.
 */
import type { AnyResource } from '../resources/types.ts';
import type { Installation } from './installation.ts';
import type { Context, FhirRequest } from './interaction/interaction.ts';
import { open as openPage } from './search/cursor.ts';
import { searchTerminology } from './terminology/search-terminology.ts';

type Dispatch = Context['dispatch'];

/** `run`, for requests that ask search parameters or definitions. */
export function informed(
  run: Dispatch,
  { definitions, validation }: Pick<Installation, 'definitions' | 'validation'>,
): Dispatch {
  return async (request, within) => {
    await validation.prepare(toBeWritten(request));
    const criteria = criteriaOf(request, within.search.pageKey);
    const terminology = await searchTerminology(criteria, definitions.terminology);
    return run(request, terminology ? { ...within, search: { ...within.search, terminology } } : within);
  };
}

/** Reads by id and history ask neither search parameters nor definitions. */
export const asksRegistries = ({ interaction }: FhirRequest): boolean => !/^(read|vread|history-.*)$/.test(interaction);

/** What a request is about to write, as far as it is known before patches and references are carried out. */
function toBeWritten({ interaction, body }: FhirRequest): readonly AnyResource[] {
  if (!body) return [];
  if (interaction === 'create' || interaction === 'update') return [body];
  if (interaction !== 'batch' || !Array.isArray(body.entry)) return [];
  return (body.entry as readonly ({ resource?: AnyResource } | null)[]).flatMap((entry) => entry?.resource ?? []);
}

/** The criteria of a search, of the search that a page link goes on with, or of a conditional create. */
function criteriaOf({ query, conditions: { ifNoneExist } }: FhirRequest, pageKey: Uint8Array): URLSearchParams {
  const page = query.get('_page');
  if (page !== null) return new URLSearchParams(openPage(page, pageKey).query);
  return ifNoneExist === undefined ? query : new URLSearchParams(ifNoneExist);
}
