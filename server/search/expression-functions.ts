/**
 * The functions of FHIRPath that the expression of a stored SearchParameter may call: those that only depend on the resource and end in a
 * time that grows with it. Left out are regular expressions (`matches`, `replaceMatches`), the clock (`now`, `today`), and what asks other
 * resources or terminologies. https://hl7.org/fhirpath/N1/#functions-2
 */
import { nearest } from '../../resources/nearest.ts';

const functions = [
  ...['empty', 'exists', 'all', 'allTrue', 'anyTrue', 'allFalse', 'anyFalse', 'count', 'distinct', 'isDistinct', 'not'],
  ...[
    'where',
    'select',
    'repeat',
    'ofType',
    'as',
    'is',
    'extension',
    'hasExtension',
    'hasValue',
    'getValue',
    'resolve',
  ],
  ...['single', 'first', 'last', 'tail', 'skip', 'take', 'intersect', 'exclude', 'union', 'combine', 'iif'],
  ...['toBoolean', 'toInteger', 'toDate', 'toDateTime', 'toDecimal', 'toQuantity', 'toString', 'toTime'],
  ...['indexOf', 'substring', 'startsWith', 'endsWith', 'contains', 'upper', 'lower', 'replace', 'length', 'toChars'],
  ...['abs', 'ceiling', 'floor', 'round', 'truncate', 'children', 'descendants', 'split', 'join', 'trim'],
];
const known = new Set(functions);

/** `and (`, `in (`: words before a bracket that are operators. */
const operators = new Set(['and', 'or', 'xor', 'implies', 'in', 'contains', 'div', 'mod', 'is', 'as']);

/** The first function that an expression calls and may not; `near` is the one that was probably meant. */
export function forbiddenFunction(expression: string): { readonly name: string; readonly near?: string } | undefined {
  // What stands in quotes is no code.
  const code = expression.replace(/'(?:[^'\\]|\\.)*'|`[^`]*`/g, "''");
  for (const [, name = ''] of code.matchAll(/([A-Za-z_][A-Za-z0-9_]*)\s*\(/g))
    if (!known.has(name) && !operators.has(name)) return { name, near: nearest(name, functions) };
  return undefined;
}
