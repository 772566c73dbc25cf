/**
 * Which resources have index rows that do not depend on what the server sets (id, version, instant): theirs can be made before the transaction that sets it,
 * while another one has the database.
 */

import { type Path, parsePath } from '../../resources/fhirpath-syntax.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';

/** What of `meta` is the client's. */
const OF_CLIENT: readonly string[] = ['tag', 'security', 'profile', 'source'];
const SET: readonly string[] = ['id', 'versionId', 'lastUpdated'];

const known = new WeakMap<SearchParameters, Map<ResourceType, boolean>>();

/** Whether every parameter of the type gives the same rows whatever the server sets. */
export function isTimeless(type: ResourceType, parameters: SearchParameters): boolean {
  const byType = known.get(parameters) ?? new Map<ResourceType, boolean>();
  known.set(parameters, byType);
  const before = byType.get(type);
  if (before !== undefined) return before;
  const result = parameters.of(type).every(isTimelessParameter);
  byType.set(type, result);
  return result;
}

function isTimelessParameter({ alias, expression, type, components }: SearchParameter): boolean {
  if (alias || expression === undefined) return true;
  // The words of a text pass over id and meta.
  if (!components && type !== 'special') return asksForNothingSet(expression, false);
  return (
    asksForNothingSet(expression, true) && (components ?? []).every((each) => asksForNothingSet(each.expression, false))
  );
}

/** `mayBeWhole`: the expression may select the resource itself, of which others take parts. */
function asksForNothingSet(expression: string, mayBeWhole: boolean): boolean {
  const path = parsePath(expression);
  return path !== undefined && (mayBeWhole || !selectsWhole(path)) && isFree(path, undefined);
}

/** Whether the item itself is among what is selected: its id would be. */
function selectsWhole(path: Path): boolean {
  switch (path.kind) {
    case 'this':
    case 'resource':
      return true;
    case 'union':
      return path.terms.some(selectsWhole);
    case 'step':
      return (
        (path.step.kind === 'ofType' || path.step.kind === 'where' || path.step.kind === 'at') &&
        selectsWhole(path.input)
      );
    case 'literal':
    case 'and':
    case 'or':
    case 'equals':
      return false;
  }
}

/** Whether no step leads to what the server sets. `next` is the name of the step that follows. */
function isFree(path: Path, next: string | undefined): boolean {
  switch (path.kind) {
    case 'this':
    case 'literal':
      return true;
    case 'resource':
      return false;
    case 'union':
      return path.terms.every((term) => isFree(term, next));
    case 'and':
    case 'or':
    case 'equals':
      return isFree(path.left, undefined) && isFree(path.right, undefined);
    case 'step': {
      const { input, step } = path;
      switch (step.kind) {
        case 'child':
          if (SET.includes(step.name) || (step.name === 'meta' && !OF_CLIENT.includes(next ?? ''))) return false;
          return isFree(input, step.name);
        case 'where':
          return isFree(step.criteria, undefined) && isFree(input, next);
        case 'repeat':
          return isFree(step.path, undefined) && isFree(input, undefined);
        default:
          return isFree(input, step.kind === 'ofType' || step.kind === 'at' ? next : undefined);
      }
    }
  }
}
