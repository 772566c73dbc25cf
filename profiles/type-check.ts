/**
 * What the walk of structure.ts asks of each type, compiled once from the type tables and rules: the properties by JSON name, the
 * elements that are required, the choices, and the checks of each property.
 */

import type { ElementTable } from '../resources/definition.ts';
import { isPrimitive, isResourceType, knownType, propertyName } from '../resources/definition.ts';
import { type Invariant, invariantsOf } from './invariant.ts';
import { type PrimitiveCheck, primitiveChecks } from './primitive.ts';
import { type BindingRule, typeRules } from './type-rules.ts';

export interface PropertyCheck {
  /** The JSON name: `valueQuantity`. */
  readonly property: string;
  /** The element's name in FHIRPath: `value`. */
  readonly name: string;
  readonly element: ElementTable;
  /** The owner and element by definition: `Patient.contact.name`; for the context of extensions. */
  readonly definitionPath: string;
  readonly type: string;
  readonly many: boolean;
  readonly primitive?: PrimitiveCheck;
  readonly binding?: BindingRule;
  readonly invariants: readonly Invariant[];
  /** A data type profile that the definition itself names. */
  readonly profile?: string;
}

export interface RequiredElement {
  readonly name: string;
  readonly min: number;
  /** The JSON names, with those of the primitive extensions, of which one must be there. */
  readonly properties: readonly string[];
}

export interface TypeCheck {
  readonly type: string;
  readonly isResource: boolean;
  readonly properties: ReadonlyMap<string, PropertyCheck>;
  readonly required: readonly RequiredElement[];
  readonly hasChoices: boolean;
  readonly invariants: readonly Invariant[];
}

const compiled = new Map<string, TypeCheck>();

/** The checks of a type by the name of definition.ts: resource, data type or backbone path. */
export function typeCheck(type: string): TypeCheck {
  const known = compiled.get(type);
  if (known) return known;
  const check = compile(type);
  compiled.set(type, check);
  return check;
}

function compile(type: string): TypeCheck {
  const definition = knownType(type);
  const rules = typeRules(type);
  const properties = new Map<string, PropertyCheck>();
  for (const [property, chosen] of definition.properties) {
    const { element, type: valueType } = chosen;
    const rule = rules.elements[element.name];
    const check = primitiveChecks[valueType];
    properties.set(property, {
      property,
      name: element.name,
      element,
      definitionPath: `${type}.${element.name}`,
      type: valueType,
      many: element.many ?? false,
      ...(isPrimitive(valueType) && check ? { primitive: check } : {}),
      ...(rule?.binding && isBindable(valueType) ? { binding: rule.binding } : {}),
      invariants: invariantsOf(rule?.constraints ?? [], valueType),
      ...(rule?.profile && valueType === 'Quantity' ? { profile: rule.profile } : {}),
    });
  }
  return {
    type,
    isResource: isResourceType(type),
    properties,
    required: definition.elements.filter(({ min }) => min > 0).map(required),
    hasChoices: definition.elements.some(({ choice }) => choice),
    invariants: invariantsOf(rules.constraints, type),
  };
}

function required(element: ElementTable): RequiredElement {
  const names = element.types.map((type) => propertyName(element, type));
  const withExtensions = names.flatMap((name, at) =>
    isPrimitive(element.types[at] ?? '') ? [name, `_${name}`] : [name],
  );
  return { name: element.choice ? `${element.name}[x]` : element.name, min: element.min, properties: withExtensions };
}

const BINDABLE = new Set(['code', 'string', 'uri', 'Coding', 'CodeableConcept', 'Quantity']);

/** The types that a binding speaks about. */
export const isBindable = (type: string): boolean => BINDABLE.has(type);
