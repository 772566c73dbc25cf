/**
 * `:above` and `:below` on references: whatever refers to a place in a hierarchy of resources, such as a Location with what it is part of,
 * or to what lies above or below that place. https://hl7.org/fhir/R4/search.html#recursive
 */
import { typeOfNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import { all, type Expression, or } from './expression.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';
import { type LocalTarget, type ReferenceValue, reference } from './type/reference.ts';
import type { ParseContext } from './type/search-type.ts';
import { badSearchValue } from './type/value-error.ts';
import { listed, requireUsable } from './unknown.ts';

export type Direction = 'above' | 'below';

/**
 * Codes of references to the resource that this one is a part of. Others to the own type (`replaces`, `based-on`, `link`) make no
 * strict hierarchy, which R4 asks for.
 */
const PARENTS = ['partof', 'part-of', 'parent'];

interface HierarchyContext extends ParseContext {
  readonly parameters: SearchParameters;
}

export const isDirection = (modifier: string | undefined): modifier is Direction =>
  modifier === 'above' || modifier === 'below';

/** The parameter by which resources of `type` refer to the one above them. */
function parentOf(type: ResourceType, parameters: SearchParameters): SearchParameter | undefined {
  const found = PARENTS.map((code) => parameters.get(type, code));
  return found.find((param) => param?.type === 'reference' && param.targets.includes(type));
}

/** The types with a hierarchy to which a parameter refers; none for canonical URLs, where the modifiers compare versions. */
export function hierarchies(param: SearchParameter, parameters: SearchParameters): readonly ResourceType[] {
  if (param.type !== 'reference' || !(param.valueTypes?.includes('Reference') ?? true)) return [];
  return param.targets.filter((type) => parentOf(type, parameters) !== undefined);
}

/**
 * What `param:below=values` asks, where `param` refers to hierarchies. A canonical URL among the values is compared by its version.
 * @throws FhirError that says what is accepted
 */
export function inHierarchy(
  param: SearchParameter,
  direction: Direction,
  values: readonly string[],
  context: HierarchyContext,
): Expression {
  const types = hierarchies(param, context.parameters);
  const ids = new Map<ResourceType, string[]>();
  const terms: Expression[] = [];
  for (const text of values) {
    const value = reference.parse(text, undefined, param, context);
    const place = value.kind === 'to' ? value.local : undefined;
    const within = place ? typesOf(place, types) : [];
    if (place && within.length > 0) {
      if (place.id.includes('/'))
        throw badSearchValue(param, text, `names a version; :${direction} follows the current state of a hierarchy`);
      for (const type of within) ids.set(type, [...(ids.get(type) ?? []), place.id]);
    } else if (reference.modifiers(param).includes(direction))
      terms.push({ kind: 'matches', param, value: reference.parse(text, direction, param, context) });
    else throw notInHierarchy(param, text, direction, value, types);
  }
  for (const [target, places] of ids) {
    const parent = parentOf(target, context.parameters);
    if (!parent) continue;
    requireUsable(parent);
    terms.push({ kind: 'hierarchy', direction, param, target, parent, ids: places, through: all });
  }
  return or(terms);
}

const typesOf = ({ types: numbers }: LocalTarget, types: readonly ResourceType[]): readonly ResourceType[] =>
  numbers ? numbers.map(typeOfNumber).filter((type) => types.includes(type)) : types;

const notInHierarchy = (
  param: SearchParameter,
  text: string,
  direction: Direction,
  value: ReferenceValue,
  types: readonly ResourceType[],
): Error =>
  badSearchValue(
    param,
    text,
    value.kind === 'to' && value.local
      ? `is in no hierarchy; :${direction} follows those of ${listed(types, 8)}`
      : `is not on this server, whose hierarchies :${direction} follows`,
  );
