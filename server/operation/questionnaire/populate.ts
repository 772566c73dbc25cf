/** Questionnaire/$populate: a response that begins with what is known. https://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html */
import { parseJson, stringifyJson } from '../../../resources/json.ts';
import { badValue } from '../../../resources/outcome.ts';
import { parseReference } from '../../../resources/reference.ts';
import type {
  AnyResource,
  JsonObject,
  ParametersParameter,
  Questionnaire,
  Reference,
  ResourceType,
} from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { requireVisible, resourceIn } from '../visible.ts';
import { answerTo } from '../x-fhir-query/answer.ts';
import { assembled } from './assemble/assembled.ts';
import { definitionsOf } from './definitions.ts';
import { questionnaireFor, questionnaireParameter } from './find.ts';
import type { Forms } from './forms.ts';
import type { KnownForms } from './known-forms.ts';
import type { Named } from './message.ts';

export const populateOperation = (known: KnownForms, forms: Forms): Operation =>
  defineOperation(
    {
      code: 'populate',
      canonical: 'http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate',
      title: 'Populate a Questionnaire',
      description:
        'A QuestionnaireResponse in progress with the answers that the form finds by itself: by expressions, from Observations, from an earlier response, from its initial values. What cannot be evaluated stands in issues.',
      resource: ['Questionnaire'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        identifier: { type: 'Identifier', min: 0, max: '1', documentation: 'An identifier of the Questionnaire' },
        questionnaire: questionnaireParameter,
        subject: { type: 'Reference', min: 0, max: '1', documentation: 'Whom or what the response is about' },
        context: {
          type: 'Element',
          min: 0,
          max: '*',
          documentation: 'A resource that expressions of the form know by name',
          part: {
            name: { type: 'string', min: 1, max: '1', documentation: 'The name of a launchContext or variable' },
            content: {
              type: 'Element',
              allowed: ['Reference', 'Resource'],
              min: 1,
              max: '*',
              documentation: 'The resource, or a reference to it',
            },
          },
        },
        local: {
          type: 'boolean',
          min: 0,
          max: '1',
          documentation: 'False: what is stored here is not asked for, only what is sent. True when absent',
        },
      },
      result: [
        { name: 'response', type: 'QuestionnaireResponse', documentation: 'The response, in progress' },
        { name: 'issues', type: 'OperationOutcome', documentation: 'What could not be populated, and why', min: 0 },
      ],
    },
    async ({ id, input }, context) => {
      const wanted = { id, questionnaire: input.questionnaire, identifier: input.identifier };
      const stored = await questionnaireFor(wanted, known, context);
      const { questionnaire } = await assembled(stored, known, context);
      const isLocal = input.local !== false;
      const contexts = await Promise.all(input.context.map((each) => contextOf(each, context)));
      const subject = subjectOf(input.subject, contexts, questionnaire);
      const launchContexts = await launched(contexts, subject, isLocal, context);
      const text = await forms.run(
        {
          kind: 'populate',
          questionnaire: stringifyJson(questionnaire),
          definitions: definitionsOf(questionnaire, known.source),
          now: new Date().toISOString(),
          ...(subject ? { subject: stringifyJson(subject) } : {}),
          contexts: launchContexts,
          isLocal,
        },
        (query) => answerTo(query, context),
      );
      return { status: 200, body: { json: text } };
    },
  );

/** One parameter `context`: a name, and resources that were sent or that references name. */
async function contextOf(sent: unknown, context: Context): Promise<Named> {
  const { part = [] } = sent as ParametersParameter;
  const name = part.find((each) => each.name === 'name');
  const text = name?.valueString ?? name?.valueCode ?? name?.valueId;
  const place = { expression: 'http.context' };
  if (text === undefined) throw badValue('A context has no name; expected a string', place);
  const content = part.flatMap((each) => (each.name === 'content' ? [each] : []));
  const resources = content.map(async ({ resource, valueReference }) => {
    if (resource) return stringifyJson(resource);
    const reference = valueReference?.reference;
    const parsed = reference === undefined ? undefined : localReference(reference, context);
    if (!parsed)
      throw badValue(
        `The content of the context ${text} is ${reference === undefined ? 'nothing' : `the reference ${reference}`}; expected a resource, or a reference to one of this server`,
        place,
      );
    return stringifyJson(resourceIn(await requireVisible(parsed.type, parsed.id, context)));
  });
  return { name: text, content: await Promise.all(resources) };
}

function localReference(
  reference: string,
  { baseUrl }: Context,
): { readonly type: ResourceType; readonly id: string } | undefined {
  const local = reference.startsWith(`${baseUrl}/`) ? reference.slice(baseUrl.length + 1) : reference;
  const parsed = parseReference(local);
  return parsed?.kind === 'literal' && parsed.base === undefined ? { type: parsed.type, id: parsed.id } : undefined;
}

/** The subject that is named; otherwise the patient that was sent. */
function subjectOf(
  given: JsonObject | undefined,
  contexts: readonly Named[],
  { subjectType }: Questionnaire,
): Reference | undefined {
  const [sent] = contexts.find(({ name }) => name === 'patient')?.content ?? [];
  const patient = sent === undefined ? undefined : (parseJson(sent) as unknown as AnyResource);
  const subject =
    (given as Reference | undefined) ??
    (patient?.resourceType === 'Patient' && patient.id ? { reference: `Patient/${patient.id}` } : undefined);
  const parsed = subject?.reference === undefined ? undefined : parseReference(subject.reference);
  const types: readonly string[] = subjectType ?? [];
  if (parsed?.kind === 'literal' && types.length > 0 && !types.includes(parsed.type))
    throw badValue(`The subject is a ${parsed.type}; this Questionnaire is about a ${types.join(' or ')}`, {
      expression: 'http.subject',
    });
  return subject;
}

/** The contexts, and the subject as the patient among them when it was not sent. @throws FhirError 404 when it is not known */
async function launched(
  contexts: readonly Named[],
  subject: Reference | undefined,
  isLocal: boolean,
  context: Context,
): Promise<readonly Named[]> {
  const parsed = subject?.reference === undefined ? undefined : localReference(subject.reference, context);
  if (!isLocal || !parsed || contexts.some(({ name }) => name === 'patient')) return contexts;
  const stored = stringifyJson(resourceIn(await requireVisible(parsed.type, parsed.id, context)));
  return parsed.type === 'Patient' ? [...contexts, { name: 'patient', content: [stored] }] : contexts;
}
