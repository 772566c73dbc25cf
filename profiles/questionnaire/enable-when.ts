/** Whether an item of a Questionnaire is enabled by the answers given. https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen */
import type { JsonObject } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { compareValues } from '../order.ts';
import { answerValue, isSameCoding, objectsIn } from './item.ts';

/** The lists of response items around an item, the innermost first: where the answers to its conditions are looked for. */
export type Surroundings = readonly (readonly JsonObject[])[];

export function isEnabled(item: JsonObject, surroundings: Surroundings): boolean {
  const conditions = objectsIn(item.enableWhen).map(({ object }) => object);
  if (conditions.length === 0) return true;
  const holds = (condition: JsonObject): boolean => isMet(condition, surroundings);
  return item.enableBehavior === 'all' ? conditions.every(holds) : conditions.some(holds);
}

function isMet(condition: JsonObject, surroundings: Surroundings): boolean {
  const answers = answersTo(String(condition.question), surroundings);
  const property = Object.keys(condition).find((key) => /^answer[A-Z]/.test(key));
  const expected = property === undefined ? undefined : condition[property];
  if (condition.operator === 'exists') return answers.length > 0 === (expected === true);
  if (condition.operator === '!=') return answers.length > 0 && !answers.some((answer) => isEqual(answer, expected));
  return answers.some((answer) => compares(answer, String(condition.operator), expected));
}

function compares(answer: JsonObject, operator: string, expected: unknown): boolean {
  if (operator === '=') return isEqual(answer, expected);
  const value = answerValue(answer);
  const order = value && compareValues(value.value, expected, value.type);
  if (order === undefined) return false;
  return operator === '>'
    ? order > 0
    : operator === '>='
      ? order >= 0
      : operator === '<'
        ? order < 0
        : operator === '<=' && order <= 0;
}

function isEqual(answer: JsonObject, expected: unknown): boolean {
  const value = answerValue(answer)?.value;
  if (!asObject(expected)) return value === expected;
  if (asObject(expected)?.value !== undefined) return compareValues(value, expected, 'Quantity') === 0;
  return isSameCoding(value, expected);
}

/** The answers to a question, from the nearest list around that has it. */
function answersTo(linkId: string, surroundings: Surroundings): readonly JsonObject[] {
  for (const items of surroundings) {
    const found = itemsWith(linkId, items);
    if (found.length > 0)
      return found
        .flatMap((item) => objectsIn(item.answer).map(({ object }) => object))
        .filter((answer) => answerValue(answer));
  }
  return [];
}

function itemsWith(linkId: string, items: readonly JsonObject[]): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const open = [...items];
  for (let at = 0; at < open.length; at++) {
    const item = open[at] ?? {};
    if (item.linkId === linkId) found.push(item);
    for (const { object } of objectsIn(item.item)) open.push(object);
    for (const { object: answer } of objectsIn(item.answer))
      for (const { object } of objectsIn(answer.item)) open.push(object);
  }
  return found;
}
