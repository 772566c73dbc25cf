/**
 * The expressions of a form evaluated on a response: each on the item that it is declared for, with the variables of that item and of all that it
 * stands in. https://hl7.org/fhir/uv/sdc/expressions.html#fhirpath-supplements
 */
import { type TypedValue, typedValues } from '../../resources/fhirpath.ts';
import type { TimeBudget } from '../../resources/time-budget.ts';
import { nodeOf, type Surroundings, select } from '../fhirpath.ts';
import type { Scope, Walk } from '../walk.ts';
import { type Extended, expressionsOf, FHIRPATH, VARIABLE, variablesIn } from './expression.ts';
import { type Form, type FormItem, objectsOf } from './form.ts';
import type { Container, ResponseItem } from './response.ts';

/** Values of variables that no expression of FHIRPath gives: launch contexts, results of searches. */
export type Given = ReadonlyMap<string, unknown>;

/** An item of the form, or the form itself, beside what answers it. */
export interface Frame {
  readonly parent?: Frame;
  readonly definition: Extended;
  /** The response, its items, or nothing; as nodes. */
  readonly context: unknown;
  readonly given: Given;
  readonly known: Map<string, unknown>;
}

export interface FormExpressionsOptions {
  readonly form: Form;
  /** Of the response. */
  readonly scope: Scope;
  readonly walk: Walk;
  readonly budget: TimeBudget;
  /** By the response, or by the item of the response that they belong to. */
  readonly given?: { get(owner: object): Given | undefined };
  /** Whether the response is still being made, so that the values of variables change. */
  readonly isChanging?: boolean;
}

const NONE: Given = new Map();
// Variables that ask for variables: more than a person writes, and few enough for the stack.
const DEEPEST = 50;

/** For one state of the response: variables are evaluated when they are first asked for, and kept while the response does not change. */
export class FormExpressions {
  readonly root: Frame;
  readonly #options: FormExpressionsOptions;
  readonly #surroundings: Surroundings;
  readonly #fixed: Readonly<Record<string, unknown>>;
  readonly #frames = new Map<ResponseItem, Frame>();
  #depth = 0;

  constructor(options: FormExpressionsOptions) {
    const { form, scope, walk } = options;
    this.#options = options;
    this.#surroundings = { scope, walk, form };
    this.#fixed = {
      resource: scope.resource,
      rootResource: scope.rootResource,
      questionnaire: form.questionnaire,
      sct: 'http://snomed.info/sct',
      loinc: 'http://loinc.org',
    };
    this.root = this.#frame(form.questionnaire, scope.resource, this.#given(scope.resource));
  }

  /** The frame of an item that stands, or would stand, in `container`. */
  of(item: FormItem, container: Container): Frame {
    const found = container.items.filter(({ form }) => form === item);
    const [only] = found;
    if (only && found.length === 1) return this.#itemFrame(only, item, container);
    const nodes = found.map(({ source }) => nodeOf(source, ITEM));
    return this.#frame(item.definition, nodes, NONE, this.within(container));
  }

  /** The frame of one of several items that answer the same item of the form: a group that repeats. */
  ofItem(item: ResponseItem, container: Container): Frame {
    return item.form ? this.#itemFrame(item, item.form, container) : this.within(container);
  }

  /** The frame of an item that a response being made has in `parent`. */
  below(parent: Frame, item: FormItem, source: object): Frame {
    return this.#frame(item.definition, nodeOf(source, ITEM), this.#given(source), parent);
  }

  /** The frame of what the items of `container` belong to. */
  within({ owner, parent }: Container): Frame {
    return owner && parent ? this.ofItem(owner, parent) : this.root;
  }

  /** @throws Error when it cannot be evaluated: no FHIRPath, a variable that is not there, too much time */
  evaluate(expression: string, frame: Frame): readonly TypedValue[] {
    return typedValues(this.#select(expression, frame));
  }

  /** The same as nodes of fhirpath.js, which may be the values of variables. @throws as `evaluate` */
  nodes(expression: string, frame: Frame): readonly unknown[] {
    return this.#select(expression, frame);
  }

  #itemFrame(item: ResponseItem, form: FormItem, container: Container): Frame {
    const before = this.#frames.get(item);
    if (before) return before;
    const { source } = item;
    const frame = this.#frame(form.definition, nodeOf(source, ITEM), this.#given(source), this.within(container));
    this.#frames.set(item, frame);
    return frame;
  }

  #frame(definition: Extended, context: unknown, given: Given, parent?: Frame): Frame {
    return { definition, context, given, known: new Map(), ...(parent ? { parent } : {}) };
  }

  #given(owner: object): Given {
    return this.#options.given?.get(owner) ?? NONE;
  }

  #select(expression: string, frame: Frame): readonly unknown[] {
    const variables: Record<string, unknown> = { ...this.#fixed, context: frame.context };
    for (const name of variablesIn(expression)) {
      if (Object.hasOwn(variables, name)) continue;
      const value = name === 'qitem' ? qitemOf(frame) : this.#variable(name, frame);
      if (value !== undefined) variables[name] = value;
    }
    return this.#options.budget.run(() => select(expression, frame.context, variables, this.#surroundings));
  }

  /** The value in the nearest frame that has a variable of the name; undefined when none has. */
  #variable(name: string, from: Frame): unknown {
    for (let frame: Frame | undefined = from; frame; frame = frame.parent) {
      const given = frame.given.get(name) ?? frame.known.get(name);
      if (given !== undefined) return given;
      const declared = expressionsOf(frame.definition, VARIABLE).find(
        (each) => each.name === name && each.language === FHIRPATH,
      );
      if (!declared) continue;
      if (this.#depth >= DEEPEST) throw new Error(`the variable ${name} depends on itself`);
      this.#depth++;
      try {
        // A variable that overrides one of the same name may ask for it.
        const outer = variablesIn(declared.expression).has(name) ? without(name, frame) : frame;
        const value = this.#select(declared.expression, outer);
        if (!this.#options.isChanging) frame.known.set(name, value);
        return value;
      } finally {
        this.#depth--;
      }
    }
    return undefined;
  }
}

const ITEM = 'QuestionnaireResponse.item';

/** A frame that does not know the variable of that name. */
const without = (name: string, frame: Frame): Frame => ({
  ...frame,
  definition: {
    extension: objectsOf(frame.definition.extension)
      .map(([extension]) => extension)
      .filter((extension) => expressionsOf({ extension: [extension] }, VARIABLE)[0]?.name !== name),
  },
});

const qitemOf = ({ definition, parent }: Frame): unknown =>
  parent ? nodeOf(definition, 'Questionnaire.item') : undefined;
