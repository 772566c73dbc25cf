/** What populating and extracting share: the form, how its expressions are evaluated, how searches are asked, and what there is to tell. */
import { type Form, formOf } from '../../../profiles/questionnaire/form.ts';
import type { FormExpressions, Frame } from '../../../profiles/questionnaire/form-expressions.ts';
import type { DefinitionSource } from '../../../profiles/source.ts';
import { newWalk } from '../../../profiles/validate.ts';
import type { Walk } from '../../../profiles/walk.ts';
import { parseJson } from '../../../resources/json.ts';
import { type Issue, type IssueCode, issue } from '../../../resources/outcome.ts';
import { TimeBudget } from '../../../resources/time-budget.ts';
import type { AnyResource, Questionnaire } from '../../../resources/types.ts';
import type { ValuesOf } from '../x-fhir-query/filled.ts';
import type { Task } from './message.ts';

// What one expression may take, and all of one request.
const [EACH_MS, TOGETHER_MS] = [2_000, 10_000];
const MOST_ISSUES = 200;

export interface FormWork {
  readonly form: Form;
  readonly source: DefinitionSource;
  readonly walk: Walk;
  readonly budget: TimeBudget;
  readonly issues: readonly Issue[];
  readonly now: string;
  tell(code: IssueCode, path: string, text: string, severity?: 'warning' | 'information'): void;
  /** A searchset, or a resource. @throws Error with the reason */
  find(query: string): Promise<AnyResource>;
}

export function workOf(
  { questionnaire, now }: Task,
  source: DefinitionSource,
  ask: (query: string) => Promise<string>,
): FormWork {
  const issues: Issue[] = [];
  return {
    form: formOf(parseJson(questionnaire) as unknown as Questionnaire),
    source,
    walk: newWalk(source),
    budget: new TimeBudget(EACH_MS, TOGETHER_MS),
    issues,
    now,
    tell(code, path, text, severity = 'warning') {
      const told = issue(code, text, { severity, expression: path });
      const isNew = !issues.some(({ diagnostics, expression }) => diagnostics === text && expression?.[0] === path);
      if (isNew && issues.length < MOST_ISSUES) issues.push(told);
    },
    find: async (query) => parseJson(await ask(query)) as unknown as AnyResource,
  };
}

/** What gives the values in a search that stands there in the form. */
export const valuesAt =
  (expressions: FormExpressions, frame: Frame): ValuesOf =>
  (expression) =>
    expressions.evaluate(expression, frame).map(({ value }) => value);

export const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').slice(0, 300);
