/**
 * The typed tree of a search. One tree, two interpreters: `sql.ts` and `match.ts`. Search, conditional interactions, authorization
 * and reaction triggers all speak it.
 */
import type { ResourceType } from '../../resources/types.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { SearchValue } from './type/search-type.ts';

export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not'; readonly term: Expression }
  /** `code=x`, `date=ge2024`, `subject=Patient/1`, with the modifier inside the value. */
  | { readonly kind: 'matches'; readonly param: SearchParameter; readonly value: SearchValue }
  | { readonly kind: 'missing'; readonly param: SearchParameter }
  /** `subject:Patient.name=smith`: a target of that type satisfies `term`. */
  | {
      readonly kind: 'chain';
      readonly param: SearchParameter;
      readonly target: ResourceType;
      readonly term: Expression;
    }
  /** `_has:Observation:patient:code=x`: some `source` refers here by `param` and satisfies `term`. */
  | {
      readonly kind: 'has';
      readonly source: ResourceType;
      readonly param: SearchParameter;
      readonly term: Expression;
    }
  /**
   * `location:below=1`: refers by `param` to one of the `target` resources `ids`, or to one above or below them in the hierarchy that the
   * references `parent` make, which leads only by resources that satisfy `through`.
   */
  | {
      readonly kind: 'hierarchy';
      readonly direction: 'above' | 'below';
      readonly param: SearchParameter;
      readonly target: ResourceType;
      readonly parent: SearchParameter;
      readonly ids: readonly string[];
      readonly through: Expression;
    };

export const all: Expression = { kind: 'all' };
export const nothing: Expression = { kind: 'nothing' };

/** Conjunction without needless nodes: `all` drops out, `nothing` wins, a single term stands for itself. */
export function and(terms: readonly Expression[]): Expression {
  const kept = terms.filter(({ kind }) => kind !== 'all');
  if (kept.some(({ kind }) => kind === 'nothing')) return nothing;
  return kept.length === 1 && kept[0] ? kept[0] : kept.length === 0 ? all : { kind: 'and', terms: kept };
}

/** Disjunction without needless nodes: `nothing` drops out, `all` wins, a single term stands for itself. */
export function or(terms: readonly Expression[]): Expression {
  const kept = terms.filter(({ kind }) => kind !== 'nothing');
  if (kept.some(({ kind }) => kind === 'all')) return all;
  return kept.length === 1 && kept[0] ? kept[0] : kept.length === 0 ? nothing : { kind: 'or', terms: kept };
}

export function not(term: Expression): Expression {
  if (term.kind === 'all') return nothing;
  if (term.kind === 'nothing') return all;
  return term.kind === 'not' ? term.term : { kind: 'not', term };
}
