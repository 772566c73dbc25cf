/**
 * Expressions of definitions: FHIRPath in the process that keeps limits (fhirpath/evaluator.ts), and FHIR searches (../x-fhir-query), which see what the
 * caller may see. A definition may be anybody's, so one application has a budget. https://hl7.org/fhir/R4/plandefinition.html#dynamicvalue
 */
import { FHIRPATH, QUERY } from '../../../profiles/questionnaire/expression.ts';
import { parseJson, stringifyJson } from '../../../resources/json.ts';
import { FhirError, issue, tooLarge, unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource, Expression, JsonValue } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { clientExpressions } from '../fhirpath/evaluator.ts';
import type { ResultPart } from '../fhirpath/result.ts';
import { answerTo } from '../x-fhir-query/answer.ts';
import { filledQuery } from '../x-fhir-query/filled.ts';

/** Expressions and searches of one application, and the time that they may take together. A protocol has some ten, of milliseconds each. */
const MOST_EXPRESSIONS = 300;
const LONGEST_MS = 20_000;

/** What expressions know by name: JSON values. */
export type Variables = ReadonlyMap<string, JsonValue>;

export interface Evaluation {
  /** What FHIRPath gives on the subject, as parts of Parameters named by type. @throws FhirError 422, 413 */
  values(expression: Expression, variables: Variables, place: string): Promise<readonly ResultPart[]>;
  /** `Observation?patient=Patient/1`: a searchset of what the caller may see. */
  found(query: string): Promise<AnyResource>;
  /** The variables with one more, which `expression` names; a search with an expression that has no value finds nothing. */
  declared(expression: Expression, variables: Variables, place: string): Promise<Variables>;
}

export function evaluationOn(subject: AnyResource, context: Context): Evaluation {
  const resource = stringifyJson(subject);
  const end = performance.now() + LONGEST_MS;
  let left = MOST_EXPRESSIONS;

  function spend(): void {
    left -= 1;
    if (left < 0) throw tooLarge(`The definition has more than ${MOST_EXPRESSIONS} expressions`);
    if (performance.now() > end)
      throw tooLarge(`The expressions of the definition take more than ${LONGEST_MS / 1000} s`);
  }

  async function fhirpath(expression: string, variables: Variables): Promise<readonly ResultPart[]> {
    spend();
    const used = [...variables].filter(([name]) => expression.includes(`%${name}`));
    const text = await clientExpressions.evaluate({
      expression,
      resource,
      variables: Object.fromEntries(used.map(([name, value]) => [name, stringifyJson(value)])),
    });
    const results = parseJson(text) as unknown as readonly { readonly part?: readonly ResultPart[] }[];
    return results.flatMap(({ part = [] }) => part.filter(({ name }) => name !== 'trace'));
  }

  async function values(expression: Expression, variables: Variables, place: string): Promise<readonly ResultPart[]> {
    const text = textOf(expression, FHIRPATH, place);
    try {
      return await fhirpath(text, variables);
    } catch (cause) {
      throw named(place, text, cause);
    }
  }

  async function found(query: string): Promise<AnyResource> {
    spend();
    return parseJson(await answerTo(query, context)) as unknown as AnyResource;
  }

  async function searched(
    expression: Expression,
    variables: Variables,
    place: string,
  ): Promise<readonly AnyResource[]> {
    const text = textOf(expression, QUERY, place);
    try {
      const query = await filledQuery(text, async (each) => (await fhirpath(each, variables)).map(plainValue));
      return query === undefined ? [] : [await found(query)];
    } catch (cause) {
      throw named(place, text, cause);
    }
  }

  return {
    values,
    found,
    async declared(expression, variables, place) {
      const { name, language } = expression;
      if (name === undefined)
        throw unprocessable(`${place} is a variable without a name; expected Expression.name`, { expression: place });
      const value =
        language === QUERY
          ? await searched(expression, variables, place)
          : (await values(expression, variables, place)).map(plainValue);
      return new Map([...variables, [name, value as unknown as JsonValue]]);
    },
  };
}

/** A failure that says which expression it was; one that is no fault of the expression stays as it is. */
function named(place: string, text: string, cause: unknown): unknown {
  if (!(cause instanceof FhirError) || cause.status >= 500) return cause;
  const issues = [issue('processing', `${place}: '${text}': ${cause.message}`, { expression: place })];
  return new FhirError(cause.status === 413 ? 413 : 422, issues, { cause });
}

function textOf({ language, expression }: Expression, expected: string, place: string): string {
  if (language === expected && expression !== undefined) return expression;
  const found = expression === undefined ? 'no expression' : `an expression in ${language}`;
  throw unprocessable(`${place} has ${found}; this server evaluates ${FHIRPATH}, and ${QUERY} in variables`, {
    expression: place,
  });
}

/** The value in a part: a resource, or whatever its value[x] holds. */
export function plainValue(part: ResultPart): JsonValue | undefined {
  if (part.name === 'empty-string') return '';
  const name = Object.keys(part).find((each) => each === 'resource' || each.startsWith('value'));
  return name === undefined ? undefined : (part[name] as JsonValue);
}
