/**
 * Definitions in the shape that R4 gives them: lists are arrays, objects are objects, texts are strings, and items of lists have what they must
 * have. What is stored may never have been validated, and the code behind this trusts its types.
 */
import { isPrimitive, typeDefinition } from '../../resources/definition.ts';
import type { JsonObject, JsonValue } from '../../resources/types.ts';

export interface Shaped<T> {
  /** Without what has another shape. */
  readonly resource: T;
  /** What was left out, as sentences. */
  readonly problems: readonly string[];
}

const NUMERIC = /^(integer|decimal|positiveInt|unsignedInt)$/;
/** Of these an item without a required element means nothing; of others only the form counts. */
const STRICT = new Set(['ValueSet', 'CodeSystem', 'ConceptMap']);

export function shaped<T extends object>(resource: T): Shaped<T> {
  const problems: string[] = [];
  const type = String((resource as { resourceType?: unknown }).resourceType);
  const cleaned = object(resource as unknown as JsonObject, type, type, STRICT.has(type), problems);
  return { resource: cleaned as unknown as T, problems };
}

function object(value: JsonObject, type: string, path: string, strict: boolean, problems: string[]): JsonObject {
  const properties = typeDefinition(type)?.properties;
  if (!properties) return value;
  const kept = Object.entries(value).flatMap(([name, each]) => {
    const property = properties.get(name);
    if (!property || each === undefined) return [[name, each] as const];
    const place = `${path}.${name}`;
    const found = property.element.many
      ? list(each, property.type, place, strict, problems)
      : one(each, property.type, place, strict, problems);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(kept);
}

function list(
  value: JsonValue,
  type: string,
  path: string,
  strict: boolean,
  problems: string[],
): readonly JsonValue[] | undefined {
  if (!Array.isArray(value)) {
    problems.push(`${path} is no array`);
    return undefined;
  }
  const required = strict ? requiredOf(type) : [];
  return (value as readonly JsonValue[]).flatMap((each, at) => {
    const place = `${path}[${at}]`;
    const found = one(each, type, place, strict, problems);
    if (found === undefined) return [];
    const missing = required.find((name) => (found as JsonObject)[name] === undefined);
    if (missing === undefined) return [found];
    problems.push(`${place} has no ${missing}`);
    return [];
  });
}

/** The elements that an item of a list must have; choices aside. */
const requiredOf = (type: string): readonly string[] =>
  isPrimitive(type)
    ? []
    : (typeDefinition(type)?.elements ?? []).filter(({ min, choice }) => min > 0 && !choice).map(({ name }) => name);

function one(value: JsonValue, type: string, path: string, strict: boolean, problems: string[]): JsonValue | undefined {
  if (isPrimitive(type)) {
    const fits = NUMERIC.test(type) ? value !== null : typeof value === (type === 'boolean' ? 'boolean' : 'string');
    if (fits) return value;
    problems.push(`${path} is no ${type}`);
    return undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return object(value as JsonObject, type, path, strict, problems);
  problems.push(`${path} is no object`);
  return undefined;
}
