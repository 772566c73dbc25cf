/** The rules that belong to one type and that its definition has no formal word for. An explicit list, so that it can be searched. */
import type { JsonObject } from '../resources/types.ts';
import { checkAttachment } from './attachment.ts';
import { checkBundle } from './bundle.ts';
import { checkCoding } from './coding.ts';
import { checkDefinition } from './definition-check.ts';
import { checkExpression } from './expression-check.ts';
import { checkExtension } from './extension.ts';
import { checkIdentifier } from './identifier.ts';
import { checkMeasureReport } from './measure-report.ts';
import { checkNarrative } from './narrative.ts';
import { checkQuantity } from './quantity.ts';
import { checkQuestionnaire } from './questionnaire/questionnaire.ts';
import { checkQuestionnaireResponse } from './questionnaire-response.ts';
import { checkReference } from './reference.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

export type SpecialCheck = (value: never, property: PropertyCheck, path: string, scope: Scope, walk: Walk) => void;

const checks: ReadonlyMap<string, SpecialCheck> = new Map<string, SpecialCheck>([
  ['Attachment', checkAttachment],
  ['Coding', checkCoding],
  ['canonical', checkCanonical],
  ['Expression', checkExpression],
  ['Extension', checkExtension],
  ['Identifier', checkIdentifier],
  ...['Quantity', 'Age', 'Duration', 'Count', 'Distance'].map((type) => [type, checkQuantity] as const),
  ['Reference', checkReference],
  ['xhtml', checkNarrative],
]);

/** The check of values of a type beside those of its definition. */
export function specialCheck(
  type: string,
): ((value: unknown, property: PropertyCheck, path: string, scope: Scope, walk: Walk) => void) | undefined {
  return checks.get(type) as
    | ((value: unknown, property: PropertyCheck, path: string, scope: Scope, walk: Walk) => void)
    | undefined;
}

/** The check of a whole resource beside its structure. */
export function resourceChecks(scope: Scope, walk: Walk): void {
  containedIds(scope.resource, scope.path, walk);
  if (scope.resource.resourceType === 'Bundle') checkBundle(scope, walk);
  checkDefinition(scope, walk);
  if (scope.resource.resourceType === 'QuestionnaireResponse') checkQuestionnaireResponse(scope, walk);
  if (scope.resource.resourceType === 'Questionnaire') checkQuestionnaire(scope, walk);
  if (scope.resource.resourceType === 'MeasureReport') checkMeasureReport(scope, walk);
  if (scope.resource._id !== undefined)
    walk.error('structure', 'resource-id', `${scope.path}.id`, 'the id of a resource has no extensions');
}

/** Ids of contained resources are unique within their container. https://hl7.org/fhir/R4/references.html#contained */
function containedIds({ contained }: JsonObject, path: string, walk: Walk): void {
  if (!Array.isArray(contained)) return;
  const seen = new Set<unknown>();
  for (const [at, one] of (contained as (JsonObject | null)[]).entries()) {
    const id = one?.id;
    if (id === undefined)
      walk.error(
        'required',
        'contained-id',
        `${path}.contained[${at}]`,
        'has no id: a contained resource needs one, or nothing can refer to it',
      );
    else if (seen.has(id))
      walk.error(
        'duplicate',
        'contained-id',
        `${path}.contained[${at}]`,
        `has the id ${String(id)} of another contained resource`,
      );
    seen.add(id);
  }
}

/** A warning, because R4's own examples have relative ones. https://hl7.org/fhir/R4/references.html#canonical */
function checkCanonical(value: string, _property: PropertyCheck, path: string, _scope: Scope, walk: Walk): void {
  if (!value.startsWith('#') && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value))
    walk.warning(
      'value',
      'canonical-absolute',
      path,
      `a canonical is an absolute URL, or #id of a contained resource, found ${shown(value)}`,
    );
}
