/**
 * The value of an operation as the content of the element it is meant for: value[x], a resource, or parts for the types that
 * value[x] does not have. https://hl7.org/fhir/R4/fhirpatch.html#anonymous
 */
import { type ElementTable, isPrimitive, propertyName, typeDefinition } from '../../../resources/definition.ts';
import { copy } from '../../../resources/json.ts';
import { numeralOf } from '../../../resources/numeral.ts';
import { invalid, unprocessable } from '../../../resources/outcome.ts';
import { type Content, insertItem, lengthOfList, writeSingle } from './content.ts';
import { childTable, type MutableObject } from './element.ts';
import { type Part, partList } from './operation.ts';
import { kindOf, shown } from './run.ts';

/** Content and the JSON name that it goes by: `valueQuantity` for the element `value`. */
export interface Valued {
  readonly name: string;
  readonly content: Content;
}

/** The element of `type` that a client names, and the type where the name chooses one: `value`, but also `valueQuantity`. */
export interface Target {
  readonly table: ElementTable;
  readonly types: readonly string[];
}

/** @throws FhirError unprocessable when `type` has no element of that name */
export function targetOf(type: string, name: string): Target {
  const property = typeDefinition(type)?.properties.get(name);
  if (property?.element.choice && !isPrimitive(type)) return { table: property.element, types: [property.type] };
  const table = childTable(type, name);
  return { table, types: table.types };
}

/** @throws FhirError unprocessable when the part has no value, or one of a type that the element does not have */
export function contentOf(part: Part, target: Target): Valued {
  const given = ['value[x]', 'resource', 'part'].filter((form) =>
    form === 'value[x]' ? valueTypes(part).length > 0 : part[form] !== undefined,
  );
  const { table } = target;
  if (given.length !== 1)
    throw invalid(
      `the value of ${table.name} has ${given.join(' and ') || 'no content'}; expected one of value[x], resource and part`,
    );
  if (given[0] === 'part') return built(part, target);
  return given[0] === 'resource' ? resourceValue(part, target) : typedValue(part, target);
}

/** The types of the value[x] that a part has, where `_valueCode` counts as well as `valueCode`. */
const valueTypes = (part: Part): readonly string[] => {
  const names = Object.keys(part).map((name) => (name.startsWith('_') ? name.slice(1) : name));
  const properties = typeDefinition('Parameters.parameter')?.properties;
  return [...new Set(names)].flatMap((name) => {
    const property = properties?.get(name);
    return property?.element.choice ? [property.type] : [];
  });
};

/** Types whose values are written alike; a value of one fits an element of another unless the element is a choice between types. */
const FAMILIES: readonly (readonly string[])[] = [
  ['string', 'code', 'id', 'markdown', 'xhtml', 'http://hl7.org/fhirpath/System.String'],
  ['uri', 'url', 'canonical', 'oid', 'uuid'],
  ['integer', 'positiveInt', 'unsignedInt'],
  ['date', 'dateTime', 'instant'],
  ['Quantity', 'Age', 'Count', 'Distance', 'Duration'],
];

function typedValue(part: Part, { table, types }: Target): Valued {
  const [found = '', another] = valueTypes(part);
  if (another) throw invalid(`the value of ${table.name} has both a ${found} and a ${another}; expected one`);
  const family = table.choice ? undefined : FAMILIES.find((each) => each.includes(found));
  const type = types.find((each) => each === found) ?? types.find((each) => family?.includes(each));
  if (type === undefined) throw unprocessable(`${table.name} is ${oneOf(types)}; found a value of type ${found}`);
  const property = `value${found.charAt(0).toUpperCase()}${found.slice(1)}`;
  const companion = part[`_${property}`];
  if (companion !== undefined && (!isPrimitive(found) || kindOf(companion) !== 'an object'))
    throw invalid(`_${property} is ${kindOf(companion)}; expected an object, and only beside a primitive`);
  const value = part[property];
  if (isPrimitive(found) ? typeof value === 'object' : kindOf(value) !== 'an object')
    throw invalid(
      `${property} is ${kindOf(value)}; expected ${isPrimitive(found) ? 'a primitive value' : 'an object'}`,
    );
  const content = { value: copy(value), numeral: numeralOf(part, property), companion: copy(companion) };
  return { name: propertyName(table, type), content: content as Content };
}

const oneOf = (types: readonly string[]): string => (types.length > 6 ? 'of a choice of types' : types.join(' or '));

function resourceValue({ resource }: Part, { table, types }: Target): Valued {
  if (!types.includes('Resource')) throw unprocessable(`${table.name} is ${oneOf(types)}; found a resource`);
  if (kindOf(resource) !== 'an object') throw invalid(`resource is ${kindOf(resource)}; expected an object`);
  return { name: table.name, content: { value: copy(resource) } };
}

function built({ part }: Part, { table, types }: Target): Valued {
  const [type, another] = types.filter((each) => !isPrimitive(each) && typeDefinition(each)?.kind !== 'resource');
  if (type === undefined)
    throw unprocessable(`${table.name} is ${oneOf(types)}, which has no parts; expected value[x]`);
  if (another)
    throw unprocessable(`${table.name} is ${oneOf(types)}; found parts, expected value[x], which names the type`);
  const value: MutableObject = {};
  for (const each of partList(part)) addPart(value, type, each);
  if (Object.keys(value).length === 0) throw invalid(`the value of ${table.name} has no parts; expected one at least`);
  return { name: propertyName(table, type), content: { value } };
}

function addPart(object: MutableObject, type: string, part: Part): void {
  if (typeof part.name !== 'string')
    throw invalid(`a part has ${kindOf(part.name)} for its name; expected the name of an element`);
  const target = targetOf(type, part.name);
  const { name, content } = contentOf(part, target);
  if (target.table.many) insertItem(object, name, lengthOfList(object, name), content);
  else if (isThere(object, target.table))
    throw invalid(`the part ${shown(part.name)} is there twice; ${type} has one at most`);
  else writeSingle(object, name, content);
}

/** True when the object has the element, as whatever type. */
export const isThere = (object: MutableObject, table: ElementTable): boolean =>
  table.types.some((type) => {
    const name = propertyName(table, type);
    return Object.hasOwn(object, name) || Object.hasOwn(object, `_${name}`);
  });
