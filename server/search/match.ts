/**
 * The other interpreter of an Expression: on the index rows of one resource, in memory. It says what `sql.ts` says; authorization,
 * reactions and paging ask it about a resource that they hold.
 */
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Expression } from './expression.ts';
import { type IndexRows, referenceIndex } from './index-table.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { DateValue } from './type/date.ts';
import { searchTypes } from './type/index.ts';
import { testRange } from './type/range.ts';
import type { SearchValue } from './type/search-type.ts';
import type { TokenValue } from './type/token.ts';

/** A resource as `match` sees it. */
export interface Candidate {
  readonly type: ResourceType;
  readonly id: string;
  /** Milliseconds since the epoch of `meta.lastUpdated`; absent for a resource that is not stored. */
  readonly lastUpdated?: number;
  /** As `indexer` made them. */
  readonly rows: IndexRows;
}

/** Where chains and `_has` lead: resources beside the one in question. */
export interface Links {
  /** The resources of type `target` to which `from` refers by `param`. */
  targets(from: Candidate, param: SearchParameter, target: ResourceType): readonly Candidate[];
  /** The resources of type `source` that refer to `to` by `param`. */
  sources(to: Candidate, source: ResourceType, param: SearchParameter): readonly Candidate[];
}

/** Whether an expression asks about the resource itself only, without chain, `_has` and hierarchy: then `match` needs no links. */
export function isLocal(expression: Expression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.every(isLocal);
    case 'not':
      return isLocal(expression.term);
    case 'chain':
    case 'has':
    case 'hierarchy':
      return false;
    case 'all':
    case 'nothing':
    case 'matches':
    case 'missing':
      return true;
  }
}

/**
 * Whether a resource satisfies an expression that is about its type.
 * @throws Error when the expression is not local and there are no links
 */
export function match(expression: Expression, candidate: Candidate, links: Links = noLinks): boolean {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'nothing':
      return false;
    case 'and':
      return expression.terms.every((term) => match(term, candidate, links));
    case 'or':
      return expression.terms.some((term) => match(term, candidate, links));
    case 'not':
      return !match(expression.term, candidate, links);
    case 'matches':
      return matches(expression.param, expression.value, candidate);
    case 'missing':
      return !matches(expression.param, searchTypes[expression.param.type].present(expression.param), candidate);
    case 'chain': {
      const { param, target, term } = expression;
      return links.targets(candidate, param, target).some((each) => match(term, each, links));
    }
    case 'has': {
      const { param, source, term } = expression;
      return links.sources(candidate, source, param).some((each) => match(term, each, links));
    }
    case 'hierarchy':
      return matchesHierarchy(expression, candidate, links);
  }
}

const refuse = (): never => {
  throw new Error('an expression with a chain, _has or hierarchy was matched without links');
};
const noLinks: Links = { targets: refuse, sources: refuse };

/** Whether a value of the parameter satisfies `value`. `_id` and `_lastUpdated` have no rows. */
function matches(param: SearchParameter, value: SearchValue, { id, lastUpdated, rows }: Candidate): boolean {
  if (param.code === '_id') return matchesId(value as TokenValue, id);
  if (param.code === '_lastUpdated')
    return lastUpdated !== undefined && testRange((value as DateValue).range, lastUpdated, lastUpdated + 1);
  const searchType = searchTypes[param.type];
  const found = rows[searchType.table(value).name] ?? [];
  return found.some((row) => row[0] === param.number && searchType.test(row, value));
}

/** Every resource has an id, which has no system. */
const matchesId = (value: TokenValue, id: string): boolean =>
  value.kind === 'code' && !value.system && (value.code === undefined || value.code === id);

/** The ids of the `target` resources to which rows refer by `param`. */
export const targetIds = (rows: IndexRows, param: SearchParameter, target: ResourceType): readonly string[] =>
  (rows[referenceIndex.name] ?? [])
    .filter(([number, , type]) => number === param.number && type === typeNumber(target))
    .map(([, id]) => String(id));

/** Whether a reference leads to one of the places, or from it up to one (`below`), or down to one (`above`). */
function matchesHierarchy(
  { direction, param, target, parent, ids, through }: Extract<Expression, { kind: 'hierarchy' }>,
  candidate: Candidate,
  links: Links,
): boolean {
  const seen = new Set<string>();
  const isPassable = (each: Candidate): boolean => {
    if (seen.has(each.id)) return false;
    seen.add(each.id);
    return match(through, each, links);
  };
  const isUnder = (from: Candidate, by: SearchParameter): boolean =>
    targetIds(from.rows, by, target).some((id) => ids.includes(id)) ||
    links.targets(from, by, target).some((each) => isPassable(each) && isUnder(each, parent));
  const isOver = (id: string): boolean =>
    ids.includes(id) ||
    links.sources({ type: target, id, rows: {} }, target, parent).some((each) => isPassable(each) && isOver(each.id));
  return direction === 'below' ? isUnder(candidate, param) : targetIds(candidate.rows, param, target).some(isOver);
}
