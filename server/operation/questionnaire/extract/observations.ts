/** Observation-based extraction. https://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction */
import { quantityOf, unitOf } from '../../../../profiles/questionnaire/answers-of.ts';
import type { Extended } from '../../../../profiles/questionnaire/expression.ts';
import { called, type FormItem, objectsOf, type TypedValue } from '../../../../profiles/questionnaire/form.ts';
import type { Answer, ResponseItem } from '../../../../profiles/questionnaire/response.ts';
import { circumstances } from '../../../../resources/questionnaire-response/observations.ts';
import { parseReference } from '../../../../resources/reference.ts';
import type {
  CodeableConcept,
  Coding,
  Observation,
  ObservationComponent,
  Quantity,
  Reference,
} from '../../../../resources/types.ts';
import { extensionParts, extensionValues, sdc } from '../extension.ts';
import { type Extraction, type Spot, textOf } from './extract.ts';

const EXTRACT = sdc('observationExtract');
const CATEGORY = sdc('observation-extract-category');
const SUBJECT = sdc('isSubject');

/** What holds for the items below. */
export interface Inherited {
  /** True, or how the Observation of an item stands to the one above it. */
  readonly extract: boolean | string;
  readonly category: readonly CodeableConcept[];
  readonly subject?: Reference;
  readonly parent?: Made;
}

/** An Observation; one of a group is sent only when others stand in it. */
interface Made {
  readonly observation: Mutable;
  readonly key: string;
  readonly item: FormItem;
  readonly spot: Spot;
}

type Mutable = { -readonly [K in keyof Observation]: Observation[K] };

export class ObservationExtraction {
  readonly #extraction: Extraction;
  readonly #made: Made[] = [];

  constructor(extraction: Extraction) {
    this.#extraction = extraction;
  }

  root(questionnaire: Extended): Inherited {
    return this.#inherited(questionnaire, { extract: false, category: [] });
  }

  /** Makes the Observations of one item; what holds below it. */
  enter(spot: Spot, outer: Inherited): Inherited {
    const { item } = spot;
    if (!item) return outer;
    const { form } = item;
    const held = this.#inherited(form.definition, { ...outer, ...subjectIn(item) });
    const codes = codesOf(form, held.extract !== false);
    if (codes.length === 0) return held;
    if (form.type === 'group') return { ...held, parent: this.#make(spot, item, codes, held, '') };
    let last: Made | undefined;
    for (const [at, answer] of item.answers.entries())
      last = this.#answer(spot, item, answer, String(at), codes, held) ?? last;
    return last ? { ...held, parent: last } : held;
  }

  /** Hands on what was made; groups only when something stands in them. */
  finish(): void {
    for (const { observation, key, item, spot } of this.#made) {
      const isEmpty = item.type === 'group' && !observation.hasMember && !observation.component;
      if (!isEmpty) this.#extraction.entries.add(observation, this.#terms(item, spot), key);
    }
  }

  #inherited({ extension }: Extended, outer: Inherited): Inherited {
    const [extract] = extensionValues({ extension }, EXTRACT);
    const category = extensionValues({ extension }, CATEGORY) as readonly CodeableConcept[];
    return {
      ...outer,
      ...(typeof extract === 'boolean' || typeof extract === 'string' ? { extract } : {}),
      ...(category.length > 0 ? { category } : {}),
    };
  }

  #answer(
    spot: Spot,
    item: ResponseItem & { readonly form: FormItem },
    { value, path }: Answer,
    at: string,
    codes: readonly Coding[],
    held: Inherited,
  ): Made | undefined {
    const { work } = this.#extraction;
    const told = value && observedValue(value, item.form);
    if (!told) {
      if (value)
        work.tell(
          'not-supported',
          path,
          `The answer to ${called(item.form)} is a ${value.type}, which no Observation has as its value`,
        );
      return undefined;
    }
    const { parent, extract } = held;
    if (parent && extract === 'component') {
      const component: ObservationComponent = { code: { coding: [...codes] }, ...told };
      parent.observation.component = [...(parent.observation.component ?? []), component];
      return undefined;
    }
    const made = this.#make(spot, item, codes, held, at);
    Object.assign(made.observation, told);
    return made;
  }

  #make(
    spot: Spot,
    { form }: ResponseItem & { readonly form: FormItem },
    codes: readonly Coding[],
    held: Inherited,
    at: string,
  ): Made {
    const { response, identity, work } = this.#extraction;
    const { category: _survey, derivedFrom, meta, ...common } = circumstances(response, work.now);
    const [terms] = extensionParts(form.definition, sdc('observationExtractEntry'));
    const key = `${spot.key}#${at}`;
    const id =
      textOf(terms?.get('resourceId'), spot.frame, form.path, this.#extraction) ?? identity.id('observation', key);
    const { parent, extract } = held;
    const partOf = (response.partOf ?? []).filter(isProcedure);
    const from = [
      ...(response.id === undefined ? [] : derivedFrom),
      ...(parent && extract === 'derived' ? [{ reference: `Observation/${parent.observation.id}` }] : []),
    ];
    const text = typeof form.definition.text === 'string' ? { text: form.definition.text } : {};
    const observation: Mutable = {
      resourceType: 'Observation',
      id,
      ...(meta ? { meta } : {}),
      status: response.status === 'amended' ? 'amended' : 'final',
      ...common,
      ...(partOf.length > 0 ? { partOf } : {}),
      ...(held.subject ? { subject: held.subject } : {}),
      ...(held.category.length > 0 ? { category: [...held.category] } : {}),
      code: { coding: [...codes], ...text },
      ...(from.length > 0 ? { derivedFrom: from } : {}),
    };
    if (parent && extract === 'member')
      parent.observation.hasMember = [...(parent.observation.hasMember ?? []), { reference: `Observation/${id}` }];
    const made = { observation, key, item: form, spot };
    this.#made.push(made);
    return made;
  }

  #terms(item: FormItem, { frame }: Spot) {
    const [terms] = extensionParts(item.definition, sdc('observationExtractEntry'));
    const text = (name: string) => textOf(terms?.get(name), frame, item.path, this.#extraction);
    return {
      fullUrl: text('fullUrl'),
      ifNoneMatch: text('ifNoneMatch'),
      ifModifiedSince: text('ifModifiedSince'),
      ifMatch: text('ifMatch'),
      ifNoneExist: text('ifNoneExist'),
    };
  }
}

const isProcedure = ({ reference = '' }: Reference): boolean => {
  const parsed = parseReference(reference);
  return parsed?.kind === 'literal' && parsed.type === 'Procedure';
};

/** The codes to extract: those that are marked, otherwise all where the item is extracted, but for those that are marked not to be. */
function codesOf({ definition }: FormItem, isExtracted: boolean): readonly Coding[] {
  const all = objectsOf(definition.code).map(([code]) => ({ code, wish: extensionValues(code, EXTRACT)[0] }));
  const marked = all.filter(({ wish }) => wish === true);
  const chosen = marked.length > 0 ? marked : isExtracted ? all.filter(({ wish }) => wish !== false) : [];
  return chosen.map(({ code: { extension: _wishes, ...code } }) => code as Coding);
}

/** Another subject, where an item of the group says so. */
function subjectIn({ content }: ResponseItem): { readonly subject?: Reference } {
  for (const { form, answers } of content.items) {
    if (!form || extensionValues(form.definition, SUBJECT)[0] !== true) continue;
    const value = answers[0]?.value;
    if (value?.type === 'Reference') return { subject: value.value as Reference };
  }
  return {};
}

type ObservationValue = Pick<
  Observation,
  | 'valueBoolean'
  | 'valueCodeableConcept'
  | 'valueDateTime'
  | 'valueInteger'
  | 'valueQuantity'
  | 'valueString'
  | 'valueTime'
>;

/** The answer as Observation.value[x]; undefined for what that cannot be. */
function observedValue({ type, value }: TypedValue, item: FormItem): ObservationValue | undefined {
  const unit = unitOf(item);
  switch (type) {
    case 'Boolean':
      return { valueBoolean: value as boolean };
    case 'Decimal':
      return { valueQuantity: quantityOf(value as number, unit) };
    case 'Integer':
      return unit ? { valueQuantity: quantityOf(value as number, unit) } : { valueInteger: value as number };
    case 'Date':
    case 'DateTime':
      return { valueDateTime: value as string };
    case 'Time':
      return { valueTime: value as string };
    case 'String':
    case 'Uri':
      return { valueString: value as string };
    case 'Coding': {
      const { extension: _points, ...coding } = value as Coding;
      return { valueCodeableConcept: { coding: [coding], ...(coding.display ? { text: coding.display } : {}) } };
    }
    case 'Quantity':
      return { valueQuantity: value as Quantity };
    default:
      return undefined;
  }
}
