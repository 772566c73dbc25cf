/** QuestionnaireResponse/$extract: what a response says, as a transaction. https://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html */
import { containedIn } from '../../../profiles/contained.ts';
import { parseJson, stringifyJson } from '../../../resources/json.ts';
import {
  badValue,
  FhirError,
  type Issue,
  invalid,
  issue,
  operationOutcome,
  unprocessable,
} from '../../../resources/outcome.ts';
import type {
  AnyResource,
  BundleEntry,
  JsonObject,
  Questionnaire,
  QuestionnaireResponse,
} from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { requireVisible, resourceIn } from '../visible.ts';
import { answerTo } from '../x-fhir-query/answer.ts';
import { assembled } from './assemble/assembled.ts';
import { definitionsOf } from './definitions.ts';
import { provenanceOf } from './extract/provenance.ts';
import { questionnaireFor } from './find.ts';
import type { Forms } from './forms.ts';
import type { KnownForms } from './known-forms.ts';
import type { Extracted } from './message.ts';
import { scored } from './scored.ts';

export const extractOperation = (known: KnownForms, forms: Forms): Operation =>
  defineOperation(
    {
      code: 'extract',
      canonical: 'http://hl7.org/fhir/uv/sdc/OperationDefinition/QuestionnaireResponse-extract',
      title: 'Extract resources from a response',
      description:
        'The resources that a completed QuestionnaireResponse says, by the observation-based, definition-based and template-based extraction of its Questionnaire, as a transaction. Nothing is stored. Responses to the instruments known here give what the scoring stores.',
      resource: ['QuestionnaireResponse'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        'questionnaire-response': {
          type: 'QuestionnaireResponse',
          min: 0,
          max: '1',
          documentation: 'The response. Not on an instance',
        },
        questionnaire: {
          type: 'Questionnaire',
          min: 0,
          max: '1',
          documentation: 'Its Questionnaire; otherwise the one that it names, as this server knows it',
        },
      },
      result: [
        { name: 'return', type: 'Bundle', documentation: 'A transaction; absent when nothing is extracted', min: 0 },
        { name: 'issues', type: 'OperationOutcome', documentation: 'What could not be extracted, and why', min: 0 },
      ],
    },
    async ({ id, input }, context) => {
      const response = await responseFor(id, input['questionnaire-response'], known, context);
      const now = new Date().toISOString();
      const ofInstrument = await scored(response, now, context);
      const questionnaire = await answeredForm(
        response,
        input.questionnaire,
        ofInstrument !== undefined,
        known,
        context,
      );
      const extracted = questionnaire
        ? await byForm(response, questionnaire, ofInstrument !== undefined, now, known, forms, context)
        : { entry: [], issues: [] };
      const issues = [...(ofInstrument?.issues ?? []), ...extracted.issues];
      const own = extracted.entry;
      const provenance = own.length > 0 ? [provenanceOf(response, own, now, context.baseUrl)] : [];
      return { status: 200, body: answer([...(ofInstrument?.entry ?? []), ...own, ...provenance], issues) };
    },
  );

const FINISHED: readonly string[] = ['completed', 'amended'];

async function responseFor(
  id: string | undefined,
  sent: JsonObject | undefined,
  known: KnownForms,
  context: Context,
): Promise<QuestionnaireResponse> {
  const expression = 'http.questionnaire-response';
  if (id === undefined && sent === undefined)
    throw invalid('Nothing says which response: expected the parameter questionnaire-response', { expression });
  const response = (id === undefined
    ? sent
    : resourceIn(await requireVisible('QuestionnaireResponse', id, context))) as unknown as QuestionnaireResponse;
  if (response.resourceType !== 'QuestionnaireResponse')
    throw badValue(`The parameter questionnaire-response is a ${String(response.resourceType)}`, { expression });
  if (id === undefined) known.sound(response);
  if (!FINISHED.includes(response.status))
    throw unprocessable(`The response is ${response.status}; what is completed or amended is extracted`, {
      expression: 'QuestionnaireResponse.status',
    });
  return response;
}

/** The Questionnaire that was answered. One of an instrument that is scored need not be known. @throws FhirError 422 when it is not */
async function answeredForm(
  response: QuestionnaireResponse,
  sent: JsonObject | undefined,
  isScored: boolean,
  known: KnownForms,
  context: Context,
): Promise<Questionnaire | undefined> {
  const { questionnaire: canonical } = response;
  if (sent) return known.sound(sent as unknown as Questionnaire);
  const expression = 'QuestionnaireResponse.questionnaire';
  if (canonical === undefined)
    throw unprocessable('The response names no Questionnaire, and none was sent as the parameter questionnaire', {
      expression,
    });
  if (canonical.startsWith('#')) {
    const held = containedIn(response as unknown as JsonObject).find(({ id }) => id === canonical.slice(1));
    if (held?.resourceType === 'Questionnaire') return known.sound(held as unknown as Questionnaire);
    throw unprocessable(`The response contains no Questionnaire ${canonical}`, { expression });
  }
  try {
    return await questionnaireFor({ questionnaire: canonical }, known, context);
  } catch (error) {
    if (!(error instanceof FhirError) || error.status >= 500) throw error;
    if (isScored) return undefined;
    throw unprocessable(
      `The Questionnaire ${canonical} is not known here; it may be sent as the parameter questionnaire`,
      { expression },
    );
  }
}

async function byForm(
  response: QuestionnaireResponse,
  stored: Questionnaire,
  isScored: boolean,
  now: string,
  known: KnownForms,
  forms: Forms,
  context: Context,
): Promise<Extracted> {
  const { questionnaire } = await assembled(stored, known, context);
  const text = await forms.run(
    {
      kind: 'extract',
      questionnaire: stringifyJson(questionnaire),
      definitions: definitionsOf(questionnaire, known.source),
      now,
      response: stringifyJson(response),
      isScored,
      baseUrl: context.baseUrl,
    },
    (query) => answerTo(query, context),
  );
  return parseJson(text) as unknown as Extracted;
}

function answer(entry: readonly BundleEntry[], issues: readonly Issue[]): AnyResource {
  const told =
    entry.length > 0
      ? issues
      : [
          ...issues,
          issue('informational', 'There is nothing to extract: no answer is marked for it', { severity: 'warning' }),
        ];
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
  return {
    resourceType: 'Parameters',
    parameter: [
      ...(entry.length > 0 ? [{ name: 'return', resource: bundle }] : []),
      ...(told.length > 0 ? [{ name: 'issues', resource: operationOutcome(told) }] : []),
    ],
  };
}
