/**
 * Whether an item of a form is enabled by the answers that have been given: enableWhen with its behaviour, and expressions.
 * The question is looked for near the item first (the same group or answer), then further out. https://hl7.org/fhir/R4/questionnaire.html#enableWhen
 */
import type { QuestionnaireItemEnableWhen } from '../../resources/types.ts';
import { compareAnswers } from './compare.ts';
import { ENABLE_WHEN, FHIRPATH } from './expression.ts';
import { choiceOf, type Form, type FormItem, objectsOf, type TypedValue } from './form.ts';
import type { FormExpressions } from './form-expressions.ts';
import { type Container, itemsWith } from './response.ts';

/** `unknown`: an expression that cannot be evaluated here; neither presence nor absence of an answer is wrong then. */
export type Enablement = 'enabled' | 'disabled' | 'unknown';

const EXPRESSIONS = new Set([
  ENABLE_WHEN,
  'http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen',
]);

// Conditions on conditions: no form has so many behind one another, and each costs a piece of the stack.
const LONGEST_CHAIN = 100;

export class Enabling {
  readonly #form: Form;
  readonly #expressions: FormExpressions;
  readonly #known = new Map<Container, Map<FormItem, Enablement>>();
  #depth = 0;

  constructor(form: Form, expressions: FormExpressions) {
    this.#form = form;
    this.#expressions = expressions;
  }

  /** Of an item that stands, or would stand, in `container`. While it is being found out it counts as enabled: cycles end. */
  of(item: FormItem, container: Container): Enablement {
    let known = this.#known.get(container);
    if (!known) {
      known = new Map();
      this.#known.set(container, known);
    }
    const before = known.get(item);
    if (before) return before;
    if (this.#depth >= LONGEST_CHAIN) return 'unknown';
    known.set(item, 'enabled');
    this.#depth++;
    const result = this.#find(item, container);
    this.#depth--;
    known.set(item, result);
    return result;
  }

  #find(item: FormItem, container: Container): Enablement {
    const expression = expressionOf(item);
    if (expression !== undefined) return this.#evaluate(expression, item, container);
    const conditions = objectsOf(item.definition.enableWhen).map(
      ([condition]) => condition as unknown as QuestionnaireItemEnableWhen,
    );
    if (conditions.length === 0) return 'enabled';
    const holds = (condition: QuestionnaireItemEnableWhen): boolean =>
      isMet(condition, this.#answersTo(condition.question, container));
    const enabled = item.definition.enableBehavior === 'all' ? conditions.every(holds) : conditions.some(holds);
    return enabled ? 'enabled' : 'disabled';
  }

  #evaluate(expression: string, item: FormItem, container: Container): Enablement {
    try {
      // Empty is not enabled: only an answer that is there can enable.
      const values = this.#expressions.evaluate(expression, this.#expressions.of(item, container));
      return values.some(({ value }) => value === true) ? 'enabled' : 'disabled';
    } catch {
      return 'unknown';
    }
  }

  /** The answers to a question in the nearest container that has it; those of disabled items do not count. */
  #answersTo(linkId: string, from: Container): readonly TypedValue[] {
    const question = this.#form.byLinkId.get(linkId);
    for (let at: Container | undefined = from; at; at = at.parent) {
      const found = itemsWith(linkId, at);
      if (found.length === 0) continue;
      const container = at;
      if (question && this.of(question, container) === 'disabled') return [];
      return found.flatMap(({ answers }) => answers.flatMap(({ value }) => value ?? []));
    }
    return [];
  }
}

export function expressionOf({ definition }: FormItem): string | undefined {
  for (const [extension] of objectsOf(definition.extension)) {
    if (!EXPRESSIONS.has(String(extension.url))) continue;
    const value = choiceOf(extension, 'value')?.value;
    if (typeof value === 'string') return value;
    const { language, expression } = (value ?? {}) as { readonly language?: unknown; readonly expression?: unknown };
    if (language === FHIRPATH && typeof expression === 'string') return expression;
  }
  return undefined;
}

function isMet(condition: QuestionnaireItemEnableWhen, answers: readonly TypedValue[]): boolean {
  const expected = choiceOf(condition, 'answer');
  if (condition.operator === 'exists') return answers.length > 0 === (expected?.value !== false);
  if (!expected) return false;
  if (condition.operator === '!=') return answers.some((answer) => compareAnswers(answer, expected) !== 0);
  return answers.some((answer) => {
    const order = compareAnswers(answer, expected);
    return order !== undefined && (HOLDS[condition.operator]?.(order) ?? false);
  });
}

const HOLDS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
};
