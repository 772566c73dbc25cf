/**
 * Parts of a resource: `_summary` and `_elements`. What is left out is marked by the tag SUBSETTED, so that nobody writes the part back
 * as the whole. https://hl7.org/fhir/R4/search.html#summary, https://hl7.org/fhir/R4/search.html#elements
 */
import { type ElementTable, knownType, type TypeDefinition, typeDefinition } from './definition.ts';
import { nearest } from './nearest.ts';
import { NUMERALS, type Numbered } from './numeral.ts';
import { badValue } from './outcome.ts';
import type { AnyResource, Coding, ResourceType } from './types.ts';

/** The part that is asked for. Names of `elements` stand for elements at the root; names that the type does not have are passed over. */
export type View = { readonly summary: 'true' | 'text' | 'data' } | { readonly elements: readonly string[] };

const SUBSETTED: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

/** In every part: what says which resource it is, and what forbids to understand it without. */
const ALWAYS: ReadonlySet<string> = new Set(['id', 'meta', 'implicitRules', 'modifierExtension']);

/**
 * The part of the resource, with the tag in its meta. Mandatory elements and ALWAYS come along.
 * - `true`: elements of the summary, inside data types and backbone elements too (an Attachment comes without data);
 * - `text`: the narrative; `data`: all but the narrative; `elements`: those.
 */
export function subset(resource: AnyResource, view: View): AnyResource {
  const definition = knownType(resource.resourceType);
  return tagged(
    'summary' in view ? summaryOf(resource, definition, view.summary) : elementsOf(resource, definition, view),
  );
}

/**
 * The names of `_elements=name,Patient.birthDate` for a type, without the type.
 * @throws FhirError value, for a name that is no element at the root of the type
 */
export function elementNames(list: string, type: ResourceType): readonly string[] {
  const { elements, properties } = knownType(type);
  const known = elements.map(({ name }) => name);
  return list.split(',').map((item) => {
    const name = withoutType(item.trim(), type);
    if (known.includes(name) || properties.has(name)) return name;
    const near = nearest(name, known);
    throw badValue(
      `_elements: ${type} has no element "${name}"; ${near ? `${near} is one` : `expected some of ${known.join(', ')}`}`,
      { expression: 'http._elements', rule: 'elements' },
    );
  });
}

const withoutType = (name: string, type: string): string =>
  name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name;

function summaryOf(resource: AnyResource, definition: TypeDefinition, summary: 'true' | 'text' | 'data'): AnyResource {
  switch (summary) {
    case 'true':
      return summarised(resource, definition) as AnyResource;
    case 'text':
      return filtered(resource, definition, ({ name, min }) => name === 'text' || min > 0 || ALWAYS.has(name));
    case 'data': {
      const { text: _, _text: __, ...data } = resource;
      return data as AnyResource;
    }
  }
}

function elementsOf(resource: AnyResource, definition: TypeDefinition, view: { readonly elements: readonly string[] }) {
  const names = new Set(view.elements.map((name) => withoutType(name, resource.resourceType)));
  return filtered(
    resource,
    definition,
    ({ name, min }, property) => names.has(name) || names.has(property) || min > 0 || ALWAYS.has(name),
  );
}

/** The object with the properties of the elements that are wanted; numerals come along. */
function filtered<T extends object>(
  object: T,
  definition: TypeDefinition,
  isWanted: (element: ElementTable, property: string) => boolean,
  inner: (value: unknown, type: string) => unknown = (value) => value,
): T {
  const result: Record<string, unknown> & Numbered = {};
  for (const [name, value] of Object.entries(object)) {
    const isCompanion = name.startsWith('_');
    const property = definition.properties.get(isCompanion ? name.slice(1) : name);
    if (name === 'resourceType') result[name] = value;
    else if (property && isWanted(property.element, isCompanion ? name.slice(1) : name))
      result[name] = isCompanion ? value : inner(value, property.type);
  }
  const numerals = (object as Numbered)[NUMERALS];
  if (numerals) result[NUMERALS] = numerals;
  return result as T;
}

/** The summary of an object: of all of it when the type marks nothing, as Extension and Narrative do. */
function summarised(object: object, definition: TypeDefinition): object {
  if (!marksSummary(definition)) return object;
  const isWanted = ({ name, summary, min }: ElementTable) => summary === true || min > 0 || ALWAYS.has(name);
  return filtered(object, definition, isWanted, summarisedValue);
}

const marksSummary = ({ elements }: TypeDefinition): boolean =>
  elements.some(({ name, summary }) => summary && name !== 'modifierExtension');

function summarisedValue(value: unknown, type: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] & Numbered = value.map((item) => summarisedValue(item, type));
    const numerals = (value as Numbered)[NUMERALS];
    if (numerals) items[NUMERALS] = numerals;
    return items;
  }
  const definition = typeDefinition(type === 'Resource' ? (value as AnyResource).resourceType : type);
  return definition ? summarised(value, definition) : value;
}

function tagged({ resourceType, id, meta, ...rest }: AnyResource): AnyResource {
  const tags = (meta?.tag ?? []).filter(({ system, code }) => system !== SUBSETTED.system || code !== SUBSETTED.code);
  return {
    resourceType,
    ...(id === undefined ? {} : { id }),
    meta: { ...meta, tag: [...tags, SUBSETTED] },
    ...rest,
  };
}
