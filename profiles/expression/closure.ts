/**
 * FHIRPath tree -> closure over plain JSON, for the part of the language that constraints are written in. The types of all steps are known
 * beforehand from the definitions, so a step is a look at a property. What is beyond it (undefined) is for fhirpath.js.
 * https://hl7.org/fhirpath/N1/
 */
import { isPrimitive, isResourceType, typeDefinition } from '../../resources/definition.ts';
import type { JsonObject } from '../../resources/types.ts';
import { functions } from './functions.ts';
import { binary } from './operators.ts';
import { parseExpression, type Tree } from './syntax.ts';
import { type Collection, NOTHING, single, VALUELESS } from './values.ts';

/** What does not change during an evaluation. */
export interface Environment {
  readonly resource: JsonObject;
  readonly rootResource: JsonObject;
  readonly context: unknown;
}

export type Evaluate = (focus: Collection, environment: Environment) => Collection;

export interface Closure {
  /** The FHIR types that a result can have; undefined for values that FHIRPath makes itself. */
  readonly types: readonly string[] | undefined;
  readonly evaluate: Evaluate;
}

/** What is known where a tree is compiled: the types of the focus and of the resource around it. */
export interface Place {
  readonly focus: readonly string[] | undefined;
  readonly resource: readonly string[] | undefined;
  readonly context: readonly string[];
}

/** The closure of an expression on values of `type`; undefined when it needs the library. */
export function compileClosure(expression: string, type: string): Closure | undefined {
  const tree = parseExpression(expression);
  const resourceType = type.split('.')[0] ?? '';
  return (
    tree &&
    compile(tree, {
      focus: [type],
      context: [type],
      resource: isResourceType(resourceType) ? [resourceType] : undefined,
    })
  );
}

export function compile(tree: Tree, place: Place): Closure | undefined {
  switch (tree.kind) {
    case 'literal': {
      const value: Collection = [tree.value];
      return { types: undefined, evaluate: () => value };
    }
    case 'empty':
      return { types: undefined, evaluate: () => NOTHING };
    case 'this':
      return { types: place.focus, evaluate: (focus) => focus };
    case 'variable':
      return variable(tree.name, place);
    case 'member':
      return tree.of
        ? then(compile(tree.of, place), (types) => member(tree.name, types))
        : rootMember(tree.name, place);
    case 'index': {
      const [of, at] = [compile(tree.of, place), compile(tree.at, place)];
      if (!of || !at) return undefined;
      return {
        types: of.types,
        evaluate: (focus, environment) => {
          const item = of.evaluate(focus, environment)[Number(single(at.evaluate(focus, environment)))];
          return item === undefined ? NOTHING : [item];
        },
      };
    }
    case 'type':
      return typeTest(tree.op, tree.of, tree.type, place);
    case 'call':
      return call(tree, place);
    case 'binary':
      return binary(tree.op, compile(tree.left, place), compile(tree.right, place));
  }
}

/** One closure after another: what `next` makes of the types of the first runs on its results. */
function then(
  first: Closure | undefined,
  next: (types: readonly string[] | undefined) => Closure | undefined,
): Closure | undefined {
  const second = first && next(first.types);
  if (!first || !second) return undefined;
  return {
    types: second.types,
    evaluate: (focus, environment) => second.evaluate(first.evaluate(focus, environment), environment),
  };
}

function variable(name: string, place: Place): Closure | undefined {
  if (name === 'resource' && place.resource)
    return { types: place.resource, evaluate: (_, { resource }) => [resource] };
  if (name === 'rootResource') return { types: ['Resource'], evaluate: (_, { rootResource }) => [rootResource] };
  if (name === 'context') return { types: place.context, evaluate: (_, { context }) => [context] };
  const constants: Readonly<Record<string, string>> = {
    ucum: 'http://unitsofmeasure.org',
    sct: 'http://snomed.info/sct',
    loinc: 'http://loinc.org',
  };
  const value = Object.hasOwn(constants, name) ? [constants[name]] : undefined;
  return value && { types: undefined, evaluate: () => value };
}

function rootMember(name: string, place: Place): Closure | undefined {
  if (place.focus?.length === 1 && place.focus[0] === name) return { types: place.focus, evaluate: (focus) => focus };
  return member(name, place.focus);
}

interface Step {
  readonly property: string;
  readonly companion?: string;
}

/** A step to an element: the properties that it can stand in, over all types that the value can have. */
function member(name: string, types: readonly string[] | undefined): Closure | undefined {
  const steps = new Map<string, Step>();
  const found = new Set<string>();
  for (const type of types ?? []) {
    // The companion of a primitive (`_birthDate`) is not at hand here.
    if (isPrimitive(type)) return undefined;
    for (const [property, { element, type: valueType }] of typeDefinition(type)?.properties ?? []) {
      if (element.name !== name) continue;
      found.add(valueType);
      steps.set(property, isPrimitive(valueType) ? { property, companion: `_${property}` } : { property });
    }
  }
  const [only] = steps.values();
  if (!only) return undefined;
  const list = [...steps.values()];
  const evaluate: Evaluate = (focus) => {
    if (focus.length === 1 && list.length === 1) return valuesAt(focus[0] as JsonObject, only);
    const values: unknown[] = [];
    for (const item of focus) for (const step of list) values.push(...valuesAt(item as JsonObject, step));
    return values;
  };
  return { types: [...found], evaluate };
}

function valuesAt(item: JsonObject, { property, companion }: Step): Collection {
  const value = item[property];
  if (companion === undefined || item[companion] === undefined)
    return value === undefined || value === null ? NOTHING : Array.isArray(value) ? value : [value];
  const extended = item[companion];
  if (!Array.isArray(extended) && !Array.isArray(value)) return [value ?? VALUELESS];
  const [values, companions] = [Array.isArray(value) ? value : [], Array.isArray(extended) ? extended : []];
  const length = Math.max(values.length, companions.length);
  return Array.from({ length }, (_, at) => values[at] ?? VALUELESS);
}

/** `is` and `as`, where the choice that the JSON name made decides, or the resourceType. */
export function typeTest(
  op: 'is' | 'as' | 'ofType',
  of: Tree | undefined,
  type: string,
  place: Place,
): Closure | undefined {
  const before = of
    ? compile(of, place)
    : place.focus && { types: place.focus, evaluate: (focus: Collection) => focus };
  if (!before?.types) return undefined;
  if (before.types.length === 1 && before.types[0] === 'Resource' && isResourceType(type)) {
    const fits = (item: unknown): boolean => (item as JsonObject).resourceType === type;
    if (op === 'is')
      return { types: undefined, evaluate: (focus, environment) => before.evaluate(focus, environment).map(fits) };
    return { types: [type], evaluate: (focus, environment) => before.evaluate(focus, environment).filter(fits) };
  }
  if (of?.kind !== 'member') return undefined;
  const owner = of.of
    ? compile(of.of, place)
    : place.focus && { types: place.focus, evaluate: (focus: Collection) => focus };
  const property = of.name + type.charAt(0).toUpperCase() + type.slice(1);
  const chosen =
    owner?.types?.length === 1 ? typeDefinition(owner.types[0] ?? '')?.properties.get(property) : undefined;
  if (!owner || !chosen?.element.choice || chosen.element.name !== of.name || chosen.type !== type) return undefined;
  const step = isPrimitive(type) ? { property, companion: `_${property}` } : { property };
  const values: Evaluate = (focus, environment) =>
    owner.evaluate(focus, environment).flatMap((item) => valuesAt(item as JsonObject, step));
  if (op !== 'is') return { types: [type], evaluate: values };
  return {
    types: undefined,
    evaluate: (focus, environment) => {
      const all = before.evaluate(focus, environment);
      return all.length === 0 ? NOTHING : [values(focus, environment).length > 0];
    },
  };
}

function call(tree: Extract<Tree, { kind: 'call' }>, place: Place): Closure | undefined {
  const [arg] = tree.args;
  if ((tree.name === 'is' || tree.name === 'as' || tree.name === 'ofType') && arg?.kind === 'member')
    return typeTest(tree.name, tree.of, arg.name, place);
  const make = Object.hasOwn(functions, tree.name) ? functions[tree.name] : undefined;
  if (!make) return undefined;
  const focus: Closure | undefined = tree.of
    ? compile(tree.of, place)
    : { types: place.focus, evaluate: (items) => items };
  return focus && make(focus, tree.args, place);
}
