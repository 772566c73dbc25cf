/**
 * The paths of FHIRPath Patch. A simple path (`Patient.name[0].given`) is walked here; one with functions is checked against a closed
 * list, evaluated by fhirpath.js and read back as simple paths, so that its cost is bounded and it cannot leave the resource.
 * https://hl7.org/fhir/R4/fhirpatch.html
 */
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { invalid, tooLarge, unprocessable } from '../../../resources/outcome.ts';
import { type Step, stepsOf } from '../../../resources/simple-path.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { children, type Element, rootElement } from './element.ts';
import { shown } from './run.ts';

export interface Path {
  readonly text: string;
  /** Of a simple path. */
  readonly steps?: readonly Step[];
  /** The size of the syntax tree of any other. */
  readonly terms: number;
}

/** The path of a list: the element that holds it and its name there, since an empty list is no element. */
export interface ListPath {
  readonly text: string;
  readonly parent: Path;
  readonly name: string;
}

const MAX_LENGTH = 1_000;

/** Each is linear in what it is applied to: none visits descendants, takes a regular expression or follows a reference. */
const FUNCTIONS = [
  ...[
    'where',
    'first',
    'last',
    'tail',
    'skip',
    'take',
    'single',
    'ofType',
    'as',
    'is',
    'extension',
    'exists',
    'empty',
    'not',
  ],
  ...['all', 'count', 'hasValue', 'startsWith', 'endsWith', 'contains', 'lower', 'upper', 'length'],
];
const ALLOWED_FUNCTIONS = new Set<unknown>(FUNCTIONS);

/** The kinds of syntax that a path may have: navigation, and comparison and logic inside where(). */
const ALLOWED_SYNTAX = new Set([
  ...[
    'EntireExpression',
    'TermExpression',
    'InvocationTerm',
    'InvocationExpression',
    'IndexerExpression',
    'Functn',
    'ParamList',
  ],
  ...['MemberInvocation', 'FunctionInvocation', 'ThisInvocation', 'IndexInvocation', 'Identifier', 'ParenthesizedTerm'],
  ...[
    'LiteralTerm',
    'NullLiteral',
    'BooleanLiteral',
    'StringLiteral',
    'NumberLiteral',
    'DateLiteral',
    'DateTimeLiteral',
  ],
  ...[
    'TimeLiteral',
    'EqualityExpression',
    'InequalityExpression',
    'AndExpression',
    'OrExpression',
    'ImpliesExpression',
  ],
  ...['TypeExpression', 'TypeSpecifier', 'QualifiedIdentifier', 'PolarityExpression'],
]);

/** What one patch may spend on evaluating paths, in units of about a microsecond. */
const MAX_COST = 2_000_000;
const COST_OF_CHARACTER = 100;
const COST_OF_TERM_ON_VALUE = 0.05;
const COST_OF_ELEMENT = 2;

/** Counts the cost of evaluations within one patch. @throws FhirError tooLarge */
export type Spend = (cost: number) => void;

export function budget(): Spend {
  let spent = 0;
  return (cost) => {
    spent += cost;
    if (spent > MAX_COST)
      throw tooLarge(
        'the paths of this patch take too long to evaluate; use indexes (name[0]) for where(), or several patches',
      );
  };
}

/** @throws FhirError invalid when `text` is no FHIRPath, is too long or does more than find elements */
export function parsePath(text: string): Path {
  if (text.length > MAX_LENGTH)
    throw invalid(`path has ${text.length} characters; this server evaluates ${MAX_LENGTH} at most`);
  const steps = stepsOf(text);
  return steps ? { text, steps, terms: steps.length } : { text, terms: checkedTerms(syntaxTree(text)) };
}

const LAST_NAME = /^(?:(.*)\.\s*)?`?([A-Za-z]\w*)`?$/s;

/** @throws FhirError invalid when the path does not end in the name of an element */
export function parseListPath(text: string): ListPath {
  const [, parent, name = ''] = LAST_NAME.exec(text) ?? [];
  if (name === '' || /^[A-Z]/.test(name))
    throw invalid(
      `path ${shown(text)} does not name a list; expected a path that ends in its name, as Patient.identifier does`,
    );
  return {
    text,
    name,
    parent: parent === undefined ? { text: 'the resource', steps: [], terms: 0 } : parsePath(parent),
  };
}

interface SyntaxTree {
  readonly type: string;
  readonly text?: string;
  readonly children?: readonly SyntaxTree[];
}

function syntaxTree(text: string): SyntaxTree {
  try {
    return fhirpathLibrary().library.parse(text) as SyntaxTree;
  } catch (cause) {
    throw invalid(`path ${shown(text)} is no FHIRPath: ${messageOf(cause)}`, { cause });
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).slice(0, 160);

function checkedTerms({ type, text, children: below = [] }: SyntaxTree): number {
  const allowed =
    type === 'Functn'
      ? ALLOWED_FUNCTIONS.has(text)
      : type === 'EqualityExpression'
        ? text === '=' || text === '!='
        : ALLOWED_SYNTAX.has(type);
  if (!allowed) {
    const found = type === 'Functn' ? `the function ${text}()` : (text ?? type);
    throw invalid(
      `path uses ${shown(found)}; a path of a patch may use names, indexes, comparison, and, or, and the functions ${FUNCTIONS.join(', ')}`,
    );
  }
  return below.reduce((terms, child) => terms + checkedTerms(child), 1);
}

/** The elements of the resource that the path names, in order. */
export function elementsAt(resource: AnyResource, path: Path, spend: Spend): readonly Element[] {
  if (path.steps) return walk(resource, path.text, path.steps, spend);
  spend(path.text.length * COST_OF_CHARACTER + path.terms * valuesIn(resource) * COST_OF_TERM_ON_VALUE);
  return evaluate(resource, path.text).flatMap((node) => {
    const found = simplePathOf(node);
    if (found === undefined) throw unprocessable('path gives a value that it computes; expected it to name an element');
    return walk(resource, found, stepsOf(found) ?? [], spend);
  });
}

const ROOTS = new Set(['Resource', 'DomainResource']);

function walk(resource: AnyResource, text: string, steps: readonly Step[], spend: Spend): readonly Element[] {
  const [, root] = /^([A-Z]\w*)/.exec(text) ?? [];
  if (root !== undefined && root !== resource.resourceType && !ROOTS.has(root))
    throw unprocessable(`path begins with ${shown(root)}; expected ${resource.resourceType}, the type of the resource`);
  return steps.reduce<readonly Element[]>(
    (elements, next) => {
      spend(elements.length * COST_OF_ELEMENT);
      return step(elements, next);
    },
    [rootElement(resource)],
  );
}

/** An index counts in the whole collection, as FHIRPath says; below one element that is an index in the list. */
function step(elements: readonly Element[], { name, index, type }: Step): readonly Element[] {
  const [only] = elements;
  if (elements.length === 1 && only) return ofType(children(only, name, index), type);
  const found = elements.flatMap((element) => children(element, name));
  return ofType(index === undefined ? found : found.slice(index, index + 1), type);
}

const ofType = (elements: readonly Element[], type: string | undefined): readonly Element[] =>
  type === undefined ? elements : elements.filter((element) => element.type === type);

function evaluate(resource: AnyResource, text: string): readonly unknown[] {
  const { library, model } = fhirpathLibrary();
  try {
    return library.evaluate(resource, text, {}, model, { resolveInternalTypes: false }) as unknown[];
  } catch (cause) {
    throw unprocessable(`path cannot be evaluated: ${messageOf(cause)}`, { cause });
  }
}

/** fhirpath.js says for each element where it stands; undefined for what is no element. */
function simplePathOf(node: unknown): string | undefined {
  const located = node as { fullPropertyName?: () => string | null } | null;
  return located?.fullPropertyName?.() ?? undefined;
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((count, member) => count + valuesIn(member), 1);
}
