/** One answer against its question: type, limits, options, value set. https://hl7.org/fhir/R4/questionnaireresponse.html */
import { numeralOf } from '../../resources/numeral.ts';
import type { JsonObject } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { typeNamed } from '../reference.ts';
import { type Scope, shown, type Walk } from '../walk.ts';
import { answerValue, extensionValues, isSameCoding, objectsIn, type Value } from './item.ts';
import { checkLimits } from './limit.ts';
import { checkValueSet } from './option-value-set.ts';

/** The types of value that answer each type of question. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['boolean'],
  decimal: ['decimal'],
  integer: ['integer'],
  date: ['date'],
  dateTime: ['dateTime'],
  time: ['time'],
  string: ['string'],
  text: ['string'],
  url: ['uri'],
  choice: ['Coding', 'string', 'integer', 'date', 'time'],
  'open-choice': ['Coding', 'string', 'integer', 'date', 'time'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
};

/** Checks one answer; `questionnaire` is the resource that the question is from. */
export function checkAnswer(
  answer: JsonObject,
  question: JsonObject,
  questionnaire: JsonObject,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  const value = answerValue(answer);
  if (!value) return;
  const here = `${path}.value`;
  const types = TYPES[String(question.type)];
  if (types && !types.includes(value.type)) {
    walk.error(
      'structure',
      'answer-type',
      here,
      `the answer to ${shown(question.linkId)} is of type ${types[0]}, found ${value.type}`,
    );
    return;
  }
  checkLimits(value, numeralOf(answer, value.property), question, here, walk);
  if (value.type === 'string') checkLength(String(value.value), question, here, walk);
  if (value.type === 'Attachment') checkAttachment(asObject(value.value) ?? {}, question, path, walk);
  if (value.type === 'Reference') checkTarget(asObject(value.value)?.reference, question, here, walk);
  checkOptions(value, question, questionnaire, path, scope, walk);
}

function checkLength(text: string, question: JsonObject, path: string, walk: Walk): void {
  const { maxLength } = question;
  if (typeof maxLength === 'number' && text.length > maxLength)
    walk.error(
      'too-long',
      'answer-length',
      path,
      `the answer has ${text.length} characters, at most ${maxLength} allowed`,
    );
  const [least] = extensionValues(question, 'minLength');
  if (typeof least === 'number' && text.length < least)
    walk.error('value', 'answer-length', path, `the answer has ${text.length} characters, at least ${least} expected`);
  if (question.type === 'string' && text.includes('\n'))
    walk.warning('value', 'answer-lines', path, 'the answer is a string and has several lines');
}

function checkAttachment({ contentType, size }: JsonObject, question: JsonObject, path: string, walk: Walk): void {
  const allowed = extensionValues(question, 'mimeType');
  if (allowed.length > 0 && !allowed.includes(contentType))
    walk.error(
      'value',
      'answer-mime-type',
      path,
      `the content is ${shown(contentType)}, expected ${allowed.join(' or ')}`,
    );
  const [megabytes] = extensionValues(question, 'maxSize');
  if (typeof megabytes === 'number' && typeof size === 'number' && size > megabytes * 1024 * 1024)
    walk.error('too-long', 'answer-size', path, `the content has ${size} bytes, at most ${megabytes} MB allowed`);
}

function checkTarget(reference: unknown, question: JsonObject, path: string, walk: Walk): void {
  const allowed = extensionValues(question, 'questionnaire-referenceResource', 'referenceResource');
  const type = typeof reference === 'string' ? typeNamed(reference) : undefined;
  if (allowed.length > 0 && type !== undefined && !allowed.includes(type))
    walk.error('value', 'answer-target', path, `the reference is to a ${type}, expected ${allowed.join(' or ')}`);
}

function checkOptions(
  value: Value,
  question: JsonObject,
  questionnaire: JsonObject,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  // An open choice is free to be something else in words.
  if (question.type === 'open-choice' && value.type !== 'Coding') return;
  const options = objectsIn(question.answerOption).flatMap(({ object }) => answerValue(object) ?? []);
  if (options.length > 0) {
    if (options.some((option) => isOption(value, option))) return;
    // With an open choice, a coding of another origin is an answer in its own words.
    if (question.type === 'open-choice') return;
    walk.error(
      'code-invalid',
      'answer-option',
      path,
      `${shown(asObject(value.value)?.code ?? value.value)} is none of the options ${options
        .map(({ value }) => shown(asObject(value)?.code ?? value))
        .slice(0, 20)
        .join(', ')}`,
    );
  } else if (typeof question.answerValueSet === 'string') {
    checkValueSet(value, question.answerValueSet, question, questionnaire, path, scope, walk);
  }
}

function isOption(value: Value, option: Value): boolean {
  if (value.type === 'Coding' && option.type === 'Coding') return isSameCoding(value.value, option.value);
  if (value.type === 'Reference' && option.type === 'Reference')
    return asObject(value.value)?.reference === asObject(option.value)?.reference;
  return value.type === option.type && value.value === option.value;
}
