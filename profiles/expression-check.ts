/** Expressions in resources: one that says it is FHIRPath can be parsed as such. https://hl7.org/fhir/R4/metadatatypes.html#Expression */
import { fhirpathLibrary } from '../resources/fhirpath.ts';
import type { JsonObject } from '../resources/types.ts';
import { parseExpression } from './expression/syntax.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

// The parser of the library takes its time; nobody writes more by hand.
const LONGEST = 10_000;

export function checkExpression(
  { language, expression }: JsonObject,
  _property: PropertyCheck,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  if (language === 'text/fhirpath') checkSyntax(expression, path, walk);
}

/** Reports a string that is no FHIRPath; anything else is for others to report. */
export function checkSyntax(expression: unknown, path: string, walk: Walk): void {
  if (typeof expression !== 'string' || expression.length > LONGEST || parseExpression(expression)) return;
  try {
    fhirpathLibrary().library.parse(expression);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]?.slice(0, 200) : '';
    walk.error('invalid', 'expression-syntax', path, `${shown(expression)} is no FHIRPath: ${reason}`);
  }
}
