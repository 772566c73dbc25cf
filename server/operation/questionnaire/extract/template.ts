/**
 * Template-based extraction: a contained resource, its values replaced by what expressions give, its parts left out or repeated by their contexts.
 * https://hl7.org/fhir/uv/sdc/extraction.html#template-based-extraction
 */
import { asObject } from '../../../../profiles/assertion.ts';
import { containedIn } from '../../../../profiles/contained.ts';
import type { Extended } from '../../../../profiles/questionnaire/expression.ts';
import { objectsOf } from '../../../../profiles/questionnaire/form.ts';
import type { Frame } from '../../../../profiles/questionnaire/form-expressions.ts';
import { isPrimitive, isResourceType, type Property, typeDefinition } from '../../../../resources/definition.ts';
import type { BundleEntry, FhirResource, JsonObject } from '../../../../resources/types.ts';
import { extensionParts, extensionValues, sdc } from '../extension.ts';
import { reasonOf } from '../form-work.ts';
import type { Json } from './building.ts';
import { cast } from './cast.ts';
import { type Extraction, type Spot, textOf } from './extract.ts';

const TEMPLATE = sdc('templateExtract');
const BUNDLE = sdc('templateExtractBundle');
const CONTEXT = sdc('templateExtractContext');
const VALUE = sdc('templateExtractValue');

/** Hands on the resources whose templates one place of the form names. */
export function templatesAt(place: Extended, path: string, spot: Spot, extraction: Extraction): void {
  const { work, entries } = extraction;
  const copy = (reference: unknown): Json | undefined => {
    const template = templateOf(reference, extraction);
    if (!template) {
      work.tell('not-found', path, `The Questionnaire contains no template ${String(asObject(reference)?.reference)}`);
      return undefined;
    }
    const { id: _id, ...content } = template;
    return new Copy(extraction, path).resource(content, spot.frame);
  };
  for (const [at, parts] of extensionParts(place, TEMPLATE).entries()) {
    const made = copy(parts.get('template'));
    if (!made) continue;
    const text = (name: string) => textOf(parts.get(name), spot.frame, path, extraction);
    const id = text('resourceId');
    const terms = {
      fullUrl: text('fullUrl'),
      ifNoneMatch: text('ifNoneMatch'),
      ifModifiedSince: text('ifModifiedSince'),
      ifMatch: text('ifMatch'),
      ifNoneExist: text('ifNoneExist'),
    };
    // A template is a resource, and its copy is of the same type.
    const resource = { ...made, ...(id === undefined ? {} : { id }) } as unknown as FhirResource;
    entries.add(resource, terms, `${spot.key}#template${at}`);
  }
  for (const reference of extensionValues(place, BUNDLE))
    for (const [entry, at] of objectsOf(copy(reference)?.entry))
      entries.addWhole(entry as BundleEntry, `${spot.key}#bundle${at}`);
}

function templateOf(reference: unknown, { work }: Extraction): JsonObject | undefined {
  const text = asObject(reference)?.reference;
  if (typeof text !== 'string' || !text.startsWith('#')) return undefined;
  return containedIn(work.form.questionnaire as unknown as JsonObject).find(({ id }) => id === text.slice(1));
}

// A template repeats for what a person has answered.
const MOST_COPIES = 10_000;

class Copy {
  readonly #extraction: Extraction;
  readonly #path: string;
  #count = 0;

  constructor(extraction: Extraction, path: string) {
    this.#extraction = extraction;
    this.#path = path;
  }

  resource(template: JsonObject, frame: Frame): Json | undefined {
    const { resourceType } = template;
    return isResourceType(resourceType) ? this.#content(template, resourceType, frame) : undefined;
  }

  /** The object with its elements replaced; undefined when nothing is left of it. */
  #content(template: JsonObject, type: string, frame: Frame): Json | undefined {
    const copy: Json = {};
    const names = new Set(Object.keys(template).map((name) => name.replace(/^_/, '')));
    for (const name of names) {
      const property = typeDefinition(type)?.properties.get(name);
      if (name === 'resourceType' || !property) {
        if (template[name] !== undefined) copy[name] = template[name];
        continue;
      }
      const kept = name === 'extension' ? withoutTemplate(template.extension) : template[name];
      this.#element(copy, name, kept, template[`_${name}`], property, frame);
    }
    const left = Object.keys(copy).filter((name) => name !== 'resourceType');
    return left.length > 0 ? copy : undefined;
  }

  #element(
    copy: Json,
    name: string,
    value: unknown,
    companion: unknown,
    { element, type }: Property,
    frame: Frame,
  ): void {
    if (isPrimitive(type)) {
      this.#primitive(copy, name, value, companion, element.many === true, type, frame);
      return;
    }
    const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
    const made = list.flatMap((each: unknown) => this.#object(each, type, frame));
    if (made.length === 0) return;
    if (!element.many && made.length > 1)
      this.#tell(`${name} takes one value, and there are ${made.length}: the first is used`);
    copy[name] = element.many ? made : made[0];
  }

  /** None, one, or one for each result of its context. */
  #object(value: unknown, type: string, frame: Frame): readonly unknown[] {
    const object = asObject(value);
    if (!object) return value === undefined ? [] : [value];
    this.#count += 1;
    if (this.#count > MOST_COPIES) return [];
    return this.#frames(object, frame).flatMap((inner) => {
      const [replacement] = extensionValues(object, VALUE);
      if (replacement !== undefined) return this.#values(replacement, inner, type);
      // Contained resources and entries are resources of their own type.
      const made =
        type === 'Resource'
          ? this.resource(object as JsonObject, inner)
          : this.#content(object as JsonObject, type, inner);
      return made ? [made] : [];
    });
  }

  #primitive(
    copy: Json,
    name: string,
    value: unknown,
    companion: unknown,
    many: boolean,
    type: string,
    frame: Frame,
  ): void {
    const values = Array.isArray(value) ? value : [value];
    const companions = Array.isArray(companion) ? companion : [companion];
    const results: unknown[] = [];
    const others: unknown[] = [];
    for (let at = 0; at < Math.max(values.length, companions.length); at++) {
      const beside = asObject(companions[at]);
      const [replacement] = beside ? extensionValues(beside, VALUE) : [];
      const own = withoutTemplate(beside?.extension);
      const rest = beside && own ? { ...beside, extension: own } : undefined;
      const given =
        replacement === undefined
          ? values[at] === undefined || values[at] === null
            ? []
            : [values[at]]
          : this.#frames(beside ?? {}, frame).flatMap((inner) => this.#values(replacement, inner, type));
      results.push(...given);
      others.push(...(given.length > 0 ? given.map(() => rest ?? null) : []));
    }
    if (results.length === 0) return;
    if (!many && results.length > 1)
      this.#tell(`${name} takes one value, and there are ${results.length}: the first is used`);
    copy[name] = many ? results : results[0];
    if (others.some((each) => each !== null)) copy[`_${name}`] = many ? others : others[0];
  }

  /** Where the expressions within an element are evaluated: once, or for each result of the context that it declares. */
  #frames(element: Extended, frame: Frame): readonly Frame[] {
    const [declared] = extensionValues(element, CONTEXT);
    if (declared === undefined) return [frame];
    const name = asObject(declared)?.name;
    return this.#try(declared, (expression) =>
      this.#extraction.expressions.nodes(expression, frame).map(
        (node): Frame => ({
          parent: frame,
          definition: {},
          context: [node],
          given: new Map(typeof name === 'string' ? [[name, [node]]] : []),
          known: new Map(),
        }),
      ),
    );
  }

  #values(declared: unknown, frame: Frame, type: string): readonly unknown[] {
    return this.#try(declared, (expression) =>
      this.#extraction.expressions.evaluate(expression, frame).flatMap((value) => {
        const result = cast(value, type);
        if (result === undefined) this.#tell(`${expression} gives a ${value.type}, expected a ${type}`);
        return result === undefined ? [] : [result];
      }),
    );
  }

  /** An expression as text, or as an Expression of FHIRPath; nothing, and told, when it cannot be evaluated. */
  #try<T>(declared: unknown, evaluate: (expression: string) => readonly T[]): readonly T[] {
    const expression = typeof declared === 'string' ? declared : asObject(declared)?.expression;
    if (typeof expression !== 'string') return [];
    try {
      return evaluate(expression);
    } catch (cause) {
      this.#tell(`${expression} cannot be evaluated: ${reasonOf(cause)}`);
      return [];
    }
  }

  #tell(text: string): void {
    this.#extraction.work.tell('processing', this.#path, text);
  }
}

/** Extensions that are not of the template; undefined when none is left. */
function withoutTemplate(extension: unknown): readonly object[] | undefined {
  const kept = objectsOf(extension).flatMap(([each]) => (each.url === CONTEXT || each.url === VALUE ? [] : [each]));
  return kept.length > 0 ? kept : undefined;
}
