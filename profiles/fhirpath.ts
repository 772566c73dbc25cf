/**
 * FHIRPath for invariants: an expression compiled once by fhirpath.js with the R4 model, run on a node of a known type, with the
 * variables and functions that need to know where the node stands. https://hl7.org/fhir/R4/fhirpath.html
 */
import { fhirpathLibrary } from '../resources/fhirpath.ts';
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { compileClosure } from './expression/closure.ts';
import { nestedScope, rootNode } from './node.ts';
import { choiceOf, type Form } from './questionnaire/form.ts';
import { type WeighedNode, weightOf } from './questionnaire/weight.ts';
import { resolveReference } from './reference.ts';
import { regularExpression, replaceMatches } from './regular-expression.ts';
import { conforms } from './run.ts';
import type { Scope, Walk } from './walk.ts';

export type Evaluator = (node: unknown, path: string, scope: Scope, walk: Walk) => boolean;

/** What the user functions below need; set for the length of one evaluation, which is synchronous. */
let current: Surroundings | undefined;

/** Where an expression stands: what `resolve()`, `memberOf()` and, in forms, `weight()` ask. */
export interface Surroundings {
  readonly scope: Scope;
  readonly walk: Walk;
  readonly form?: Form;
}

const weights = {
  fn: (inputs: readonly unknown[]): number[] => inputs.flatMap((input) => weighed(input as EngineNode) ?? []),
  arity: { 0: [] },
  internalStructures: true,
};

const functions = {
  resolve: {
    fn: (inputs: readonly unknown[]): unknown[] => inputs.flatMap(resolved),
    arity: { 0: [] },
    internalStructures: true,
  },
  memberOf: {
    fn: (inputs: readonly unknown[], valueSet: unknown): unknown[] => memberOf(inputs, String(valueSet)),
    arity: { 1: ['String'] },
  },
  conformsTo: {
    fn: (inputs: readonly unknown[], profile: unknown): unknown[] => conformsTo(inputs, String(profile)),
    arity: { 1: ['String'] },
    internalStructures: true,
  },
  matches: {
    fn: (inputs: readonly unknown[], pattern: unknown): unknown[] => matches(inputs, pattern),
    arity: { 1: ['String'] },
  },
  matchesFull: {
    fn: (inputs: readonly unknown[], pattern: unknown): unknown[] => matches(inputs, `^(?:${pattern})$`),
    arity: { 1: ['String'] },
  },
  replaceMatches: {
    fn: ([text]: readonly unknown[], pattern: unknown, substitution: unknown): unknown[] =>
      typeof text === 'string' ? [replaceMatches(text, String(pattern), String(substitution))] : [],
    arity: { 2: ['String', 'String'] },
  },
  htmlChecks: { fn: (): unknown[] => [true], arity: { 0: [] } },
  weight: weights,
  ordinal: weights,
};

/** fhirpath.js runs patterns without a limit of time, and with the flag `u`, which refuses some that R4 itself contains. */
function matches(inputs: readonly unknown[], pattern: unknown): unknown[] {
  if (inputs.length === 0 || typeof inputs[0] !== 'string' || typeof pattern !== 'string') return [];
  return [regularExpression(pattern).test(inputs[0])];
}

/** A node of fhirpath.js: a value with the node it was reached from. */
interface EngineNode {
  readonly data?: unknown;
  /** `id` and `extension` of a primitive. */
  readonly _data?: unknown;
  readonly path?: string | null;
  readonly parentResNode?: EngineNode | null;
  readonly fhirNodeDataType?: string | null;
}

/** The library's own weight() remembers what it found under the URL of a Questionnaire, whoever sent it. */
function weighed(input: EngineNode): number | undefined {
  if (!current || typeof input !== 'object' || input === null || !('data' in input)) return undefined;
  const isAnswer = input.path === 'QuestionnaireResponse.item.answer';
  const answer = isAnswer ? input : input.parentResNode;
  const isAnswered = answer?.path === 'QuestionnaireResponse.item.answer';
  const object = isAnswered ? asObject(answer?.data) : undefined;
  const held = isAnswer && object ? choiceOf(object, 'value') : undefined;
  const linkId = isAnswered ? asObject(answer?.parentResNode?.data)?.linkId : undefined;
  const node: WeighedNode = {
    type: held?.type ?? input.fhirNodeDataType ?? '',
    value: held ? held.value : input.data,
    companion: held ? object?.[`_${held.property}`] : input._data,
    ...(object ? { answer: object } : {}),
    ...(typeof linkId === 'string' ? { linkId } : {}),
  };
  return weightOf(node, { ...(current.form ? { form: current.form } : {}), source: current.walk.source });
}

function resolved(input: unknown): unknown[] {
  if (!current) return [];
  const data = typeof input === 'object' && input !== null && 'data' in input ? (input as EngineNode).data : input;
  const reference = typeof data === 'string' ? data : asObject(data)?.reference;
  if (typeof reference !== 'string') return [];
  const target = resolveReference(reference, scopeOf(input as EngineNode, current.scope), current.walk)?.resource;
  if (!target) return [];
  const maker = (input as { readonly constructor?: NodeMaker }).constructor?.makeResNode;
  return [maker ? maker((input as { readonly ctx: unknown }).ctx, target, null, null, null, null) : target];
}

/** The class of fhirpath.js's nodes: what resolve() gives has to be one, to know its type. */
interface NodeMaker {
  readonly makeResNode?: (ctx: unknown, data: unknown, ...rest: readonly null[]) => unknown;
}

/** The scope that a node stands in: the expression may have walked from a Bundle into the resource of an entry. */
function scopeOf(node: EngineNode, start: Scope): Scope {
  const ancestors: EngineNode[] = [];
  for (let at: EngineNode | null | undefined = node; at; at = at.parentResNode)
    if (asObject(at.data)?.resourceType !== undefined) ancestors.unshift(at);
  return ancestors.reduce((scope, { data, parentResNode }) => {
    const resource = asObject(data);
    if (!resource || resource === scope.resource) return scope;
    const owner = asObject(parentResNode?.data) ?? {};
    const isEntry = scope.resource.resourceType === 'Bundle' && owner !== scope.resource;
    return nestedScope(resource, owner, isEntry ? 'Bundle.entry.resource' : '.contained', scope.path, scope);
  }, start);
}

/** Whether the one input conforms to a profile; empty when the profile is not known. */
function conformsTo(inputs: readonly unknown[], profile: string): unknown[] {
  const [input] = inputs as readonly EngineNode[];
  if (inputs.length !== 1 || !input || !current) return [];
  const { walk } = current;
  if (!walk.profiles.find(profile)) return [];
  const scope = scopeOf(input, current.scope);
  const isResource = asObject(input.data)?.resourceType !== undefined;
  const node = isResource
    ? rootNode(scope)
    : { value: input.data, type: input.fhirNodeDataType ?? '', path: scope.path, scope };
  return [conforms(profile, node, walk)];
}

function memberOf(inputs: readonly unknown[], valueSet: string): unknown[] {
  if (inputs.length !== 1 || !current) return [];
  const { terminology } = current.walk;
  const input = inputs[0];
  if (typeof input === 'string') return verdict(terminology.contains(valueSet, undefined, input).kind);
  const { coding, system, code } = input as JsonObject;
  const codings = Array.isArray(coding) ? (coding as JsonObject[]) : [{ system, code }];
  const kinds = codings.map((one) =>
    typeof one.code === 'string'
      ? terminology.contains(valueSet, typeof one.system === 'string' ? one.system : undefined, one.code).kind
      : 'no',
  );
  return verdict(kinds.includes('yes') ? 'yes' : kinds.includes('unknown') ? 'unknown' : 'no');
}

const verdict = (kind: 'yes' | 'no' | 'unknown'): boolean[] => (kind === 'unknown' ? [] : [kind === 'yes']);

const compiled = new Map<string, Evaluator>();

/** An expression as a test of nodes of `type`. Compiled at its first use. @throws from the test, when the expression cannot be evaluated */
export function evaluator(expression: string, type: string): Evaluator {
  const key = `${type} ${expression}`;
  const known = compiled.get(key);
  if (known) return known;
  const test = byClosure(expression, type) ?? byLibrary(expression, type);
  compiled.set(key, test);
  return test;
}

function byClosure(expression: string, type: string): Evaluator | undefined {
  const closure = expression.length <= LONGEST && compileClosure(expression, type);
  if (!closure) return undefined;
  return (node, _path, { resource, rootResource }) =>
    isKept(closure.evaluate([node], { resource, rootResource, context: node }));
}

/** The form of fhirpath.js, for what the closures do not cover. */
export function byLibrary(expression: string, type: string): Evaluator {
  let run: ((node: unknown, variables: Record<string, unknown>) => unknown[]) | undefined;
  return (node, _path, scope, walk) => {
    run ??= compile(bounded(expression), type);
    const before = current;
    current = { scope, walk };
    try {
      return isKept(run(node, { resource: scope.resource, rootResource: scope.rootResource }));
    } finally {
      current = before;
    }
  };
}

// Longer, or with more walks over everything below, than a person writes: an expression of a profile runs in this process and cannot be
// interrupted.
const LONGEST = 5000;
const MOST_WALKS = 6;

/** @throws Error for an expression that could take unbounded time */
function bounded(expression: string): string {
  const walks = expression.match(/\b(?:descendants|repeat|aggregate|children)\s*\(/g)?.length ?? 0;
  if (expression.length > LONGEST || walks > MOST_WALKS) throw new Error('the expression is too costly');
  return expression;
}

/** Empty is no failure: a constraint that says nothing about a node is kept by it. */
const isKept = (result: readonly unknown[]): boolean => result.length === 0 || result.every((one) => one !== false);

function compile(expression: string, type: string): (node: unknown, variables: Record<string, unknown>) => unknown[] {
  const { library, model } = fhirpathLibrary();
  const options = { traceFn: () => undefined, userInvocationTable: functions as never };
  return library.compile({ base: type, expression }, model, options) as never;
}

type Selection = (input: unknown, variables: Readonly<Record<string, unknown>>) => readonly unknown[];
// In the order of their last use. Forms bring expressions of their own, so there is no end of them.
const selections = new Map<string, Selection>();
const MOST_SELECTIONS = 2_000;

/**
 * What an expression selects, as nodes of fhirpath.js: they may be the input or a variable of a further expression, and `typedValues` reads them.
 * `input` is a resource, nodes, or nothing (an empty array).
 * @throws an Error of fhirpath.js, or for an expression that could take unbounded time
 */
export function select(
  expression: string,
  input: unknown,
  variables: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): readonly unknown[] {
  const run = selections.get(expression) ?? selectionOf(expression);
  selections.delete(expression);
  selections.set(expression, run);
  const [oldest] = selections.keys();
  if (selections.size > MOST_SELECTIONS && oldest !== undefined) selections.delete(oldest);
  const before = current;
  current = surroundings;
  try {
    return run(input, variables);
  } finally {
    current = before;
  }
}

function selectionOf(expression: string): Selection {
  const { library, model } = fhirpathLibrary();
  const options = {
    resolveInternalTypes: false,
    async: false,
    traceFn: () => undefined,
    userInvocationTable: functions as never,
  } as const;
  // The types of fhirpath.js know neither its own nodes as input nor all that it gives.
  return library.compile(bounded(expression), model, options) as unknown as Selection;
}

type Itself = (element: object) => readonly unknown[];
const selves = new Map<string, Itself>();

/** An element of a resource as a node that knows its type: `QuestionnaireResponse.item`. */
export function nodeOf(element: object, type: string): unknown {
  let self = selves.get(type);
  if (!self) {
    const { library, model } = fhirpathLibrary();
    const options = { resolveInternalTypes: false, async: false } as const;
    self = library.compile({ base: type, expression: '$this' }, model, options) as unknown as Itself;
    selves.set(type, self);
  }
  return self(element)[0];
}

/** The places in a resource that an expression selects, as paths whose first items have no index: `Patient.name.given[1]`. */
export function selectedPaths(expression: string, resource: JsonObject): ReadonlySet<string> {
  const { library, model } = fhirpathLibrary();
  const options = { resolveInternalTypes: false, traceFn: () => undefined, userInvocationTable: functions as never };
  const nodes = library.evaluate(
    resource,
    expression,
    { resource, rootResource: resource },
    model,
    options,
  ) as readonly SelectedNode[];
  return new Set(nodes.flatMap((node) => (typeof node?.fullPropertyName === 'function' ? [pathOf(node)] : [])));
}

interface SelectedNode extends EngineNode {
  readonly fullPropertyName?: () => string;
  readonly index?: number;
  readonly propName?: string;
}

const pathOf = (node: SelectedNode): string => (node.fullPropertyName?.() ?? '').replace(/\[0\]/g, '');
