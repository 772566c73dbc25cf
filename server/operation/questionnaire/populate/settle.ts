/** What follows from the answers that a form has been populated with: calculated answers, and which items are enabled. */
import { type Calculated, calculated, type FormState } from '../../../../profiles/questionnaire/calculation.ts';
import { Enabling } from '../../../../profiles/questionnaire/enablement.ts';
import { called } from '../../../../profiles/questionnaire/form.ts';
import type { FormExpressions } from '../../../../profiles/questionnaire/form-expressions.ts';
import {
  type Container,
  containerOf,
  isAnswered,
  type ResponseItem,
} from '../../../../profiles/questionnaire/response.ts';
import type { QuestionnaireResponseItem } from '../../../../resources/types.ts';
import type { FormWork } from '../form-work.ts';
import type { Draft } from './populate.ts';

// Calculations on calculations: each round carries a result one step further.
const MOST_ROUNDS = 20;

/** Calculates, leaves out the answers of what is not enabled, and calculates again. */
export function settle(response: Draft, expressions: () => FormExpressions, work: FormWork): void {
  calculateAll(response, expressions, work);
  if (leaveOut(stateOf(response, expressions, work), work)) calculateAll(response, expressions, work);
}

interface State extends FormState {
  readonly content: Container;
}

function stateOf(response: Draft, fresh: () => FormExpressions, { form, walk }: FormWork): State {
  const expressions = fresh();
  const content = containerOf(response, 'QuestionnaireResponse', form);
  return { form, walk, expressions, enabling: new Enabling(form, expressions), content };
}

function calculateAll(response: Draft, expressions: () => FormExpressions, work: FormWork): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const state = stateOf(response, expressions, work);
    const results = calculations(state.content, state);
    const changed = results.filter(([item, result]) => apply(item, result));
    if (changed.length > 0) continue;
    for (const [{ form }, result] of results)
      if (form && result.kind === 'failed')
        work.tell(
          'processing',
          form.path,
          `${called(form)} is not calculated: ${result.reason.slice(0, 300)} (${result.expression})`,
        );
    return;
  }
  work.tell(
    'processing',
    'Questionnaire',
    `Calculated answers still change after ${MOST_ROUNDS} rounds: they depend on themselves`,
  );
}

function calculations(container: Container, state: State): readonly (readonly [ResponseItem, Calculated])[] {
  return container.items.flatMap((item) => {
    const own = calculated(item, container, state);
    return [
      ...(own ? [[item, own] as const] : []),
      ...calculations(item.content, state),
      ...item.answers.flatMap(({ content }) => calculations(content, state)),
    ];
  });
}

/** Whether the item of the response has other answers than before. */
function apply({ source }: ResponseItem, result: Calculated): boolean {
  if (result.kind === 'failed') return false;
  // The object is of the response that is being made.
  const item = source as QuestionnaireResponseItem;
  const before = JSON.stringify((item.answer ?? []).map(({ item: _below, ...answer }) => answer));
  if (before === JSON.stringify(result.answers)) return false;
  if (result.answers.length > 0) item.answer = [...result.answers];
  else delete item.answer;
  return true;
}

/** Takes the answers away that the form would not take; whether there were any. */
function leaveOut({ content, enabling }: State, work: FormWork): boolean {
  const walk = (container: Container): boolean[] =>
    container.items.flatMap((item) => {
      const isOff = item.form !== undefined && enabling.of(item.form, container) === 'disabled';
      if (!isOff) return [item.content, ...item.answers.map(({ content: inner }) => inner)].flatMap(walk);
      if (!isAnswered(item)) return [];
      clear(item);
      if (item.form)
        work.tell(
          'informational',
          item.form.path,
          `${called(item.form)} is not enabled by the other answers: what it was populated with is left out`,
          'information',
        );
      return [true];
    });
  return walk(content).length > 0;
}

function clear({ source, content }: ResponseItem): void {
  delete (source as QuestionnaireResponseItem).answer;
  for (const item of content.items) clear(item);
}
