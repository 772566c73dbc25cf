/**
 * The resources that a completed response says, as entries of a transaction. https://hl7.org/fhir/uv/sdc/extraction.html
 *
 * Ids follow from the response: who extracts it twice and sends both has each resource once.
 */
import { Enabling } from '../../../../profiles/questionnaire/enablement.ts';
import { type FormItem, formOf } from '../../../../profiles/questionnaire/form.ts';
import { FormExpressions, type Frame } from '../../../../profiles/questionnaire/form-expressions.ts';
import {
  type Container,
  containerOf,
  isAnswered,
  type ResponseItem,
} from '../../../../profiles/questionnaire/response.ts';
import { parseJson } from '../../../../resources/json.ts';
import type { JsonObject, QuestionnaireResponse } from '../../../../resources/types.ts';
import { extensionValues, sdc } from '../extension.ts';
import { type FormWork, reasonOf } from '../form-work.ts';
import type { Extracted, ExtractTask } from '../message.ts';
import { type Defined, DefinitionExtraction, OUTSIDE } from './definition.ts';
import { Entries } from './entries.ts';
import { Identity, keyed } from './identity.ts';
import { type Inherited, ObservationExtraction } from './observations.ts';
import { templatesAt } from './template.ts';

/** What the ways to extract share. */
export interface Extraction {
  readonly work: FormWork;
  readonly response: QuestionnaireResponse;
  readonly expressions: FormExpressions;
  readonly identity: Identity;
  readonly entries: Entries;
  readonly isScored: boolean;
}

/** One item of the response that is enabled, or the response itself. */
export interface Spot {
  readonly item?: ResponseItem & { readonly form: FormItem };
  readonly frame: Frame;
  /** Where in the response it is: the same for the same item. */
  readonly key: string;
}

export async function extract(task: ExtractTask, work: FormWork): Promise<Extracted> {
  const response = parseJson(task.response) as unknown as QuestionnaireResponse;
  const { form, walk, budget, issues } = work;
  const resource = response as unknown as JsonObject;
  const content = containerOf(response, 'QuestionnaireResponse', formOf(form.questionnaire));
  const identity = new Identity(response, form.questionnaire);
  const given = allocated(content, response, identity, work);
  const scope = { resource, rootResource: resource, path: 'QuestionnaireResponse' };
  const expressions = new FormExpressions({ form, scope, walk, budget, given });
  const entries = new Entries(task.baseUrl, identity);
  const extraction: Extraction = { work, response, expressions, identity, entries, isScored: task.isScored };
  await new Walker(extraction, new Enabling(form, expressions)).all(content);
  return { entry: entries.all, issues };
}

class Walker {
  readonly #extraction: Extraction;
  readonly #enabling: Enabling;
  readonly #definition: DefinitionExtraction;
  readonly #observation: ObservationExtraction;

  constructor(extraction: Extraction, enabling: Enabling) {
    this.#extraction = extraction;
    this.#enabling = enabling;
    this.#definition = new DefinitionExtraction(extraction);
    this.#observation = new ObservationExtraction(extraction);
  }

  async all(content: Container): Promise<void> {
    const { expressions, work, isScored } = this.#extraction;
    const { questionnaire } = work.form;
    const root: Spot = { frame: expressions.root, key: '' };
    const defined = await this.#definition.enter(questionnaire, 'Questionnaire', root, OUTSIDE);
    templatesAt(questionnaire, 'Questionnaire', root, this.#extraction);
    const observed = this.#observation.root(questionnaire);
    await this.#within(content, '', defined, observed);
    this.#definition.leave(defined);
    if (!isScored) this.#observation.finish();
  }

  async #within(container: Container, key: string, defined: Defined, observed: Inherited): Promise<void> {
    const { expressions, isScored } = this.#extraction;
    for (const [item, here] of keyed(container, key)) {
      const { form } = item;
      if (!form || !isAnswered(item) || this.#enabling.of(form, container) === 'disabled') continue;
      const spot: Spot = {
        item: { ...item, form },
        frame: expressions.ofItem(item, container),
        key: here,
      };
      const inner = await this.#definition.enter(form.definition, form.path, spot, defined);
      templatesAt(form.definition, form.path, spot, this.#extraction);
      const below = isScored ? observed : this.#observation.enter(spot, observed);
      await this.#within(item.content, spot.key, inner, below);
      for (const [index, answer] of item.answers.entries())
        await this.#within(answer.content, `${spot.key}/${index}`, inner, below);
      this.#definition.leave(inner);
    }
  }
}

/** The names that a form allocates ids under, with the ids: for the response, and for each item that repeats anew. */
function allocated(
  content: Container,
  response: QuestionnaireResponse,
  identity: Identity,
  { form }: FormWork,
): ReadonlyMap<object, ReadonlyMap<string, unknown>> {
  const given = new Map<object, ReadonlyMap<string, unknown>>();
  const allocate = (owner: object, names: readonly unknown[], key: string): void => {
    if (names.length > 0)
      given.set(owner, new Map(names.map((name) => [String(name), identity.urn('allocated', key, String(name))])));
  };
  const NAME = sdc('extractAllocateId');
  const walk = (container: Container, key: string): void => {
    for (const [item, here] of keyed(container, key)) {
      if (item.form) allocate(item.source, extensionValues(item.form.definition, NAME), here);
      walk(item.content, here);
      for (const [index, answer] of item.answers.entries()) walk(answer.content, `${here}/${index}`);
    }
  };
  allocate(response, extensionValues(form.questionnaire, NAME), '');
  walk(content, '');
  return given;
}

/** The first value of an expression as text; undefined, and told, when it cannot be evaluated. */
export function textOf(
  expression: unknown,
  frame: Frame,
  path: string,
  { expressions, work }: Pick<Extraction, 'expressions' | 'work'>,
): string | undefined {
  if (typeof expression !== 'string') return undefined;
  try {
    const [first] = expressions.evaluate(expression, frame);
    return first === undefined || typeof first.value === 'object' ? undefined : String(first.value);
  } catch (cause) {
    work.tell('processing', path, `${expression} cannot be evaluated: ${reasonOf(cause)}`);
    return undefined;
  }
}
