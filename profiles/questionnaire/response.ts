/**
 * A QuestionnaireResponse against its Questionnaire: items where they belong, answers to what is required and enabled, one where one is
 * asked for. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import type { JsonObject } from '../../resources/types.ts';
import { containedIn } from '../contained.ts';
import { type Scope, shown, type Walk } from '../walk.ts';
import { checkAnswer } from './answer.ts';
import { isEnabled, type Surroundings } from './enable-when.ts';
import { allItems, extensionValues, itemsOf, objectsIn } from './item.ts';

/** What stays the same while a response is walked. */
interface Response {
  readonly questionnaire: JsonObject;
  readonly linkIds: ReadonlySet<unknown>;
  /** A response in progress may still lack what is required. */
  readonly isComplete: boolean;
  readonly scope: Scope;
  readonly walk: Walk;
}

interface Placed {
  readonly item: JsonObject;
  readonly path: string;
}

export function checkResponse(scope: Scope, walk: Walk): void {
  const { resource, path } = scope;
  const canonical = resource.questionnaire;
  if (typeof canonical !== 'string') return;
  const questionnaire = questionnaireOf(canonical, scope, walk);
  if (!questionnaire) {
    if (walk.source.questionnaire)
      walk.warning(
        'not-found',
        'questionnaire-unknown',
        path,
        `the questionnaire ${canonical} is not known here: the answers are not checked against it`,
      );
    return;
  }
  const linkIds = new Set(allItems(questionnaire).map(({ linkId }) => linkId));
  const response: Response = { questionnaire, linkIds, isComplete: resource.status !== 'in-progress', scope, walk };
  checkItems(itemsOf(questionnaire), placed(resource.item, `${path}.item`), path, [], response);
}

function questionnaireOf(canonical: string, { resource, rootResource }: Scope, walk: Walk): JsonObject | undefined {
  if (!canonical.startsWith('#')) return walk.source.questionnaire?.(canonical) as unknown as JsonObject | undefined;
  const id = canonical.slice(1);
  return [...containedIn(resource), ...containedIn(rootResource)].find(
    (each) => each.id === id && each.resourceType === 'Questionnaire',
  );
}

const placed = (items: unknown, path: string): readonly Placed[] =>
  objectsIn(items).map(({ object, at }) => ({ item: object, path: `${path}[${at}]` }));

/** The response items in one place against the questionnaire items there. `path` is the element that holds them. */
function checkItems(
  questions: readonly JsonObject[],
  items: readonly Placed[],
  path: string,
  around: Surroundings,
  response: Response,
): void {
  const { walk } = response;
  const surroundings = [items.map(({ item }) => item), ...around];
  const order = new Map(questions.map(({ linkId }, at) => [linkId, at]));
  let last = -1;
  for (const { item, path: here } of items) {
    const at = order.get(item.linkId);
    if (at === undefined) {
      if (response.linkIds.has(item.linkId))
        walk.error(
          'structure',
          'response-place',
          here,
          `the item ${shown(item.linkId)} stands elsewhere in the questionnaire`,
        );
      else walk.error('not-found', 'response-link-id', path, `the questionnaire has no item ${shown(item.linkId)}`);
    } else if (at < last) {
      walk.error(
        'structure',
        'response-order',
        here,
        `the item ${shown(item.linkId)} comes before the one above it in the questionnaire`,
      );
    } else {
      last = at;
    }
  }
  for (const question of questions)
    checkQuestion(
      question,
      items.filter(({ item }) => item.linkId === question.linkId),
      path,
      surroundings,
      response,
    );
}

function checkQuestion(
  question: JsonObject,
  items: readonly Placed[],
  path: string,
  around: Surroundings,
  response: Response,
): void {
  const { walk, isComplete } = response;
  const enabled = isEnabled(question, around);
  if (!enabled) {
    for (const { item, path: here } of items)
      if (hasContent(item))
        walk.error(
          'structure',
          'response-not-enabled',
          here,
          `the item ${shown(question.linkId)} has an answer, and is not enabled by the other answers`,
        );
    return;
  }
  if (items.length === 0) {
    if (question.required === true && isComplete && question.type !== 'display')
      walk.error(
        'required',
        'response-required',
        path,
        `the item ${shown(question.linkId)} is required and has no answer`,
      );
    return;
  }
  if (question.type === 'group') checkGroups(question, items, around, response);
  else if (question.type === 'display') checkDisplay(question, items, walk);
  else checkAnswers(question, items, around, response);
}

const hasContent = (item: JsonObject): boolean =>
  objectsIn(item.answer).length > 0 || objectsIn(item.item).some(({ object }) => hasContent(object));

function checkGroups(question: JsonObject, items: readonly Placed[], around: Surroundings, response: Response): void {
  const { walk } = response;
  checkOccurrence(question, items.length, items[0]?.path ?? '', response);
  for (const [at, { item, path }] of items.entries()) {
    if (at > 0 && question.repeats !== true)
      walk.error('structure', 'response-repeats', path, `the group ${shown(question.linkId)} does not repeat`);
    if (objectsIn(item.answer).length > 0)
      walk.error(
        'structure',
        'response-answer',
        path,
        `the item ${shown(question.linkId)} is a group, which has no answers`,
      );
    checkItems(itemsOf(question), placed(item.item, `${path}.item`), path, around, response);
  }
}

function checkDisplay(question: JsonObject, items: readonly Placed[], walk: Walk): void {
  for (const { item, path } of items)
    if (hasContent(item))
      walk.error(
        'structure',
        'response-answer',
        path,
        `the item ${shown(question.linkId)} is for display, which has no answers`,
      );
}

function checkAnswers(question: JsonObject, items: readonly Placed[], around: Surroundings, response: Response): void {
  const { walk, isComplete } = response;
  const [first] = items;
  for (const { path } of items.slice(1))
    walk.error(
      'structure',
      'response-repeats',
      path,
      `the question ${shown(question.linkId)} is there twice: further answers belong in the first`,
    );
  for (const { item, path } of items) {
    const answers = objectsIn(item.answer);
    if (question.type === 'question' && answers.length > 0)
      walk.error(
        'structure',
        'response-answer',
        path,
        `the item ${shown(question.linkId)} is of the abstract type question, which has no answers`,
      );
    if (answers.length > 1 && question.repeats !== true)
      walk.error(
        'structure',
        'response-repeats',
        path,
        `the question ${shown(question.linkId)} takes one answer, found ${answers.length}`,
      );
    if (objectsIn(item.item).length > 0 && question.type !== 'question')
      walk.error(
        'structure',
        'response-place',
        path,
        `items below the question ${shown(question.linkId)} belong into its answer`,
      );
    if (question.type === 'question')
      checkItems(itemsOf(question), placed(item.item, `${path}.item`), path, around, response);
    for (const { object: answer, at } of answers) {
      const here = `${path}.answer[${at}]`;
      checkAnswer(answer, question, response.questionnaire, here, response.scope, walk);
      checkItems(itemsOf(question), placed(answer.item, `${here}.item`), here, around, response);
    }
  }
  const count = items.reduce((sum, { item }) => sum + objectsIn(item.answer).length, 0);
  checkOccurrence(question, count, first?.path ?? '', response);
  if (count === 0 && question.required === true && isComplete)
    walk.error(
      'required',
      'response-required',
      first?.path ?? '',
      `the question ${shown(question.linkId)} is required and has no answer`,
    );
}

function checkOccurrence(question: JsonObject, count: number, path: string, { walk, isComplete }: Response): void {
  const [least] = extensionValues(question, 'questionnaire-minOccurs', 'minOccurs');
  const [most] = extensionValues(question, 'questionnaire-maxOccurs', 'maxOccurs');
  if (typeof least === 'number' && count < least && isComplete)
    walk.error(
      'required',
      'response-occurs',
      path,
      `the item ${shown(question.linkId)} takes at least ${least} answers, found ${count}`,
    );
  if (typeof most === 'number' && count > most)
    walk.error(
      'structure',
      'response-occurs',
      path,
      `the item ${shown(question.linkId)} takes at most ${most} answers, found ${count}`,
    );
}
