/**
 * Authorization as a rewrite of the search: a Scope is conjoined wherever the search ranges over a type, at the root, in every chain,
 * `_has` and include, so that nobody learns by asking about a resource that they may not read.
 */
import type { ResourceType } from '../../resources/types.ts';
import { and, type Expression } from './expression.ts';
import type { Query } from './query.ts';

/** What a caller may see of a type: `all`, `nothing`, or the expression that a resource has to satisfy. */
export type Scope = (type: ResourceType, interaction: 'read' | 'search-type') => Expression;

declare const restricted: unique symbol;

/** A value that has been through `restrict`. Nothing else searches the store. */
export type Restricted<T> = T & { readonly [restricted]: true };

/** A query with the scope that its includes have to respect. */
export interface RestrictedQuery extends Query {
  readonly scope: Scope;
}

/** `term`, which is asked of resources of `type`, as far as the caller may see them. */
export function restrictExpression(term: Expression, type: ResourceType, scope: Scope): Expression {
  return and([scope(type, 'search-type'), within(term, scope)]);
}

/** The chains and `_has` of a term restricted; the term itself ranges over a type that its owner restricts. */
function within(term: Expression, scope: Scope): Expression {
  switch (term.kind) {
    case 'all':
    case 'nothing':
    case 'matches':
    case 'missing':
      return term;
    case 'and':
    case 'or':
      return { kind: term.kind, terms: term.terms.map((each) => within(each, scope)) };
    case 'not':
      return { kind: 'not', term: within(term.term, scope) };
    case 'chain':
      return { ...term, term: restrictExpression(term.term, term.target, scope) };
    case 'has':
      return { ...term, term: restrictExpression(term.term, term.source, scope) };
    case 'hierarchy':
      return { ...term, through: restrictExpression(term.through, term.target, scope) };
  }
}

/** The query as far as the caller may see. Types of which they may see nothing drop out. */
export function restrict(query: Query, scope: Scope): Restricted<RestrictedQuery> {
  const types = query.types
    .map((each) => ({ ...each, expression: restrictExpression(each.expression, each.type, scope) }))
    .filter(({ expression }) => expression.kind !== 'nothing');
  return { ...query, types, scope } as unknown as Restricted<RestrictedQuery>;
}

/** For the server's own searches, on nobody's behalf. */
export const unrestricted: Scope = () => ({ kind: 'all' });
