/**
 * A Questionnaire as validation needs it: its items with their parents, by linkId; and the values and extensions of one item.
 * https://hl7.org/fhir/R4/questionnaire.html
 */
import type { Extension, Questionnaire, QuestionnaireItem } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';

export interface FormItem {
  readonly linkId: string;
  readonly type: string;
  readonly definition: QuestionnaireItem;
  /** Where it stands: `Questionnaire.item[0].item[2]`. */
  readonly path: string;
  readonly parent?: FormItem;
  readonly children: readonly FormItem[];
  /** Its place in the whole Questionnaire, counted in reading order. */
  readonly place: number;
}

export interface Form {
  readonly questionnaire: Questionnaire;
  readonly items: readonly FormItem[];
  /** The first item of each linkId. */
  readonly byLinkId: ReadonlyMap<string, FormItem>;
  /** All items in reading order. */
  readonly all: readonly FormItem[];
}

const forms = new WeakMap<Questionnaire, Form>();

/** Items deeper than this are not looked at: the walk over the structure refuses them. */
const DEEPEST = 100;

/** The form of a Questionnaire, made once. Tolerates content that breaks R4: what is no item is left out. */
export function formOf(questionnaire: Questionnaire): Form {
  const known = forms.get(questionnaire);
  if (known) return known;
  const all: FormItem[] = [];
  const byLinkId = new Map<string, FormItem>();
  const read = (value: unknown, path: string, depth: number, parent?: FormItem): FormItem[] =>
    depth > DEEPEST
      ? []
      : objectsOf(value).map(([object, at]) => {
          const definition = object as unknown as QuestionnaireItem;
          const children: FormItem[] = [];
          const item: FormItem = {
            linkId: String(definition.linkId ?? ''),
            type: String(definition.type ?? ''),
            definition,
            path: `${path}.item[${at}]`,
            children,
            place: all.length,
            ...(parent ? { parent } : {}),
          };
          all.push(item);
          if (!byLinkId.has(item.linkId)) byLinkId.set(item.linkId, item);
          children.push(...read(definition.item, item.path, depth + 1, item));
          return item;
        });
  const form: Form = { questionnaire, items: read(questionnaire.item, 'Questionnaire', 0), byLinkId, all };
  forms.set(questionnaire, form);
  return form;
}

/** The objects of a JSON array, each with its index; nothing for what is no array. */
export const objectsOf = (value: unknown): readonly (readonly [Readonly<Record<string, unknown>>, number])[] =>
  Array.isArray(value)
    ? (value as readonly unknown[]).flatMap((item, at) => {
        const object = asObject(item);
        return object ? [[object, at] as const] : [];
      })
    : [];

export interface TypedValue {
  /** The FHIR type as the property has it: `Coding`, `String`, `DateTime`. */
  readonly type: string;
  readonly value: unknown;
  /** The object that holds it, and under which name: for the digits of decimals. */
  readonly owner: Readonly<Record<string, unknown>>;
  readonly property: string;
}

/** The value of a choice: `valueCoding` of an answer or option for `value`. */
export function choiceOf(owner: object, name: 'value' | 'answer'): TypedValue | undefined {
  for (const property in owner)
    if (property.startsWith(name) && /^[A-Z]/.test(property.slice(name.length))) {
      const record = owner as Readonly<Record<string, unknown>>;
      return { type: property.slice(name.length), value: record[property], owner: record, property };
    }
  return undefined;
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/';
const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** The values of an extension of an item, by the last part of its URL among those of HL7's core and SDC. */
export function extensionValues({ definition }: FormItem, name: string): readonly TypedValue[] {
  const extensions: unknown = definition.extension;
  return objectsOf(extensions).flatMap(([extension]) => {
    const { url } = extension as unknown as Extension;
    const matches = url === `${CORE}${name}` || url === `${CORE}questionnaire-${name}` || url === `${SDC}${name}`;
    const value = matches ? choiceOf(extension, 'value') : undefined;
    return value ? [value] : [];
  });
}

/** The number in an extension of an item. */
export function extensionNumber(item: FormItem, name: string): number | undefined {
  const value = extensionValues(item, name)[0]?.value;
  return typeof value === 'number' ? value : undefined;
}

/** How an item is spoken of: its linkId, and its text when that is short. */
export function called({ linkId, definition }: FormItem): string {
  const text = typeof definition.text === 'string' ? definition.text : '';
  return text !== '' && text !== linkId
    ? `'${linkId}' (${text.length > 60 ? `${text.slice(0, 57)}...` : text})`
    : `'${linkId}'`;
}

const TYPES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['Boolean'],
  decimal: ['Decimal'],
  integer: ['Integer'],
  date: ['Date'],
  dateTime: ['DateTime'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  url: ['Uri'],
  choice: ['Coding'],
  'open-choice': ['Coding', 'String'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
};

/** The types that an answer to an item can have: a choice takes those of its options too. Empty when it takes none. */
export function answerTypes({ type, definition }: FormItem): readonly string[] {
  const own = TYPES[type] ?? [];
  if (type !== 'choice' && type !== 'open-choice') return own;
  const offered = optionsOf(definition).map((option) => option.type);
  return [...new Set([...(type === 'choice' && offered.length > 0 ? [] : own), ...offered])];
}

const options = new WeakMap<QuestionnaireItem, readonly TypedValue[]>();

/** The values of the answerOptions of an item. */
export function optionsOf(item: QuestionnaireItem): readonly TypedValue[] {
  const known = options.get(item);
  if (known) return known;
  const made = objectsOf(item.answerOption).flatMap(([option]) => choiceOf(option, 'value') ?? []);
  options.set(item, made);
  return made;
}

/** `valueDateTime` holds a dateTime: the name of a type as the specification writes it. */
export const typeName = (type: string): string =>
  PRIMITIVES.has(type) ? type.charAt(0).toLowerCase() + type.slice(1) : type;
const PRIMITIVES = new Set(['Boolean', 'Decimal', 'Integer', 'Date', 'DateTime', 'Time', 'String', 'Uri']);
