/** What records that are a Communication have in common: the category that tells which is which. https://hl7.org/fhir/R4/communication.html */
import { BASE } from '../resources/publication.ts';
import { type Test, test } from './condition.ts';
import { element } from './element.ts';
import { type Constant, constant } from './rule.ts';

const SYSTEM = `${BASE}/CodeSystem/communication-kind`;

/** What `mapping` takes for a Communication of one kind. */
export function communication(kind: string): {
  readonly type: 'Communication';
  readonly criteria: Readonly<Record<string, string>>;
  readonly accepts: Test;
  readonly constants: readonly Constant[];
} {
  const category = [{ coding: [{ system: SYSTEM, code: kind }] }];
  return {
    type: 'Communication',
    criteria: { category: `${SYSTEM}|${kind}` },
    accepts: test('isOfKind', { kind: 'fits', pattern: { category } }),
    constants: [constant(element('category'), category)],
  };
}
