/** The searches in a form: variables and contexts whose language is application/x-fhir-query, carried out while it is populated. */
import { asObject } from '../../../../profiles/assertion.ts';
import { containedIn } from '../../../../profiles/contained.ts';
import {
  type Extended,
  expressionsOf,
  FHIRPATH,
  QUERY,
  VARIABLE,
} from '../../../../profiles/questionnaire/expression.ts';
import { objectsOf } from '../../../../profiles/questionnaire/form.ts';
import type { FormExpressions, Frame } from '../../../../profiles/questionnaire/form-expressions.ts';
import type { AnyResource, JsonObject } from '../../../../resources/types.ts';
import { filledQuery } from '../../x-fhir-query/filled.ts';
import { hasMore } from '../../x-fhir-query/found.ts';
import { extensionValues, sdc } from '../extension.ts';
import { type FormWork, reasonOf, valuesAt } from '../form-work.ts';
import type { PopulateTask } from '../message.ts';

/** Carries out the searches among the variables that are declared at one place, in their order; what was sent by name is not searched for. */
export async function queriedVariables(
  definition: Extended,
  path: string,
  expressions: FormExpressions,
  frame: Frame,
  given: Map<string, unknown>,
  { isLocal }: PopulateTask,
  work: FormWork,
): Promise<void> {
  for (const { name, language, expression } of expressionsOf(definition, VARIABLE)) {
    if (name === undefined || language === FHIRPATH || given.has(name)) continue;
    given.set(name, []);
    if (language !== QUERY)
      work.tell(
        'not-supported',
        path,
        `The variable ${name} is not evaluated: its language ${language} is not known here`,
      );
    else if (isLocal) {
      const found = await searched(expression, path, `The variable ${name}`, expressions, frame, work);
      if (found) given.set(name, found);
    }
  }
}

/** What a search of a form finds; undefined, and told, when it cannot be carried out. */
export async function searched(
  expression: string,
  path: string,
  what: string,
  expressions: FormExpressions,
  frame: Frame,
  work: FormWork,
): Promise<AnyResource | undefined> {
  try {
    const query = await filledQuery(expression, valuesAt(expressions, frame));
    if (query === undefined) {
      work.tell('not-found', path, `${what} stays empty: something in ${expression} has no value`, 'information');
      return undefined;
    }
    const found = await work.find(query);
    if (hasMore(found)) work.tell('incomplete', path, `${what} has only the first matches of ${expression}`);
    return found;
  } catch (cause) {
    work.tell('processing', path, `${what} cannot be searched for: ${reasonOf(cause)} (${expression})`);
    return undefined;
  }
}

/**
 * Carries out the Bundles of searches that a form contains (sourceQueries); expressions know the results by the id of the Bundle.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-sourceQueries.html
 */
export async function sourceQueries(
  expressions: FormExpressions,
  given: Map<string, unknown>,
  { isLocal }: PopulateTask,
  work: FormWork,
): Promise<void> {
  const questionnaire = work.form.questionnaire as unknown as JsonObject;
  for (const reference of extensionValues(questionnaire, sdc('sourceQueries'))) {
    const id = String(asObject(reference)?.reference).replace(/^#/, '');
    const bundle = containedIn(questionnaire).find((each) => each.id === id);
    if (!bundle)
      work.tell('not-found', 'Questionnaire', `The Questionnaire contains no Bundle #${id} of sourceQueries`);
    if (!bundle || given.has(id)) continue;
    const entry: { readonly resource?: AnyResource }[] = [];
    for (const [{ request }, at] of objectsOf(bundle.entry)) {
      const { method, url } = asObject(request) ?? {};
      const isSearch = isLocal && method === 'GET' && typeof url === 'string';
      const what = `The search ${at + 1} of ${id}`;
      const found = isSearch
        ? await searched(url, 'Questionnaire', what, expressions, expressions.root, work)
        : undefined;
      entry.push(found ? { resource: found } : {});
    }
    given.set(id, { resourceType: 'Bundle', type: 'batch-response', entry });
  }
}
