/**
 * Whether a resource has the shape of its type: objects, lists and primitives where R4 has them, and what is required. Weaker than validation, and enough
 * for rules to read it as its TypeScript type; installations may store resources that nobody has validated. https://hl7.org/fhir/R4/json.html
 */
import { type ElementTable, isPrimitive, propertyName, type TypeDefinition, typeDefinition } from './definition.ts';
import type { AnyResource } from './types.ts';

type Check = (value: unknown) => boolean;

const NUMBERS: readonly string[] = ['decimal', 'integer', 'positiveInt', 'unsignedInt'];

export const isShaped = (resource: AnyResource): boolean => checkOf(resource.resourceType)(resource);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const checks = new Map<string, Check>();

/** Made at first use; a type may hold itself, so it is known before it is made. */
function checkOf(type: string): Check {
  const known = checks.get(type);
  if (known) return known;
  let made: Check | undefined;
  const check: Check = (value) => {
    made ??= isPrimitive(type) ? primitive(type) : complex(type);
    return made(value);
  };
  checks.set(type, check);
  return check;
}

function primitive(type: string): Check {
  const wanted = type === 'boolean' ? 'boolean' : NUMBERS.includes(type) ? 'number' : 'string';
  return (value) => typeof value === wanted;
}

function complex(type: string): Check {
  const definition = typeDefinition(type);
  // A resource inside another is not looked into.
  if (!definition || definition.abstract) return isObject;
  const elements = elementChecks(definition);
  const required = definition.elements.filter(({ min }) => min > 0).map(namesOf);
  return (value) => {
    if (!isObject(value) || !required.every((names) => names.some((name) => name in value))) return false;
    for (const name in value) {
      // An element that R4 does not have is nothing that a rule reads.
      const check = elements.get(name);
      if (check && !check(value[name])) return false;
    }
    return true;
  };
}

const elementChecks = ({ properties }: TypeDefinition): ReadonlyMap<string, Check> =>
  new Map(
    [...properties].map(([name, { element, type }]) => {
      const check = checkOf(type);
      return [name, element.many ? listOf(check, isPrimitive(type)) : check];
    }),
  );

/** A primitive in a list may be absent in favour of its extensions. */
const listOf =
  (check: Check, mayBeNull: boolean): Check =>
  (value) =>
    Array.isArray(value) && value.every((each) => (mayBeNull && each === null) || check(each));

/** The value, or its extensions in the place of it. */
const namesOf = (element: ElementTable): readonly string[] =>
  element.types.flatMap((type) => [propertyName(element, type), `_${propertyName(element, type)}`]);
