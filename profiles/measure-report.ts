/** A MeasureReport against its Measure: groups, populations and stratifiers that the Measure has. https://hl7.org/fhir/R4/measurereport.html */
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { type Scope, shown, type Walk } from './walk.ts';

export function checkMeasureReport({ resource, path }: Scope, walk: Walk): void {
  const canonical = resource.measure;
  const measure =
    typeof canonical === 'string' ? (walk.source.measure?.(canonical) as unknown as JsonObject | undefined) : undefined;
  if (!measure) return;
  const defined = objectsOf(measure.group);
  const reported = objectsOf(resource.group);
  if (resource.type === 'data-collection') {
    if (reported.length > 0)
      walk.error('business-rule', 'measure-group', path, 'a report of type data-collection has no groups');
    return;
  }
  for (const [at, group] of reported.entries())
    checkGroup(group, defined, reported.length, `${path}.group[${at}]`, walk);
  for (const group of defined)
    if (defined.length > 1 && !reported.some((each) => isSameConcept(each.code, group.code)))
      walk.error(
        'business-rule',
        'measure-group',
        path,
        `the report has no group with the code ${conceptText(group.code)} of the measure`,
      );
}

const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly unknown[]).map((item) => asObject(item) ?? {}) : [];

function checkGroup(group: JsonObject, defined: readonly JsonObject[], count: number, path: string, walk: Walk): void {
  // With one group on both sides there is nothing to tell apart.
  const match =
    defined.length === 1 && count === 1 && group.code === undefined
      ? defined[0]
      : defined.find((each) => isSameConcept(each.code, group.code));
  if (!match) {
    walk.error(
      'business-rule',
      'measure-group',
      path,
      group.code === undefined
        ? 'has no code, so it cannot be matched to a group of the measure'
        : `the measure has no group with the code ${conceptText(group.code)}`,
    );
    return;
  }
  checkCodes('population', group, match, path, walk);
  checkCodes('stratifier', group, match, path, walk);
}

function checkCodes(
  name: 'population' | 'stratifier',
  group: JsonObject,
  match: JsonObject,
  path: string,
  walk: Walk,
): void {
  const expected = objectsOf(match[name]).flatMap(({ code }) => (code === undefined ? [] : [code]));
  const codes = objectsOf(group[name]).map(({ code }) => (Array.isArray(code) ? code[0] : code) as unknown);
  for (const [at, code] of codes.entries()) {
    if (code === undefined || expected.some((each) => isSameConcept(each, code))) continue;
    if (name === 'stratifier' && expected.length === 0) continue;
    walk.error(
      'business-rule',
      `measure-${name}`,
      `${path}.${name}[${at}]`,
      `the measure has no ${name} with the code ${conceptText(code)} in this group`,
    );
  }
  if (name !== 'population') return;
  for (const each of expected)
    if (!codes.some((code) => isSameConcept(each, code)))
      walk.error(
        'business-rule',
        'measure-population',
        path,
        `the population ${conceptText(each)} of the measure is not reported`,
      );
}

function isSameConcept(a: unknown, b: unknown): boolean {
  const [left, right] = [asObject(a), asObject(b)];
  if (!left || !right) return left === right;
  const codings = objectsOf(right.coding);
  if (
    objectsOf(left.coding).some(({ system, code }) =>
      codings.some((each) => each.code === code && each.system === system),
    )
  )
    return true;
  return left.coding === undefined && right.coding === undefined && left.text === right.text;
}

function conceptText(concept: unknown): string {
  const [coding] = objectsOf(asObject(concept)?.coding);
  return shown(coding?.code ?? asObject(concept)?.text ?? '');
}
