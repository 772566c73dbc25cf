/**
 * A QuestionnaireResponse against the Questionnaire that it answers: every item known and in its place, what is required answered, what is
 * disabled left out, each answer of the right type and within its options and limits. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { nearest } from '../resources/nearest.ts';
import { TimeBudget } from '../resources/time-budget.ts';
import type { JsonObject, Questionnaire } from '../resources/types.ts';
import { containedIn } from './contained.ts';
import { checkAnswer } from './questionnaire/answer.ts';
import { checkCalculated } from './questionnaire/calculation.ts';
import { Enabling } from './questionnaire/enablement.ts';
import {
  answerTypes,
  called,
  extensionNumber,
  type Form,
  type FormItem,
  formOf,
  objectsOf,
} from './questionnaire/form.ts';
import { FormExpressions } from './questionnaire/form-expressions.ts';
import { type Report, reportTo } from './questionnaire/report.ts';
import { type Container, containerOf, isAnswered, type ResponseItem } from './questionnaire/response.ts';
import { splitCanonical } from './source.ts';
import type { Scope, Walk } from './walk.ts';

// Expressions of forms run in this process while a write waits.
const [EACH_MS, TOGETHER_MS] = [250, 1_000];

/** Checks a QuestionnaireResponse; one whose Questionnaire is not known is told to be unchecked. */
export function checkQuestionnaireResponse(scope: Scope, walk: Walk): void {
  const questionnaire = questionnaireOf(scope, walk);
  if (!questionnaire) return;
  const { resource, path } = scope;
  checkPeriod(resource, questionnaire, path, walk);
  const form = formOf(questionnaire);
  const isFinished = resource.status === 'completed' || resource.status === 'amended';
  const expressions = new FormExpressions({ form, scope, walk, budget: new TimeBudget(EACH_MS, TOGETHER_MS) });
  const enabling = new Enabling(form, expressions);
  const content = containerOf(resource, path, form);
  new Check(form, isFinished, enabling, reportTo(walk), walk).container(content, form.items);
  if (isFinished) checkCalculated(content, { form, expressions, enabling, walk });
}

function questionnaireOf({ resource, rootResource, path }: Scope, walk: Walk): Questionnaire | undefined {
  const canonical = resource.questionnaire;
  const at = `${path}.questionnaire`;
  const told = (reason: string): undefined => {
    walk.warning('not-found', 'questionnaire-unknown', at, `${reason}: the answers are not checked against it`);
  };
  if (typeof canonical !== 'string') {
    walk.report(
      'information',
      'not-found',
      'questionnaire-none',
      path,
      'names no Questionnaire: the answers are not checked',
    );
    return undefined;
  }
  if (canonical.startsWith('#')) {
    const held = [...containedIn(resource), ...containedIn(rootResource)].find(({ id }) => id === canonical.slice(1));
    return held?.resourceType === 'Questionnaire'
      ? (held as unknown as Questionnaire)
      : told(`the resource contains no Questionnaire ${canonical}`);
  }
  const found = walk.source.questionnaire?.(canonical);
  if (found) return found;
  const other = otherType(canonical, walk);
  if (other) {
    reportTo(walk)('invalid', 'questionnaire-type', at, `${canonical} is a ${other}, expected a Questionnaire`);
    return undefined;
  }
  const { url, version } = splitCanonical(canonical);
  const known = version === undefined ? undefined : walk.source.questionnaire?.(url);
  return told(
    known
      ? `version ${version} of the Questionnaire ${url} is not known here (${known.version ?? 'one without version'} is)`
      : `the Questionnaire ${canonical} is not known here`,
  );
}

function otherType(canonical: string, { source }: Walk): string | undefined {
  if (source.valueSet(canonical)) return 'ValueSet';
  if (source.codeSystem(canonical)) return 'CodeSystem';
  return source.structureDefinition(canonical) ? 'StructureDefinition' : undefined;
}

/** Answered outside the time for which the form was meant. */
function checkPeriod({ authored }: JsonObject, { effectivePeriod }: Questionnaire, path: string, walk: Walk): void {
  if (typeof authored !== 'string') return;
  const day = authored.slice(0, 10);
  const { start, end } = effectivePeriod ?? {};
  if (typeof end === 'string' && day > end.slice(0, 10))
    walk.warning(
      'business-rule',
      'questionnaire-period',
      `${path}.authored`,
      `${day} is after ${end}, the last day of the Questionnaire`,
    );
  if (typeof start === 'string' && day < start.slice(0, day.length))
    walk.warning(
      'business-rule',
      'questionnaire-period',
      `${path}.authored`,
      `${day} is before ${start}, the first day of the Questionnaire`,
    );
}

class Check {
  readonly #form: Form;
  readonly #isFinished: boolean;
  readonly #enabling: Enabling;
  readonly #report: Report;
  readonly #walk: Walk;

  constructor(form: Form, isFinished: boolean, enabling: Enabling, report: Report, walk: Walk) {
    this.#form = form;
    this.#isFinished = isFinished;
    this.#enabling = enabling;
    this.#report = report;
    this.#walk = walk;
  }

  /** The items that stand together against the items that the form has there. */
  container(container: Container, expected: readonly FormItem[]): void {
    if (this.#walk.isFull) return;
    const here = new Set(expected);
    const byForm = new Map<FormItem, ResponseItem[]>();
    let last = -1;
    for (const item of container.items) {
      const { form } = item;
      if (!form) this.#unknownItem(item);
      else if (!here.has(form)) this.#misplaced(item, form, container);
      else if (form.place < last)
        this.#report(
          'structure',
          'item-order',
          item.path,
          `${called(form)} comes too late: items stand in the order of the Questionnaire`,
        );
      else last = form.place;
      const same = form && byForm.get(form);
      if (same) same.push(item);
      else if (form) byForm.set(form, [item]);
    }
    for (const form of expected) {
      const items = byForm.get(form) ?? [];
      if (this.#enabling.of(form, container) === 'disabled') this.#disabled(items, form);
      else this.#enabled(items, form, container);
    }
  }

  #unknownItem({ linkId, path }: ResponseItem): void {
    const suggestion = nearest(linkId, this.#form.byLinkId.keys());
    this.#report(
      'not-found',
      'item-unknown',
      path,
      `the Questionnaire has no item '${linkId}'${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`,
    );
  }

  #misplaced(item: ResponseItem, form: FormItem, container: Container): void {
    const place = form.parent ? `under ${called(form.parent)}` : 'at the top';
    this.#report('structure', 'item-misplaced', item.path, `${called(form)} stands ${place}, not here`);
    if (this.#enabling.of(form, container) !== 'disabled') this.#item(item, form);
  }

  #disabled(items: readonly ResponseItem[], form: FormItem): void {
    for (const item of items)
      if (isAnswered(item))
        this.#report(
          'invalid',
          'item-disabled',
          item.path,
          `${called(form)} is answered, and is not enabled: ${conditionText(form)}`,
        );
  }

  #enabled(items: readonly ResponseItem[], form: FormItem, container: Container): void {
    const [first, second] = items;
    if (!first) {
      if (form.definition.required === true && this.#isFinished && this.#enabling.of(form, container) === 'enabled')
        this.#report('required', 'item-required', container.path, `${called(form)} is required and is not answered`);
      return;
    }
    // A group that repeats is there once for each time; a question once, with several answers.
    if (second && !(form.type === 'group' && form.definition.repeats === true))
      this.#report(
        'structure',
        'item-repeated',
        second.path,
        form.definition.repeats === true
          ? `${called(form)} is there ${items.length} times: a question that repeats is one item with several answers`
          : `${called(form)} is there ${items.length} times, and does not repeat`,
      );
    for (const item of items) this.#item(item, form);
  }

  /** One item that stands where it belongs, or has been reported not to. */
  #item(item: ResponseItem, form: FormItem): void {
    this.#text(item, form);
    if (answerTypes(form).length === 0) {
      if (item.answers.length > 0)
        this.#report(
          'structure',
          'item-no-answers',
          item.path,
          `${called(form)} is a ${form.type}, which has no answers`,
        );
      this.container(item.content, form.children);
      return;
    }
    this.#counts(item, form);
    for (const answer of item.answers) {
      checkAnswer(form, answer, this.#form, this.#report, this.#walk);
      this.container(answer.content, form.children);
    }
    for (const child of item.content.items)
      this.#report(
        'structure',
        'item-misplaced',
        child.path,
        `stands under the item ${called(form)}: what belongs to a question stands under its answer`,
      );
  }

  #text({ text, path }: ResponseItem, { definition, linkId }: FormItem): void {
    if (text === undefined || typeof definition.text !== 'string') return;
    if (wordings(definition).some((wording) => sameText(wording, text))) return;
    this.#report(
      'invalid',
      'item-text',
      path,
      `the text of '${linkId}' is '${definition.text.slice(0, 120)}', found '${text.slice(0, 120)}'`,
    );
  }

  #counts(item: ResponseItem, form: FormItem): void {
    const { answers, path } = item;
    const count = answers.length;
    if (count === 0 && form.definition.required === true && this.#isFinished)
      this.#report('required', 'item-required', path, `${called(form)} is required and is not answered`);
    if (count > 1 && form.definition.repeats !== true)
      this.#report('structure', 'item-answers', path, `${called(form)} has ${count} answers, and takes one`);
    const least = extensionNumber(form, 'minOccurs');
    if (least !== undefined && count < least && this.#isFinished)
      this.#report(
        'required',
        'item-min-occurs',
        path,
        `${called(form)} has ${count} answers, and needs at least ${least}`,
      );
    const most = extensionNumber(form, 'maxOccurs');
    if (most !== undefined && count > most)
      this.#report(
        'structure',
        'item-max-occurs',
        path,
        `${called(form)} has ${count} answers, and takes at most ${most}`,
      );
  }
}

/** What enables an item, in words. */
function conditionText({ definition }: FormItem): string {
  const conditions = objectsOf(definition.enableWhen).map(([{ question, operator, ...rest }]) => {
    const [value] = Object.entries(rest).flatMap(([name, each]) => (name.startsWith('answer') ? [each] : []));
    const { code } = (value ?? {}) as { readonly code?: unknown };
    return `'${String(question)}' ${String(operator)} ${String(code ?? (typeof value === 'object' ? JSON.stringify(value) : value))}`;
  });
  if (conditions.length === 0) return 'its expression is not true';
  return `it asks for ${conditions.join(definition.enableBehavior === 'all' ? ' and ' : ' or ')}`;
}

const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';

/** The text of an item, and its translations. */
function wordings(definition: FormItem['definition']): readonly string[] {
  const translations = objectsOf(definition._text?.extension).flatMap(([{ url, extension }]) =>
    url === TRANSLATION
      ? objectsOf(extension).flatMap(([{ url: part, valueString, valueMarkdown }]) => {
          const content = valueString ?? valueMarkdown;
          return part === 'content' && typeof content === 'string' ? [content] : [];
        })
      : [],
  );
  return [definition.text ?? '', ...translations];
}

const sameText = (a: string, b: string): boolean =>
  a === b || a.trim().replace(/\s+/g, ' ') === b.trim().replace(/\s+/g, ' ');
