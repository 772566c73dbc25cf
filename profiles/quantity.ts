/** Quantities with a unit of UCUM: the code is one. https://hl7.org/fhir/R4/datatypes.html#Quantity */
import type { JsonObject } from '../resources/types.ts';
import type { PropertyCheck } from './type-check.ts';
import { UCUM } from './ucum.ts';
import { type Scope, shown, type Walk } from './walk.ts';

export function checkQuantity(
  { system, code }: JsonObject,
  _property: PropertyCheck,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  if (system === UCUM && typeof code === 'string' && walk.terminology.lookup(UCUM, code).kind === 'no')
    walk.warning('code-invalid', 'quantity-unit', `${path}.code`, `${shown(code)} is no unit of UCUM`);
}
