/**
 * Conditional interactions: what the criteria of a request match, found inside the transaction that acts on it. Requests with the same criteria wait for
 * each other, so that of many identical conditional creates one creates. https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1
 */
import { FhirError, invalid, multipleMatches, preconditionFailed } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Context, FhirRequest } from '../interaction/interaction.ts';
import { parseQuery } from '../search/parse.ts';
import type { Query } from '../search/query.ts';
import { restrict } from '../search/restrict.ts';
import { firstMatches } from '../search/search.ts';
import type { Session, StoredVersion } from '../store/store.ts';
import { parseConditional } from './references.ts';

/** Parameters that shape a result; criteria select and nothing else. */
const SHAPING = /^_(count|sort|include|revinclude|summary|elements|total|contained|containedType|page)(:|$)/;

function criteriaQuery(type: ResourceType, criteria: URLSearchParams, context: Context): Query {
  const shaping = [...criteria.keys()].find((name) => SHAPING.test(name));
  if (shaping)
    throw invalid(`${shaping} shapes a result; the criteria of a conditional interaction only select`, {
      expression: `http.${shaping}`,
    });
  const query = parseQuery({ type, query: criteria, handling: 'strict' }, context.search);
  if (query.applied.length === 0)
    throw preconditionFailed(
      `The criteria select every ${type}; a conditional interaction needs at least one parameter with a value`,
    );
  return query;
}

/** The resources of `type` that `criteria` match, at most `limit`, seen by the transaction. */
export async function matchesOf(
  type: ResourceType,
  criteria: URLSearchParams,
  limit: number,
  session: Session,
  context: Context,
): Promise<readonly StoredVersion[]> {
  const query = restrict(criteriaQuery(type, criteria, context), context.scope);
  await session.serialize([`${type}?${criteria}`]);
  return firstMatches(query, limit, { ...context.search, reader: session });
}

/** The one match, or none. @throws FhirError 412, when there are several */
export async function oneMatch(
  type: ResourceType,
  criteria: URLSearchParams,
  session: Session,
  context: Context,
): Promise<StoredVersion | undefined> {
  const [match, another] = await matchesOf(type, criteria, 2, session, context);
  if (another)
    throw multipleMatches(`More than one ${type} matches ${criteria}; a conditional interaction needs one at most`);
  return match;
}

/** So many resources one conditional delete may take; more is a mistake more often than a wish. */
const MOST_DELETED = 1000;

/** What a writing request is about, once its criteria have been looked up. */
export type Target =
  /** A resource that is made, with this id. */
  | { readonly kind: 'new'; readonly id: string }
  /** The resource with this id, whether it exists or not. */
  | { readonly kind: 'addressed'; readonly id: string }
  /** A conditional create whose criteria match: nothing is to be done. */
  | { readonly kind: 'existing'; readonly version: StoredVersion }
  /** A conditional delete. */
  | { readonly kind: 'matched'; readonly ids: readonly string[] };

/** Whether the target can only be known by a search. */
export const isConditional = ({ conditional, conditions }: FhirRequest): boolean =>
  conditional === true || conditions.ifNoneExist !== undefined;

/** The target of a request without criteria. */
export function plainTarget({ interaction, id }: FhirRequest, context: Context): Target {
  if (interaction === 'create') return { kind: 'new', id: context.newId() };
  if (id === undefined) throw new Error('the route gives an id');
  return { kind: 'addressed', id };
}

/** The target of any request that writes. @throws FhirError 412 for several matches, 404 for a patch without one */
export async function targetOf(request: FhirRequest, session: Session, context: Context): Promise<Target> {
  const { interaction, type, query, conditions, body } = request;
  if (!isConditional(request) || !type) return plainTarget(request, context);
  switch (interaction) {
    case 'create': {
      const version = await oneMatch(type, ifNoneExist(conditions.ifNoneExist ?? ''), session, context);
      return version ? { kind: 'existing', version } : { kind: 'new', id: context.newId() };
    }
    case 'update': {
      const match = await oneMatch(type, query, session, context);
      if (match) return { kind: 'addressed', id: match.id };
      return body?.id === undefined ? { kind: 'new', id: context.newId() } : { kind: 'addressed', id: body.id };
    }
    case 'patch': {
      const match = await oneMatch(type, query, session, context);
      if (!match)
        throw new FhirError(404, [
          { severity: 'error', code: 'not-found', diagnostics: `No ${type} matches ${query}` },
        ]);
      return { kind: 'addressed', id: match.id };
    }
    default: {
      const matches = await matchesOf(type, query, MOST_DELETED + 1, session, context);
      if (matches.length > MOST_DELETED)
        throw multipleMatches(
          `More than ${MOST_DELETED} resources match ${query}; a conditional delete takes at most so many`,
        );
      return { kind: 'matched', ids: matches.map(({ id }) => id) };
    }
  }
}

/** `If-None-Exist` holds what stands behind the "?" of a search; some clients send the type too. */
function ifNoneExist(header: string): URLSearchParams {
  const mark = header.indexOf('?');
  return new URLSearchParams(mark < 0 ? header : header.slice(mark + 1));
}

/** The address of the one resource that a conditional reference stands for. @throws FhirError 412 for none or several */
export async function addressOf(reference: string, session: Session, context: Context): Promise<string> {
  const parsed = parseConditional(reference);
  if (!parsed) throw new Error(`${reference} is no conditional reference`);
  const match = await oneMatch(parsed.type, new URLSearchParams(parsed.criteria), session, context);
  if (!match) throw preconditionFailed(`No ${parsed.type} matches the reference ${reference}`);
  return `${match.type}/${match.id}`;
}
