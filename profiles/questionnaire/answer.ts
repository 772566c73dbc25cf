/** One answer against its question: the type, the options or the value set, the limits. https://hl7.org/fhir/R4/questionnaire.html#answers */
import type { JsonObject, ValueSet } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { containedIn } from '../contained.ts';
import type { Membership } from '../terminology.ts';
import { valueSetTest } from '../value-set.ts';
import { shown, type Walk } from '../walk.ts';
import { compareAnswers } from './compare.ts';
import { answerTypes, called, type Form, type FormItem, optionsOf, type TypedValue, typeName } from './form.ts';
import { checkLimits, optionList } from './limits.ts';
import type { Report } from './report.ts';
import type { Answer } from './response.ts';

export function checkAnswer(item: FormItem, answer: Answer, form: Form, report: Report, walk: Walk): void {
  const { value, path } = answer;
  if (!value) {
    if (answer.content.items.length === 0)
      report('required', 'answer-value', path, `has no value: an answer to ${called(item)} is ${expected(item)}`);
    return;
  }
  const types = answerTypes(item);
  if (!types.includes(value.type)) {
    // A choice that says nothing about its answers is taken as it comes.
    if (
      item.type === 'choice' &&
      value.type === 'String' &&
      optionsOf(item.definition).length === 0 &&
      !item.definition.answerValueSet
    )
      walk.warning(
        'structure',
        'answer-type',
        `${path}.value`,
        `is a string; an answer to the choice ${called(item)} is a Coding`,
      );
    else
      report(
        'structure',
        'answer-type',
        `${path}.value`,
        `is a ${typeName(value.type)}; an answer to ${called(item)} is ${expected(item)}`,
      );
    return;
  }
  checkOptions(item, value, path, form, report, walk);
  checkLimits(item, answer, value, report, walk);
}

const expected = (item: FormItem): string =>
  answerTypes(item)
    .map((type) => `a ${typeName(type)}`)
    .join(' or ');

function checkOptions(item: FormItem, value: TypedValue, path: string, form: Form, report: Report, walk: Walk): void {
  const free = item.type === 'open-choice' && value.type === 'String';
  if (free) return;
  const options = optionsOf(item.definition);
  const at = value.type === 'Coding' ? path : `${path}.value`;
  if (options.length > 0) {
    if (!options.some((option) => option.type === value.type && compareAnswers(value, option) === 0))
      report(
        'code-invalid',
        'answer-option',
        at,
        `${valueText(value)} is none of the options of ${called(item)}: ${optionList(item)}`,
      );
    return;
  }
  const valueSet: unknown = item.definition.answerValueSet;
  if (typeof valueSet !== 'string' || (value.type !== 'Coding' && value.type !== 'String')) return;
  checkMembership(item, value, valueSet, at, form, report, walk);
}

function checkMembership(
  item: FormItem,
  value: TypedValue,
  valueSet: string,
  at: string,
  form: Form,
  report: Report,
  walk: Walk,
): void {
  const coding = asObject(value.value) ?? {};
  const code = value.type === 'Coding' ? coding.code : value.value;
  const system = typeof coding.system === 'string' ? coding.system : undefined;
  if (typeof code !== 'string') {
    report(
      'code-invalid',
      'answer-value-set',
      at,
      `has no code; ${called(item)} takes one of the value set ${valueSet}`,
    );
    return;
  }
  const membership = contains(valueSet, system, code, form, walk);
  switch (membership.kind) {
    case 'yes':
      return;
    case 'no':
      report(
        'code-invalid',
        'answer-value-set',
        at,
        `${valueText(value)} is not in the value set ${valueSet}, from which ${called(item)} takes its answers`,
      );
      return;
    case 'unknown':
      walk.report(
        'information',
        'not-supported',
        'answer-unchecked',
        at,
        `${valueText(value)} is not checked against the value set ${valueSet}: ${membership.reason}`,
      );
  }
}

/** A value set may be contained in the Questionnaire (`#answers`). */
function contains(valueSet: string, system: string | undefined, code: string, form: Form, walk: Walk): Membership {
  if (!valueSet.startsWith('#')) return walk.terminology.contains(valueSet, system, code);
  const held = containedIn(form.questionnaire as unknown as JsonObject).find(({ id }) => id === valueSet.slice(1));
  if (held?.resourceType !== 'ValueSet')
    return { kind: 'unknown', reason: `the Questionnaire contains no ValueSet ${valueSet}` };
  return valueSetTest(held as unknown as ValueSet, walk.source, walk.terminology)(system, code);
}

function valueText({ value }: TypedValue): string {
  const coding = asObject(value);
  if (!coding) return shown(value);
  return coding.reference !== undefined
    ? shown(coding.reference)
    : `${typeof coding.system === 'string' ? coding.system : '(no system)'}|${String(coding.code ?? '')}`;
}
