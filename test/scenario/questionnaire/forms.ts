/** The forms of a practice, for the tests of what SDC does with them. */
import type {
  Extension,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from '../../../resources/types.ts';

export const sdc = (name: string): string => `http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-${name}`;
export const core = (name: string): string => `http://hl7.org/fhir/StructureDefinition/${name}`;

export const fhirpath = (url: string, expression: string, name?: string): Extension => ({
  url,
  valueExpression: { ...(name === undefined ? {} : { name }), language: 'text/fhirpath', expression },
});
export const query = (url: string, expression: string, name?: string): Extension => ({
  url,
  valueExpression: { ...(name === undefined ? {} : { name }), language: 'application/x-fhir-query', expression },
});
export const initial = (expression: string): Extension => fhirpath(sdc('initialExpression'), expression);
export const launch = (name: string, type: string): Extension => ({
  url: sdc('launchContext'),
  extension: [
    { url: 'name', valueCoding: { system: 'http://hl7.org/fhir/uv/sdc/CodeSystem/launchContext', code: name } },
    { url: 'type', valueCode: type as 'Patient' },
  ],
});

export const practice = 'https://practice.example/Questionnaire';

export const form = (
  name: string,
  item: readonly QuestionnaireItem[],
  extension: readonly Extension[] = [],
): Questionnaire => ({
  resourceType: 'Questionnaire',
  id: name,
  url: `${practice}/${name}`,
  version: '1.0',
  name: 'Form',
  title: 'A form',
  status: 'active',
  subjectType: ['Patient'],
  extension: [...extension],
  item: [...item],
});

/** All items of a response by linkId, in reading order. */
export function itemsOf({
  item = [],
}: {
  readonly item?: readonly QuestionnaireResponseItem[];
}): readonly QuestionnaireResponseItem[] {
  return item.flatMap((each) => [each, ...itemsOf(each), ...(each.answer ?? []).flatMap(itemsOf)]);
}

/** The answers to a linkId, each as its value. */
export const answersTo = (linkId: string, response: QuestionnaireResponse): readonly unknown[] =>
  itemsOf(response)
    .filter((item) => item.linkId === linkId)
    .flatMap(({ answer = [] }) => answer.map(({ item: _below, ...value }) => Object.values(value)[0]));
