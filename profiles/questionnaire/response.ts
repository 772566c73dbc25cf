/** A QuestionnaireResponse as a tree of items beside the form that was answered. https://hl7.org/fhir/R4/questionnaireresponse.html */
import { asObject } from '../assertion.ts';
import { choiceOf, type Form, type FormItem, objectsOf, type TypedValue } from './form.ts';

export interface ResponseItem {
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
}

const DEEPEST = 100;

/** The items of a response (or of an item or answer), each with its item of the form. */
export function containerOf(owner: object, path: string, form: Form, parent?: Container, depth = 0): Container {
  const items: ResponseItem[] = [];
  const container: Container = { path, items, ...(parent ? { parent } : {}) };
  if (depth > DEEPEST) return container;
  for (const [item, at] of objectsOf((owner as { readonly item?: unknown }).item)) {
    const linkId = String(item.linkId ?? '');
    const here = `${path}.item[${at}]`;
    const known = form.byLinkId.get(linkId);
    items.push({
      linkId,
      path: here,
      ...(typeof item.text === 'string' ? { text: item.text } : {}),
      ...(known ? { form: known } : {}),
      content: containerOf(item, here, form, container, depth + 1),
      answers: objectsOf(item.answer).map(([answer, index]) => {
        const value = choiceOf(asObject(answer) ?? {}, 'value');
        const answerPath = `${here}.answer[${index}]`;
        return {
          path: answerPath,
          ...(value ? { value } : {}),
          content: containerOf(answer, answerPath, form, container, depth + 1),
        };
      }),
    });
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
