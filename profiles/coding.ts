/** Codings against their own code system: the code exists there, the display is one of its names. https://hl7.org/fhir/R4/datatypes.html#Coding */
import type { JsonObject } from '../resources/types.ts';
import { isSupplement } from './definition-check.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

export function checkCoding(
  { system, code, display }: JsonObject,
  _property: PropertyCheck,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  if (typeof system !== 'string' || typeof code !== 'string') return;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(system)) {
    walk.error('code-invalid', 'coding-system', path, `Coding.system is an absolute URI, found ${shown(system)}`);
    return;
  }
  if (!walk.source.codeSystem(system) && walk.source.valueSet(system)) {
    walk.error(
      'code-invalid',
      'coding-system',
      path,
      `${system} is a value set; the system of a code is a code system`,
    );
    return;
  }
  if (isSupplement(system, walk)) {
    walk.error(
      'code-invalid',
      'coding-supplement',
      path,
      `${system} is a supplement: the system of a code is the one it supplements`,
    );
    return;
  }
  const found = walk.terminology.lookup(system, code);
  if (found.kind === 'no')
    walk.error('code-invalid', 'coding-code', path, `the code system ${system} has no code ${shown(code)}`);
  else if (
    found.kind === 'yes' &&
    typeof display === 'string' &&
    found.display !== undefined &&
    !sameName(display, found.display)
  )
    walk.report(
      walk.options.wrongDisplay ?? 'error',
      'code-invalid',
      'coding-display',
      path,
      `the display of ${system}|${code} is ${shown(found.display)}, found ${shown(display)}`,
    );
}

const sameName = (a: string, b: string): boolean =>
  a === b || a.trim().toLowerCase().replace(/\s+/g, ' ') === b.trim().toLowerCase().replace(/\s+/g, ' ');
