/**
 * A response with the answers that a form can find by itself. https://hl7.org/fhir/uv/sdc/populate.html
 *
 * What cannot be evaluated is told and left unanswered: a person completes the form.
 */
import { type Extended, expressionsOf, VARIABLE } from '../../../../profiles/questionnaire/expression.ts';
import { objectsOf } from '../../../../profiles/questionnaire/form.ts';
import { FormExpressions } from '../../../../profiles/questionnaire/form-expressions.ts';
import { parseJson } from '../../../../resources/json.ts';
import { operationOutcome } from '../../../../resources/outcome.ts';
import type {
  AnyResource,
  Extension,
  JsonObject,
  Parameters,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  Reference,
} from '../../../../resources/types.ts';
import { sdc } from '../extension.ts';
import type { FormWork } from '../form-work.ts';
import type { PopulateTask } from '../message.ts';
import { Filling } from './fill.ts';
import { previousOf } from './previous.ts';
import { queriedVariables, sourceQueries } from './searched.ts';
import { settle } from './settle.ts';

/** A response whose items are being added. */
export type Draft = QuestionnaireResponse & { item: QuestionnaireResponseItem[] };

/** The Parameters with `response` and, when there is anything to tell, `issues`. */
export async function populate(task: PopulateTask, work: FormWork): Promise<Parameters> {
  const { form, walk, budget, issues } = work;
  const response = draft(task, work);
  const given = new Map<object, Map<string, unknown>>();
  const contexts = launchContexts(task, work);
  given.set(response, contexts);
  const resource = response as unknown as JsonObject;
  const scope = { resource, rootResource: resource, path: 'QuestionnaireResponse' };
  const options = { form, scope, walk, budget, given };
  const expressions = new FormExpressions({ ...options, isChanging: true });
  await sourceQueries(expressions, contexts, task, work);
  await queriedVariables(form.questionnaire, 'Questionnaire', expressions, expressions.root, contexts, task, work);
  tellUnsupported(form.questionnaire, work);
  const previous = task.isLocal ? await previousOf(response, work) : undefined;
  await new Filling({ task, work, expressions, given, response }).items(form.items, response, {
    frame: expressions.root,
    ...(previous ? { previous } : {}),
    inherited: [form.questionnaire],
  });
  settle(response, () => new FormExpressions(options), work);
  const outcome = issues.length > 0 ? [{ name: 'issues', resource: operationOutcome(issues) as never }] : [];
  return { resourceType: 'Parameters', parameter: [{ name: 'response', resource: response }, ...outcome] };
}

function draft({ subject, contexts, now }: PopulateTask, { form: { questionnaire } }: FormWork): Draft {
  const { url, version, id } = questionnaire;
  const canonical = url === undefined ? (id === undefined ? undefined : `Questionnaire/${id}`) : url;
  const encounter = contexts
    .find(({ name }) => name === 'encounter')
    ?.content.map((text) => parseJson(text) as unknown as AnyResource)
    .find(({ resourceType, id: encounterId }) => resourceType === 'Encounter' && encounterId);
  return {
    resourceType: 'QuestionnaireResponse',
    ...(canonical === undefined ? {} : { questionnaire: version && url ? `${canonical}|${version}` : canonical }),
    status: 'in-progress',
    ...(subject === undefined ? {} : { subject: parseJson(subject) as unknown as Reference }),
    ...(encounter ? { encounter: { reference: `Encounter/${encounter.id}` } } : {}),
    authored: now,
    item: [],
  };
}

/** The resources that were sent, by the name that expressions have for them; what is declared and was not sent is told. */
function launchContexts({ contexts }: PopulateTask, { form, tell }: FormWork): Map<string, unknown> {
  const declared = objectsOf(form.questionnaire.extension).flatMap(([extension]) => {
    if (extension.url !== sdc('launchContext')) return [];
    const parts = objectsOf(extension.extension).map(([part]) => part as unknown as Extension);
    const name = parts.find(({ url }) => url === 'name');
    const code = name?.valueCoding?.code ?? name?.valueCode ?? name?.valueId;
    return code === undefined
      ? []
      : [{ code, types: parts.flatMap(({ url, valueCode }) => (url === 'type' ? (valueCode ?? []) : [])) }];
  });
  const variables = expressionsOf(form.questionnaire, VARIABLE).flatMap(({ name }) => name ?? []);
  const given = new Map<string, unknown>();
  for (const { name, content } of contexts) {
    const resources = content.map((text) => parseJson(text) as unknown as AnyResource);
    const types = declared.find(({ code }) => code === name)?.types ?? [];
    if (!declared.some(({ code }) => code === name) && !variables.includes(name) && name !== 'patient')
      tell(
        'not-found',
        'Questionnaire',
        `The Questionnaire has no launchContext or variable '${name}'; expressions know it as %${name} all the same`,
      );
    const wrong = resources.find(({ resourceType }) => types.length > 0 && !types.includes(resourceType));
    if (wrong)
      tell(
        'value',
        'Questionnaire',
        `The context '${name}' has the type ${wrong.resourceType}; the Questionnaire asks for ${types.join(' or ')}`,
      );
    given.set(name, resources.length === 1 ? resources[0] : resources);
  }
  for (const { code, types } of declared)
    if (!given.has(code)) {
      given.set(code, []);
      tell(
        'not-found',
        'Questionnaire',
        `There is no context '${code}' (${types.join(' or ')}): what is populated from it stays empty`,
        'information',
      );
    }
  return given;
}

function tellUnsupported({ extension }: Extended, { tell }: FormWork): void {
  if (objectsOf(extension).some(([{ url }]) => url === sdc('sourceStructureMap')))
    tell(
      'not-supported',
      'Questionnaire',
      'sourceStructureMap is not carried out here; expressions and observations are',
    );
}
