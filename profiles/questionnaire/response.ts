/** A QuestionnaireResponse as a tree of items beside the form that was answered. https://hl7.org/fhir/R4/questionnaireresponse.html */
import { choiceOf, type Form, type FormItem, objectsOf, type TypedValue } from './form.ts';

export interface ResponseItem {
  /** The JSON object that this is. */
  readonly source: object;
  readonly linkId: string;
  readonly text?: string;
  readonly path: string;
  /** The item of the form with this linkId, wherever it stands. */
  readonly form?: FormItem;
  readonly answers: readonly Answer[];
  /** The items directly below: those of a group. Those under an answer stand with the answer. */
  readonly content: Container;
}

export interface Answer {
  readonly value?: TypedValue;
  readonly path: string;
  readonly content: Container;
}

/** Items that stand together: of the response, of a group, of an answer. */
export interface Container {
  readonly path: string;
  readonly items: readonly ResponseItem[];
  readonly parent?: Container;
  /** The item that these items belong to, directly or by one of its answers; absent at the top. It stands in `parent`. */
  readonly owner?: ResponseItem;
}

const DEEPEST = 100;

/** The items of a response, each with its item of the form. */
export const containerOf = (response: object, path: string, form: Form): Container =>
  contentOf(response, path, form, undefined, undefined, 0);

function contentOf(
  source: object,
  path: string,
  form: Form,
  parent: Container | undefined,
  owner: ResponseItem | undefined,
  depth: number,
): Container {
  const items: ResponseItem[] = [];
  const container: Container = { path, items, ...(parent ? { parent } : {}), ...(owner ? { owner } : {}) };
  if (depth > DEEPEST) return container;
  for (const [item, at] of objectsOf((source as { readonly item?: unknown }).item)) {
    const linkId = String(item.linkId ?? '');
    const here = `${path}.item[${at}]`;
    const known = form.byLinkId.get(linkId);
    const inner = (of: object, innerPath: string, self: ResponseItem): Container =>
      contentOf(of, innerPath, form, container, self, depth + 1);
    const answers: Answer[] = [];
    const self: ResponseItem = {
      source: item,
      linkId,
      path: here,
      ...(typeof item.text === 'string' ? { text: item.text } : {}),
      ...(known ? { form: known } : {}),
      get content() {
        return content;
      },
      answers,
    };
    const content = inner(item, here, self);
    for (const [answer, index] of objectsOf(item.answer)) {
      const value = choiceOf(answer, 'value');
      const answerPath = `${here}.answer[${index}]`;
      answers.push({
        path: answerPath,
        ...(value ? { value } : {}),
        content: inner(answer, answerPath, self),
      });
    }
    items.push(self);
  }
  return container;
}

/** The items of a container and everything below it. */
function* descendants({ items }: Container): Generator<ResponseItem> {
  for (const item of items) {
    yield item;
    yield* descendants(item.content);
    for (const { content } of item.answers) yield* descendants(content);
  }
}

const indexes = new WeakMap<Container, ReadonlyMap<string, readonly ResponseItem[]>>();

/** The items of a container and below it that have a linkId; indexed at the first question. */
export function itemsWith(linkId: string, container: Container): readonly ResponseItem[] {
  let index = indexes.get(container);
  if (!index) {
    const made = new Map<string, ResponseItem[]>();
    for (const item of descendants(container)) {
      const same = made.get(item.linkId);
      if (same) same.push(item);
      else made.set(item.linkId, [item]);
    }
    index = made;
    indexes.set(container, index);
  }
  return index.get(linkId) ?? [];
}

/** Whether an item holds an answer, itself or below. */
export const isAnswered = (item: ResponseItem): boolean =>
  item.answers.length > 0 || [...descendants(item.content)].some(({ answers }) => answers.length > 0);
