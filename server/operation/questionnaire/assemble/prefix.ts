/** linkIdPrefix: what a module's linkIds, conditions and contained resources begin with, so that it can be put into a form more than once. */
import { type Extended, expressionsOf, VARIABLE } from '../../../../profiles/questionnaire/expression.ts';
import { unprocessable } from '../../../../resources/outcome.ts';
import type { Questionnaire, QuestionnaireItem } from '../../../../resources/types.ts';

/**
 * The prefix in force within `place`. The variable is made of texts and of the prefix around it: `%linkIdPrefix + 'name.'`.
 * @throws FhirError 422 for an expression of another form
 */
export function prefixOf(place: Extended, around: string | undefined): string | undefined {
  const declared = expressionsOf(place, VARIABLE).find(({ name }) => name === 'linkIdPrefix');
  if (!declared) return around;
  return declared.expression
    .split(/\s*[+&]\s*(?=(?:[^']*'[^']*')*[^']*$)/)
    .map((term) => {
      const [, text] = /^'([A-Za-z0-9._/-]*)'$/.exec(term.trim()) ?? [];
      if (text !== undefined) return text;
      if (term.trim() === '%linkIdPrefix') return around ?? '';
      throw unprocessable(
        `linkIdPrefix is ${declared.expression}; expected texts of letters, digits, '.', '-' and '/', joined with +`,
        { expression: 'Questionnaire' },
      );
    })
    .join('');
}

/** The Questionnaire with the prefix before each linkId, each question of a condition, and each id of what it contains. */
export function withPrefix(questionnaire: Questionnaire, prefix: string): Questionnaire {
  if (prefix === '') return questionnaire;
  const ids = new Set((questionnaire.contained ?? []).map(({ id }) => `#${String(id)}`));
  const referring = <T>(value: T): T => renamed(value, ids, prefix) as T;
  const item = (each: QuestionnaireItem): QuestionnaireItem => ({
    ...each,
    linkId: prefix + each.linkId,
    ...(each.enableWhen
      ? { enableWhen: each.enableWhen.map((condition) => ({ ...condition, question: prefix + condition.question })) }
      : {}),
    ...(each.item ? { item: each.item.map(item) } : {}),
  });
  return {
    ...questionnaire,
    ...(questionnaire.contained
      ? { contained: referring(questionnaire.contained).map((each) => ({ ...each, id: prefix + String(each.id) })) }
      : {}),
    item: referring(questionnaire.item ?? []).map(item),
  };
}

/** References to what is contained, wherever they stand. */
function renamed(value: unknown, ids: ReadonlySet<string>, prefix: string): unknown {
  if (typeof value === 'string') return ids.has(value) ? `#${prefix}${value.slice(1)}` : value;
  if (Array.isArray(value)) return value.map((each) => renamed(each, ids, prefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, ids, prefix)]));
}
