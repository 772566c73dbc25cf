/**
 * Where a page of $everything begins, sealed into its link like a page of a search: the link holds all that the page needs, so the server
 * keeps nothing, and it never expires.
 */
import { invalid } from '../../../resources/outcome.ts';
import { open, seal } from '../../search/cursor.ts';
import type { Compartment } from './record.ts';

/** Behind a resource of the core by its number, or of those that come along by its key (`Practitioner/1`). */
export type Position =
  | { readonly stage: 'start' }
  | { readonly stage: 'core'; readonly after: number }
  | { readonly stage: 'supporting'; readonly after: string };

export interface Place {
  readonly type: Compartment;
  readonly id?: string;
  /** The parameters of the first page, as a query. */
  readonly query: string;
  readonly tx: number;
  readonly position: Exclude<Position, { stage: 'start' }>;
}

/** Begins the query of the token, so that a link of $everything is none of a search and the other way round. */
const MARK = '$everything';

export function sealPlace({ type, id, query, tx, position }: Place, pageKey: Uint8Array): string {
  const cursor = position.stage === 'core' ? { keys: [], rid: position.after } : { keys: [position.after], rid: 0 };
  return seal(
    {
      type,
      ...(id === undefined ? {} : { compartment: { type, id } }),
      query: `${MARK}?${query}`,
      page: { tx, direction: 'forward', cursor },
    },
    pageKey,
  );
}

/** @throws FhirError 400, when the text is no link of the $everything of this resource */
export function openPlace(text: string, type: Compartment, id: string | undefined, pageKey: Uint8Array): Place {
  const token = open(text, pageKey);
  const { cursor, tx } = token.page;
  if (!token.query.startsWith(`${MARK}?`) || token.type !== type || token.compartment?.id !== id || !cursor)
    throw invalid(`_page is a page link, but not of $everything of ${id === undefined ? type : `${type}/${id}`}`, {
      expression: 'http._page',
      rule: 'search-page',
    });
  const [key] = cursor.keys;
  return {
    type,
    ...(id === undefined ? {} : { id }),
    query: token.query.slice(MARK.length + 1),
    tx,
    position: key === undefined ? { stage: 'core', after: cursor.rid } : { stage: 'supporting', after: String(key) },
  };
}
