/** Identifiers: one whose system says that it is a URI is one. https://hl7.org/fhir/R4/datatypes.html#Identifier */
import type { JsonObject } from '../resources/types.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

const URI = 'urn:ietf:rfc:3986';

export function checkIdentifier(
  { system, value }: JsonObject,
  _property: PropertyCheck,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  if (system === URI && typeof value === 'string' && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value))
    walk.error(
      'value',
      'identifier-uri',
      path,
      `the system ${URI} says that the value is a URI, found ${shown(value)}`,
    );
}
