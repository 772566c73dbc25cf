/** The expressions in a Questionnaire: extensions of type Expression, by what they are for. https://hl7.org/fhir/uv/sdc/expressions.html */
import type { Expression } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { choiceOf, objectsOf } from './form.ts';

const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

export const VARIABLE = 'http://hl7.org/fhir/StructureDefinition/variable';
export const CALCULATED = `${SDC}calculatedExpression`;
export const INITIAL = `${SDC}initialExpression`;
export const ENABLE_WHEN = `${SDC}enableWhenExpression`;
export const POPULATION_CONTEXT = `${SDC}itemPopulationContext`;

export const FHIRPATH = 'text/fhirpath';
export const QUERY = 'application/x-fhir-query';

/** What may carry expressions: a Questionnaire or one of its items. */
export interface Extended {
  readonly extension?: unknown;
}

/** The expressions of one kind, in their order. Those without text (in a Library, or malformed) are left out. */
export function expressionsOf({ extension }: Extended, url: string): readonly (Expression & { expression: string })[] {
  return objectsOf(extension).flatMap(([each]) => {
    const value = each.url === url ? asObject(choiceOf(each, 'value')?.value) : undefined;
    const { expression, language, name } = value ?? {};
    if (typeof expression !== 'string') return [];
    return [
      {
        expression,
        language: String(language ?? '') as Expression['language'],
        ...(typeof name === 'string' ? { name } : {}),
      },
    ];
  });
}

/** The variables that an expression names: `%patient`, %`vs-x`. More than it uses, when a text in it looks like one. */
export const variablesIn = (expression: string): ReadonlySet<string> =>
  new Set([...expression.matchAll(/%(?:`([^`]+)`|'([^']+)'|([A-Za-z_]\w*))/g)].map(([, a, b, c]) => a ?? b ?? c ?? ''));
