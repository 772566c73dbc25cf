/**
 * Calculated answers: what a Questionnaire says that an answer is, against what the response states. The calculation is told; what is stated stays, for
 * a person may have known better. https://hl7.org/fhir/uv/sdc/expressions.html#calculatedExpression
 */
import type { QuestionnaireResponseItemAnswer } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { shown, type Walk } from '../walk.ts';
import { answersOf } from './answers-of.ts';
import { compareAnswers } from './compare.ts';
import type { Enabling } from './enablement.ts';
import { CALCULATED, expressionsOf, FHIRPATH } from './expression.ts';
import { called, choiceOf, type Form, type TypedValue } from './form.ts';
import type { FormExpressions } from './form-expressions.ts';
import type { Container, ResponseItem } from './response.ts';

export interface FormState {
  readonly form: Form;
  readonly expressions: FormExpressions;
  readonly enabling: Enabling;
  readonly walk: Walk;
}

/** What the expression of an item gives; undefined for an item that is not calculated. */
export type Calculated =
  | { readonly kind: 'answers'; readonly answers: readonly QuestionnaireResponseItemAnswer[] }
  | { readonly kind: 'failed'; readonly expression: string; readonly reason: string };

/** The calculated answers of an item that stands in `container`. */
export function calculated(
  item: ResponseItem,
  container: Container,
  { form: whole, expressions, walk }: FormState,
): Calculated | undefined {
  const { form } = item;
  const declared = form && expressionsOf(form.definition, CALCULATED)[0];
  if (!declared) return undefined;
  const { expression, language } = declared;
  if (language !== FHIRPATH) return { kind: 'failed', expression, reason: `its language ${language} is not evaluated` };
  try {
    const values = expressions.evaluate(expression, expressions.ofItem(item, container));
    const { answers, reasons } = answersOf(values, { item: form, form: whole, source: walk.source });
    const [reason] = reasons;
    return reason === undefined ? { kind: 'answers', answers } : { kind: 'failed', expression, reason };
  } catch (error) {
    return { kind: 'failed', expression, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Tells which stated answers are not those that the Questionnaire calculates. One that has nothing to calculate from is passed over. */
export function checkCalculated(container: Container, state: FormState): void {
  for (const item of container.items) {
    if (item.form && state.enabling.of(item.form, container) === 'disabled') continue;
    checkItem(item, container, state);
    checkCalculated(item.content, state);
    for (const { content } of item.answers) checkCalculated(content, state);
  }
}

function checkItem(item: ResponseItem, container: Container, state: FormState): void {
  const { form, answers, path } = item;
  if (!form || answers.length === 0) return;
  const result = calculated(item, container, state);
  if (!result) return;
  if (result.kind === 'failed') {
    state.walk.report(
      'information',
      'not-supported',
      'calculated-unchecked',
      path,
      `the answer to ${called(form)} is not calculated here: ${result.reason.slice(0, 200)}`,
    );
    return;
  }
  const stated = answers.flatMap(({ value }) => value ?? []);
  const expected = result.answers.flatMap((answer) => choiceOf(answer, 'value') ?? []);
  if (
    expected.length === 0 ||
    (expected.length === stated.length && expected.every((each, at) => isSame(stated[at], each)))
  )
    return;
  state.walk.warning(
    'business-rule',
    'calculated-value',
    path,
    `states ${stated.map(told).join(', ') || 'nothing'}; ${called(form)} is calculated by the Questionnaire, which gives ${expected.map(told).join(', ')}`,
  );
}

// Sums of decimals differ in their last binary digits.
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

function isSame(stated: TypedValue | undefined, expected: TypedValue): boolean {
  if (!stated) return false;
  const [a, b] = [amount(stated), amount(expected)];
  // A calculation gives a number where the answer has a unit.
  if (a !== undefined && b !== undefined && asObject(expected.value)?.code === undefined) return isClose(a, b);
  const order = stated.type === expected.type ? compareAnswers(stated, expected) : undefined;
  return order !== undefined && Math.abs(order) <= 1e-9;
}

function amount({ value }: TypedValue): number | undefined {
  const number = typeof value === 'number' ? value : asObject(value)?.value;
  return typeof number === 'number' ? number : undefined;
}

function told(value: TypedValue): string {
  const object = asObject(value.value);
  return String(amount(value) ?? object?.display ?? object?.code ?? object?.reference ?? shown(value.value));
}
