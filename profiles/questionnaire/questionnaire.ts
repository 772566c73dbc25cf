/**
 * A Questionnaire against itself, beyond the invariants of R4: conditions refer to questions that are there, with answers that those can have;
 * options, initial values and limits fit their items. https://hl7.org/fhir/R4/questionnaire.html
 */
import { nearest } from '../../resources/nearest.ts';
import type { Questionnaire } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import type { Scope, Walk } from '../walk.ts';
import { compareAnswers } from './compare.ts';
import {
  answerTypes,
  called,
  choiceOf,
  extensionValues,
  type Form,
  type FormItem,
  formOf,
  objectsOf,
  optionsOf,
  type TypedValue,
  typeName,
} from './form.ts';

export function checkQuestionnaire({ resource, path }: Scope, walk: Walk): void {
  const form = formOf(resource as unknown as Questionnaire);
  for (const item of form.all) {
    const at = path + item.path.slice('Questionnaire'.length);
    checkConditions(item, at, form, walk);
    checkOptions(item, at, walk);
    checkInitial(item, at, walk);
    checkLimits(item, at, walk);
  }
}

function checkConditions(item: FormItem, at: string, form: Form, walk: Walk): void {
  for (const [condition, index] of objectsOf(item.definition.enableWhen)) {
    const here = `${at}.enableWhen[${index}]`;
    const linkId = String(condition.question);
    const question = form.byLinkId.get(linkId);
    if (!question) {
      const suggestion = nearest(linkId, form.byLinkId.keys());
      walk.error(
        'not-found',
        'enable-when-question',
        here,
        `refers to '${linkId}', which is no item of this Questionnaire${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`,
      );
    } else if (isWithin(question, item)) {
      walk.error(
        'business-rule',
        'enable-when-inner',
        here,
        `${called(item)} is enabled by ${question === item ? 'itself' : `${called(question)}, which stands below it`}: it could never be answered`,
      );
    } else {
      checkExpected(item, question, condition, here, walk);
    }
  }
}

/** The value that a condition asks for is one that the question can have. */
function checkExpected(item: FormItem, question: FormItem, condition: object, at: string, walk: Walk): void {
  const { operator } = condition as { readonly operator?: unknown };
  const expected = choiceOf(condition, 'answer');
  const types = answerTypes(question);
  if (types.length === 0)
    walk.error(
      'business-rule',
      'enable-when-answer',
      at,
      `${called(item)} is enabled by ${called(question)}, a ${question.type}, which has no answers`,
    );
  else if (operator !== 'exists' && expected && !types.includes(expected.type))
    walk.error(
      'business-rule',
      'enable-when-answer',
      at,
      `compares with a ${typeName(expected.type)}; an answer to ${called(question)} is a ${types.map(typeName).join(' or a ')}`,
    );
  else if (operator === '=' && expected?.type === 'Coding' && question.type === 'choice') {
    const options = optionsOf(question.definition);
    if (options.length > 0 && !options.some((option) => compareAnswers(option, expected) === 0))
      walk.warning(
        'business-rule',
        'enable-when-answer',
        at,
        `compares with a code that is none of the options of ${called(question)}: ${called(item)} is never enabled`,
      );
  }
  if (question.place > item.place)
    walk.warning(
      'business-rule',
      'enable-when-order',
      at,
      `${called(question)} comes after ${called(item)}, which it enables`,
    );
}

const isWithin = (item: FormItem, ancestor: FormItem): boolean =>
  item === ancestor || (item.parent !== undefined && isWithin(item.parent, ancestor));

const OPTION_TYPES: Readonly<Record<string, readonly string[]>> = {
  choice: ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  'open-choice': ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  integer: ['Integer'],
  date: ['Date'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  reference: ['Reference'],
};

function checkOptions(item: FormItem, at: string, walk: Walk): void {
  const options = optionsOf(item.definition);
  const allowed = OPTION_TYPES[item.type];
  const seen = new Set<string>();
  for (const [index, option] of options.entries()) {
    const here = `${at}.answerOption[${index}]`;
    if (allowed && !allowed.includes(option.type))
      walk.error(
        'business-rule',
        'option-type',
        here,
        `is a ${typeName(option.type)}; ${called(item)} is of type ${item.type}`,
      );
    else if (seen.has(keyOf(option)))
      walk.warning('business-rule', 'option-duplicate', here, `${called(item)} has this option already`);
    seen.add(keyOf(option));
  }
}

/** Equal for options that are the same answer: the system and code of a coding, the reference, the plain value. */
function keyOf({ type, value }: TypedValue): string {
  const object = asObject(value);
  return JSON.stringify([type, object ? [object.system, object.code, object.reference, object.value] : value]);
}

function checkInitial(item: FormItem, at: string, walk: Walk): void {
  const types = answerTypes(item);
  for (const [initial, index] of objectsOf(item.definition.initial)) {
    const value = choiceOf(initial, 'value');
    if (value && types.length > 0 && !types.includes(value.type))
      walk.error(
        'business-rule',
        'initial-type',
        `${at}.initial[${index}]`,
        `is a ${typeName(value.type)}; an answer to ${called(item)} is a ${types.map(typeName).join(' or a ')}`,
      );
  }
}

function checkLimits(item: FormItem, at: string, walk: Walk): void {
  const [low] = extensionValues(item, 'minValue');
  const [high] = extensionValues(item, 'maxValue');
  if (low && high && (compareAnswers(low, high) ?? 0) > 0)
    walk.warning(
      'business-rule',
      'limits',
      at,
      `the least value of ${called(item)} is more than the greatest: nothing can be answered`,
    );
}
