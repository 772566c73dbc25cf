/**
 * FHIRPath in arguments. A caller's expression runs on our time, so it may only go down from the node it is about: no functions that build
 * regular expressions, follow references, repeat or walk everything, and no way back to the root, by which loops could be nested.
 */
import { type Compiled, compile } from '../../../resources/fhirpath.ts';
import { badValue, FhirError } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { MAX_PATH } from './limits.ts';

const FUNCTIONS: ReadonlySet<string> = new Set([
  'all',
  'as',
  'count',
  'contains',
  'empty',
  'endsWith',
  'exists',
  'extension',
  'first',
  'hasValue',
  'is',
  'last',
  'length',
  'lower',
  'not',
  'now',
  'ofType',
  'startsWith',
  'today',
  'upper',
  'where',
]);

/** Words that may stand before a parenthesis and call nothing. */
const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'implies', 'in']);

const TEXTS = /'(?:[^'\\]|\\.)*'/g;
const CALLS = /([A-Za-z_]\w*)\s*\(/g;

/** What forbids an expression, as the end of a sentence; undefined when nothing does. */
function objection(expression: string): string | undefined {
  if (expression.length > MAX_PATH) return `has ${expression.length} characters; at most ${MAX_PATH} are taken`;
  const bare = expression.replace(TEXTS, "''");
  const [symbol] = /[%`|{]|\/\/|\/\*/.exec(bare) ?? [];
  if (symbol) return `has ${symbol}, which is not offered in an argument: an expression goes down from its node`;
  const called = [...bare.matchAll(CALLS)].map(([, name = '']) => name);
  const unknown = called.find((name) => !FUNCTIONS.has(name) && !OPERATORS.has(name));
  return unknown && `calls ${unknown}(), which is not offered in an argument; there are ${[...FUNCTIONS].join(', ')}`;
}

const compiled = new Map<string, Compiled>();
const REMEMBERED = 500;

/** The expression compiled for values of `type`. @throws FhirError 400 */
export function pathOn(expression: string, type: string): Compiled {
  const key = `${type} ${expression}`;
  const known = compiled.get(key);
  if (known) return known;
  const refusal = objection(expression);
  if (refusal) throw badValue(`The FHIRPath '${expression.slice(0, 80)}' ${refusal}`, { rule: 'graphql-fhirpath' });
  const made = compile(expression, type);
  if (compiled.size >= REMEMBERED) compiled.clear();
  compiled.set(key, made);
  return made;
}

/** What the expression selects in `value`. @throws FhirError 400, when it cannot be evaluated there */
export function select(expression: string, value: unknown, type: string, resource: AnyResource): readonly unknown[] {
  try {
    return pathOn(expression, type)
      .evaluate(value, resource)
      .map((each) => each.value);
  } catch (cause) {
    if (cause instanceof FhirError) throw cause;
    throw badValue(`The FHIRPath '${expression}' cannot be evaluated on ${type}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Whether a criterion holds: true, or something that is no boolean. */
export function holds(expression: string, value: unknown, type: string, resource: AnyResource): boolean {
  const result = select(expression, value, type, resource);
  return result.length > 0 && result[0] !== false;
}
