/**
 * The items of a response being populated, in the order of the form: groups once for each row of their context, questions with what their expression,
 * an observation, an earlier response or the form itself gives.
 */
import { answersOf } from '../../../../profiles/questionnaire/answers-of.ts';
import {
  type Extended,
  expressionsOf,
  INITIAL,
  POPULATION_CONTEXT,
} from '../../../../profiles/questionnaire/expression.ts';
import { answerTypes, called, choiceOf, type FormItem, objectsOf } from '../../../../profiles/questionnaire/form.ts';
import type { Frame } from '../../../../profiles/questionnaire/form-expressions.ts';
import type { TypedValue } from '../../../../resources/fhirpath.ts';
import type { QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from '../../../../resources/types.ts';
import { type Bound, type Observed, observed } from './observation.ts';
import type { Draft } from './populate.ts';
import { isCarriedOver, type Previous } from './previous.ts';
import { type Populating, rowsOf, valuesOf } from './rows.ts';
import { queriedVariables } from './searched.ts';

/** Where items are added. */
interface Holder {
  item?: QuestionnaireResponseItem[];
}

interface Place {
  readonly frame: Frame;
  /** What the same place of the earlier response holds. */
  readonly previous?: Previous;
  /** The form, and the items that these stand in: what they say of populating holds further in. The innermost is first. */
  readonly inherited: readonly Extended[];
  /** The Observation that these are parts of. */
  readonly bound?: Bound;
}

interface Filled extends Populating {
  readonly given: Map<object, Map<string, unknown>>;
  readonly response: Draft;
}

type Answers = readonly QuestionnaireResponseItemAnswer[];

// A form that repeats a group for each row of a search is read by a person.
const MOST_ITEMS = 5_000;

export class Filling {
  readonly #filled: Filled;
  #count = 0;

  constructor(filled: Filled) {
    this.#filled = filled;
  }

  /** Adds the items of one place to `holder`. */
  async items(items: readonly FormItem[], holder: Holder, place: Place): Promise<void> {
    for (const item of items) {
      if (item.type === 'group') await this.#group(item, holder, place);
      else await this.#question(item, holder, place);
    }
  }

  async #group(item: FormItem, holder: Holder, place: Place): Promise<void> {
    const inherited = [item.definition, ...place.inherited];
    const repeats = item.definition.repeats === true;
    // A group that does not repeat is the same in both, whether or not all in it is taken over.
    const earlier =
      repeats && !isCarriedOver(inherited)
        ? []
        : (place.previous?.item ?? []).filter(({ linkId }) => linkId === item.linkId);
    const [declared] = expressionsOf(item.definition, POPULATION_CONTEXT);
    const what = `The context of ${called(item)}`;
    let rows = declared ? await rowsOf(declared, place.frame, item.path, what, this.#filled) : [];
    const bound = (await this.#observed(item, inherited, place)).bound ?? place.bound;
    if (rows.length > 1 && !repeats) {
      this.#tell(
        item,
        'multiple-matches',
        `${called(item)} does not repeat, and its context has ${rows.length} rows: none is used`,
      );
      rows = [];
    }
    const times = Math.max(1, rows.length, rows.length === 0 && repeats ? earlier.length : 0);
    for (let at = 0; at < times; at++) {
      const made = this.#add(item, holder);
      if (!made) return;
      const given = new Map<string, unknown>();
      if (declared?.name !== undefined) given.set(declared.name, rows[at] ?? []);
      const frame = await this.#frame(item, made, given, place);
      const before = rows.length > 0 ? undefined : earlier[at];
      await this.items(item.children, made, {
        frame,
        inherited,
        ...(before ? { previous: before } : {}),
        ...(bound ? { bound } : {}),
      });
    }
  }

  async #question(item: FormItem, holder: Holder, place: Place): Promise<void> {
    const made = this.#add(item, holder);
    if (!made || answerTypes(item).length === 0) return;
    const frame = await this.#frame(item, made, new Map(), place);
    const inherited = [item.definition, ...place.inherited];
    const earlier = isCarriedOver(inherited)
      ? (place.previous?.item ?? []).find(({ linkId }) => linkId === item.linkId)
      : undefined;
    const found = await this.#answers(item, frame, inherited, earlier, place);
    const answers = this.#permitted(item, found.answers);
    if (answers.length === 0) return;
    const bound = found.bound ?? place.bound;
    made.answer = answers.map(({ item: _below, ...answer }) => ({ ...answer }));
    for (const [at, answer] of made.answer.entries()) {
      const before = answers === earlier?.answer ? answers[at] : undefined;
      await this.items(item.children, answer, {
        frame,
        inherited,
        ...(before ? { previous: before } : {}),
        ...(bound ? { bound } : {}),
      });
    }
  }

  /** The first of the ways to populate that gives an answer. */
  async #answers(
    item: FormItem,
    frame: Frame,
    inherited: readonly Extended[],
    earlier: QuestionnaireResponseItem | undefined,
    place: Place,
  ): Promise<{ readonly answers: Answers; readonly bound?: Bound }> {
    for (const declared of expressionsOf(item.definition, INITIAL)) {
      const rows = await rowsOf(declared, frame, item.path, called(item), this.#filled);
      const found = this.#converted(valuesOf(rows), item, declared.expression);
      if (found.length > 0) return { answers: found };
    }
    const { answer, bound } = await this.#observed(item, inherited, place);
    if (answer) return { answers: [answer], ...(bound ? { bound } : {}) };
    if (earlier?.answer?.length) return { answers: earlier.answer };
    return { answers: initialAnswers(item) };
  }

  async #observed(item: FormItem, inherited: readonly Extended[], { bound }: Place): Promise<Observed> {
    const { work, task, response } = this.#filled;
    const subject = response.subject?.reference;
    return task.isLocal && subject !== undefined ? observed(item, inherited, subject, bound, work) : {};
  }

  #converted(values: readonly TypedValue[], item: FormItem, expression: string): Answers {
    const { form, source } = this.#filled.work;
    const { answers, reasons } = answersOf(values, { item, form, source });
    for (const reason of reasons)
      this.#tell(item, 'value', `${called(item)} is not populated: ${reason} (${expression})`);
    return answers;
  }

  /** A question that takes one answer is left to the person when there are several. */
  #permitted(item: FormItem, answers: Answers): Answers {
    if (answers.length <= 1 || item.definition.repeats === true) return answers;
    this.#tell(
      item,
      'multiple-matches',
      `${called(item)} takes one answer, and ${answers.length} are found: none is used`,
    );
    return [];
  }

  #add({ linkId, definition }: FormItem, holder: Holder): QuestionnaireResponseItem | undefined {
    this.#count += 1;
    if (this.#count > MOST_ITEMS) {
      this.#filled.work.tell(
        'too-costly',
        'Questionnaire',
        `The response has more than ${MOST_ITEMS} items: the rest is left out`,
      );
      return undefined;
    }
    const made: QuestionnaireResponseItem = {
      linkId,
      ...(typeof definition.text === 'string' ? { text: definition.text } : {}),
    };
    holder.item ??= [];
    holder.item.push(made);
    return made;
  }

  async #frame(item: FormItem, made: object, own: Map<string, unknown>, { frame: parent }: Place): Promise<Frame> {
    const { expressions, given, task, work } = this.#filled;
    given.set(made, own);
    const frame = expressions.below(parent, item, made);
    await queriedVariables(item.definition, item.path, expressions, frame, own, task, work);
    return frame;
  }

  #tell({ path }: FormItem, code: 'multiple-matches' | 'value', text: string): void {
    this.#filled.work.tell(code, path, text);
  }
}

/** initial[x], and the options that are selected from the beginning. */
function initialAnswers({ definition }: FormItem): Answers {
  const given = objectsOf(definition.initial).map(([initial]) => initial);
  const selected = objectsOf(definition.answerOption).flatMap(([option]) =>
    option.initialSelected === true ? [option] : [],
  );
  return [...given, ...(given.length > 0 ? [] : selected)].flatMap((holder) => {
    const value = choiceOf(holder, 'value');
    // The types of initial[x] and answerOption.value[x] are those of answers.
    return value ? [{ [value.property]: value.value } as QuestionnaireResponseItemAnswer] : [];
  });
}
