/**
 * Paths as closures: each step is bound to the next when the expression is compiled, with the types that the definitions give, so that
 * evaluating is a walk over plain objects. https://hl7.org/fhir/R4/fhirpath.html
 */
import { isPrimitive, isResourceType, propertyName, typeDefinition } from './definition.ts';
import type { TypedValue } from './fhirpath.ts';
import type { Path, Step } from './fhirpath-syntax.ts';
import { parseReference } from './reference.ts';
import type { AnyResource } from './types.ts';

/** What one evaluation carries: the resource it began with (`%resource`, the home of contained ones), and what it has found. */
interface Evaluation {
  readonly resource: AnyResource;
  readonly found: TypedValue[];
}

type Visit = (value: unknown, type: string, evaluation: Evaluation) => void;

/** Possible types of a result; undefined when a `Resource` of any type makes them unknown. */
type Types = ReadonlySet<string> | undefined;

/** A path compiled for given types of its input. `link` binds it to what is to be done with each result. */
interface Linkable {
  readonly types: Types;
  readonly link: (next: Visit) => Visit;
}

/** A compiled path: what it finds in `value`, an item of the given type inside `resource`. */
export interface Native {
  readonly types: Types;
  readonly evaluate: (value: unknown, type: string, resource: AnyResource) => readonly TypedValue[];
}

/** The closure of a path for an input of type `type` in a resource of type `root`; undefined when it takes more than a closure. */
export function compileNative(path: Path, type: string, root: string): Native | undefined {
  const compiled = compile(path, new Set([type]), root);
  if (!compiled) return undefined;
  return { types: compiled.types, evaluate: evaluator(compiled) };
}

const collect: Visit = (value, type, { found }) => {
  found.push({ value, type });
};

function evaluator({ link }: Linkable): Native['evaluate'] {
  const visit = link(collect);
  return (value, type, resource) => {
    const found: TypedValue[] = [];
    visit(value, type, { resource, found });
    return found;
  };
}

const nothing: Linkable = { types: new Set(), link: () => () => undefined };

function compile(path: Path, input: Types, root: string): Linkable | undefined {
  switch (path.kind) {
    case 'this':
      return path.type === undefined || mayBe(path.type, input) ? { types: input, link: (next) => next } : nothing;
    case 'resource':
      return {
        types: new Set([root]),
        link: (next) => (_value, _type, run) => next(run.resource, run.resource.resourceType, run),
      };
    case 'literal': {
      const type = { string: 'string', number: 'decimal', boolean: 'boolean' }[typeof path.value as 'string'];
      return { types: new Set([type]), link: (next) => (_value, _type, run) => next(path.value, type, run) };
    }
    case 'union': {
      const terms = path.terms.map((term) => compile(term, input, root));
      if (!terms.every((term) => term !== undefined)) return undefined;
      const types = terms.some((term) => !term.types)
        ? undefined
        : new Set(terms.flatMap((term) => [...(term.types ?? [])]));
      return { types, link: (next) => inTurn(terms.filter((term) => term !== nothing).map(({ link }) => link(next))) };
    }
    case 'and':
    case 'or':
      return compileLogic(path, input, root);
    case 'equals':
      return compileEquals(path, input, root);
    case 'step': {
      const choice = compileChoice(path, input, root);
      if (choice) return choice;
      const before = compile(path.input, input, root);
      if (before === nothing) return nothing;
      return before && compileStep(path.step, before, root);
    }
  }
}

/** A leading type name stands for the input when the input is of that type or one below it. */
const mayBe = (type: string, input: Types): boolean => !input || [...input].some((each) => isA(each, type));

function inTurn(visits: readonly Visit[]): Visit {
  const [only] = visits;
  if (only && visits.length === 1) return only;
  return (value, type, run) => {
    for (const visit of visits) visit(value, type, run);
  };
}

function compileStep(step: Step, before: Linkable, root: string): Linkable | undefined {
  const boolean = new Set(['boolean']);
  switch (step.kind) {
    case 'child':
      return compileChild(step.name, before);
    case 'ofType': {
      const wanted = fhirType(step.type);
      const types = before.types && new Set([...before.types].filter((type) => isA(type, wanted) || isA(wanted, type)));
      return {
        types: types && new Set([...types].map((type) => (isA(type, wanted) ? type : wanted))),
        link: (next) => before.link((value, type, run) => (isA(type, wanted) ? next(value, type, run) : undefined)),
      };
    }
    case 'is': {
      const wanted = fhirType(step.type);
      return {
        types: boolean,
        link: (next) => before.link((_value, type, run) => next(isA(type, wanted), 'boolean', run)),
      };
    }
    case 'where': {
      const criteria = compile(step.criteria, before.types, root);
      if (!criteria) return undefined;
      const test = evaluator(criteria);
      return {
        types: before.types,
        link: (next) =>
          before.link((value, type, run) =>
            isTrue(test(value, type, run.resource)) ? next(value, type, run) : undefined,
          ),
      };
    }
    case 'repeat':
      return compileRepeat(step.path, before, root);
    case 'extension':
      return {
        types: new Set(['Extension']),
        link: (next) =>
          before.link((value, _type, run) => eachExtension(value, step.url, (item) => next(item, 'Extension', run))),
      };
    case 'resolve':
      // What a reference resolves to is not at hand: its type is, and that is what search parameters ask.
      return { types: undefined, link: (next) => before.link((value, type, run) => resolve(value, type, run, next)) };
    case 'at':
      return ofCollection(before, before.types, (items, next, run) => {
        const item = items[step.index];
        if (item) next(item.value, item.type, run);
      });
    case 'exists':
      return ofCollection(before, boolean, (items, next, run) => next(items.length > 0, 'boolean', run));
    case 'empty':
      return ofCollection(before, boolean, (items, next, run) => next(items.length === 0, 'boolean', run));
    case 'not':
      return ofCollection(before, boolean, (items, next, run) => {
        if (items.length > 0) next(!isTrue(items), 'boolean', run);
      });
  }
}

/**
 * What the path finds, what it finds in that, and so on. Paths lead down a tree, so nothing is found twice on the way. The order is that of the
 * document; that of FHIRPath, level by level, is not promised to anybody.
 */
function compileRepeat(path: Path, before: Linkable, root: string): Linkable | undefined {
  if (!before.types) return undefined;
  const found = new Set<string>();
  for (let from: ReadonlySet<string> = before.types; from.size > 0; ) {
    const types = compile(path, from, root)?.types;
    if (!types) return undefined;
    from = new Set([...types].filter((type) => !found.has(type)));
    for (const type of from) found.add(type);
  }
  const projection = compile(path, new Set([...before.types, ...found]), root);
  if (!projection) return undefined;
  return {
    types: found,
    link: (next) => {
      const project = projection.link((value, type, run) => {
        next(value, type, run);
        project(value, type, run);
      });
      return before.link(project);
    },
  };
}

/** A step on the collection as a whole. */
function ofCollection(
  before: Linkable,
  types: Types,
  apply: (items: readonly TypedValue[], next: Visit, run: Evaluation) => void,
): Linkable {
  const evaluate = evaluator(before);
  return { types, link: (next) => (value, type, run) => apply(evaluate(value, type, run.resource), next, run) };
}

/** True for a single `true`, and for a single item that is no boolean, as FHIRPath evaluates singletons. */
const isTrue = (items: readonly TypedValue[]): boolean =>
  items.length === 1 && items[0] !== undefined && items[0].value !== false;

/** The properties in which an element of a type may stand in JSON. */
interface Child {
  readonly property: string;
  readonly type: string;
}

/** `value.ofType(Coding)`: the one property of a choice, where its types tell that no other can hold what is wanted. */
function compileChoice({ input: from, step }: Extract<Path, { kind: 'step' }>, input: Types, root: string) {
  if (step.kind !== 'ofType' || from.kind !== 'step' || from.step.kind !== 'child') return undefined;
  const wanted = fhirType(step.type);
  const before = compile(from.input, input, root);
  if (!before?.types || before.types.has('Resource') || before.types.has('DomainResource')) return undefined;
  const { name } = from.step;
  const declared = [...before.types].flatMap((type) => childrenOf(type, name).map((child) => child.type));
  if (declared.some((type) => type !== wanted && isA(wanted, type))) return undefined;
  return compileChild(name, before, (type) => isA(type, wanted));
}

function compileChild(
  name: string,
  before: Linkable,
  isWanted: (type: string) => boolean = () => true,
): Linkable | undefined {
  const childrenIn = (type: string): readonly Child[] => childrenOf(type, name).filter((child) => isWanted(child.type));
  // The extensions and the id of a primitive stand beside it, in `_name`, where a walk over values does not come.
  if (before.types && [...before.types].some(isPrimitive)) return undefined;
  const types =
    before.types && !before.types.has('Resource') && !before.types.has('DomainResource')
      ? new Set([...before.types].flatMap((type) => childrenIn(type).map((child) => child.type)))
      : undefined;
  const byType = new Map<string, readonly Child[]>();
  const childrenAt = (type: string): readonly Child[] => {
    const known = byType.get(type);
    if (known) return known;
    const children = childrenIn(type);
    byType.set(type, children);
    return children;
  };
  const [only] = before.types?.size === 1 ? [...before.types].flatMap(childrenAt) : [];
  const single = types?.size === 1 && before.types?.size === 1 ? only : undefined;
  return {
    types,
    link: (next) =>
      before.link(
        single
          ? (value, _type, run) => visitChild(value as Json, single, next, run)
          : (value, type, run) => {
              for (const child of childrenAt(type)) visitChild(value as Json, child, next, run);
            },
      ),
  };
}

type Json = Readonly<Record<string, unknown>>;

function visitChild(parent: Json, { property, type }: Child, next: Visit, run: Evaluation): void {
  const value = parent[property];
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) {
    next(value, actualType(value, type), run);
    return;
  }
  for (const item of value) if (item !== null && item !== undefined) next(item, actualType(item, type), run);
}

function actualType(value: unknown, declared: string): string {
  if (declared !== 'Resource') return declared;
  const type = (value as Partial<AnyResource>).resourceType;
  return isResourceType(type) ? type : declared;
}

function childrenOf(type: string, name: string): readonly Child[] {
  const element = typeDefinition(type)?.elements.find((each) => each.name === name);
  return element ? element.types.map((each) => ({ property: propertyName(element, each), type: each })) : [];
}

/** The FHIR type that a type name in an expression means: `DateTime` of System is `dateTime`. */
function fhirType(name: string): string {
  return typeDefinition(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** Whether a type is another or derives from it: `Age` is a `Quantity`, `canonical` is a `uri`. */
function isA(type: string, ancestor: string): boolean {
  for (let each: string | undefined = type; each !== undefined; each = typeDefinition(each)?.base)
    if (each === ancestor) return true;
  return false;
}

function eachExtension(value: unknown, url: string, visit: (extension: unknown) => void): void {
  const extensions = (value as { extension?: readonly { readonly url?: unknown }[] }).extension;
  if (!Array.isArray(extensions)) return;
  for (const extension of extensions) if (extension?.url === url) visit(extension);
}

function resolve(value: unknown, type: string, run: Evaluation, next: Visit): void {
  const { reference, type: declared } =
    type === 'Reference' ? (value as { reference?: unknown; type?: unknown }) : { reference: value, type: undefined };
  const parsed = typeof reference === 'string' ? parseReference(reference) : undefined;
  if (parsed?.kind === 'literal') next({}, parsed.type, run);
  else if (parsed?.kind === 'contained') {
    const contained = run.resource.contained as readonly AnyResource[] | undefined;
    const target = Array.isArray(contained) ? contained.find(({ id }) => id === parsed.id) : undefined;
    if (target) next(target, target.resourceType, run);
  } else if (isResourceType(declared)) next({}, declared, run);
}

function compileEquals(
  { left, right, negated }: Extract<Path, { kind: 'equals' }>,
  input: Types,
  root: string,
): Linkable | undefined {
  // Equality of whole elements is left to fhirpath.js.
  if (right.kind !== 'literal') return undefined;
  const compiled = compile(left, input, root);
  return (
    compiled &&
    ofCollection(compiled, new Set(['boolean']), (items, next, run) => {
      const [item] = items;
      if (item) next((items.length === 1 && item.value === right.value) !== negated, 'boolean', run);
    })
  );
}

function compileLogic(
  { kind, left, right }: Extract<Path, { kind: 'and' | 'or' }>,
  input: Types,
  root: string,
): Linkable | undefined {
  const [first, second] = [compile(left, input, root), compile(right, input, root)];
  if (!first || !second) return undefined;
  const [a, b] = [evaluator(first), evaluator(second)];
  const decisive = kind === 'or';
  return {
    types: new Set(['boolean']),
    link: (next) => (value, type, run) => {
      const sides = [a(value, type, run.resource), b(value, type, run.resource)];
      // Three-valued: one decisive side is enough, an empty side makes the rest unknown.
      if (sides.some((side) => side.length > 0 && isTrue(side) === decisive)) next(decisive, 'boolean', run);
      else if (sides.every((side) => side.length > 0)) next(!decisive, 'boolean', run);
    },
  };
}
