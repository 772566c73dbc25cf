/** The difference of two versions of a resource as a FHIRPath Patch. https://hl7.org/fhir/R4/fhirpatch.html */
import { type ElementTable, isPrimitive, typeDefinition } from '../../../resources/definition.ts';
import { invalid, unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource, Parameters } from '../../../resources/types.ts';
import { childTables, type MutableObject } from './element.ts';
import { fingerprint, type Item, itemsOf, partOf } from './item.ts';
import { idOf, matched, moves } from './list-match.ts';
import type { Part } from './operation.ts';
import { shown } from './run.ts';

/**
 * The operations that turn `before` into `after`, in the order in which they apply: empty when nothing differs. `meta` counts like
 * any other element; a caller who finds versions and instants uninteresting leaves it out of both.
 * @throws FhirError when these are not two versions of one resource, or one has a property that R4 does not define
 */
export function diff(before: AnyResource, after: AnyResource): Parameters {
  if (before.resourceType !== after.resourceType || before.id !== after.id)
    throw invalid(`expected two versions of one resource; found ${nameOf(before)} and ${nameOf(after)}`);
  const type = before.resourceType;
  const parameter = [...objectDifference(type, type, asObject(before), asObject(after))];
  return { resourceType: 'Parameters', ...(parameter.length > 0 ? { parameter } : {}) } as Parameters;
}

const nameOf = ({ resourceType, id }: AnyResource): string => `${resourceType}/${id}`;
const asObject = (value: unknown): MutableObject => value as MutableObject;

/**
 * What an object loses comes last: as long as something of `after` is in it, a delete does not take the object along.
 */
function objectDifference(type: string, path: string, before: MutableObject, after: MutableObject): readonly Part[] {
  checkProperties(type, path, before);
  checkProperties(type, path, after);
  const differences = childTables(type).map((table) => {
    const [old, young] = [itemsOf(before, table), itemsOf(after, table)];
    return table.many ? listDifference(path, table, old, young) : singleDifference(path, table, old[0], young[0]);
  });
  return [...differences.flatMap(({ changes }) => changes), ...differences.flatMap(({ deletions }) => deletions)];
}

interface Difference {
  readonly changes: readonly Part[];
  readonly deletions: readonly Part[];
}

const difference = (changes: readonly Part[], deletions: readonly Part[] = []): Difference => ({ changes, deletions });

function singleDifference(parent: string, table: ElementTable, before?: Item, after?: Item): Difference {
  const path = `${parent}.${table.name}`;
  if (!before) return difference(after ? [added(parent, table, after)] : []);
  if (!after) return difference([], [deleted(path)]);
  return difference(itemDifference(path, before, after, haveSameName));
}

function listDifference(
  parent: string,
  table: ElementTable,
  before: readonly Item[],
  after: readonly Item[],
): Difference {
  const path = `${parent}.${table.name}`;
  const at = (index: number): string => `${path}[${index}]`;
  const pairs = matched(before, after);
  const kept = new Set(pairs.map((pair) => pair.before));
  const edits = pairs.flatMap((pair) => {
    const [old, young] = [before[pair.before], after[pair.after]];
    return old && young ? itemDifference(at(pair.before), old, young, pair.known ? haveSameName : haveSameContent) : [];
  });
  const deletions = [...before.keys()]
    .filter((index) => !kept.has(index))
    .reverse()
    .map((index) => deleted(at(index)));
  if (after.length === 0) return difference([], deletions);
  const order = pairs.map((pair) => pair.before);
  const reordered = moves(
    [...kept].sort((a, b) => a - b),
    order,
  ).map((move) => moved(path, move));
  const stayed = new Set(pairs.map((pair) => pair.after));
  let length = pairs.length;
  const additions = after.flatMap((item, index) => {
    if (stayed.has(index)) return [];
    length += 1;
    return [index === length - 1 ? added(parent, table, item) : inserted(path, index, item)];
  });
  return difference([...edits, ...deletions, ...reordered, ...additions]);
}

/** Nothing when equal; the differences inside when the two are `alike`; else the one in place of the other. */
function itemDifference(path: string, before: Item, after: Item, alike: typeof haveSameName): readonly Part[] {
  if (fingerprint(before) === fingerprint(after)) return [];
  const inside = before.type === after.type && !isPrimitive(before.type) && idOf(before) === idOf(after);
  return inside && alike(before, after)
    ? objectDifference(before.type, path, asObject(before.value), asObject(after.value))
    : [operation('replace', path, partOf('value', after))];
}

/** Enough for what is the same element in both versions: it does not repeat, or is known by more than its position. */
function haveSameName(before: Item, after: Item): boolean {
  const names = new Set(Object.keys(asObject(before.value)));
  return Object.keys(asObject(after.value)).some((name) => names.has(name));
}

/** Asked of items at the same position, which may have nothing to do with each other. */
function haveSameContent(before: Item, after: Item): boolean {
  const [old, young] = [asObject(before.value), asObject(after.value)];
  return childTables(before.type).some((table) => {
    const items = new Set(itemsOf(old, table).map(fingerprint));
    return itemsOf(young, table).some((item) => items.has(fingerprint(item)));
  });
}

const operation = (type: string, path: string, ...parts: readonly Part[]): Part => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...parts],
});
const integer = (name: string, value: number): Part => ({ name, valueInteger: value });

const added = (parent: string, table: ElementTable, item: Item): Part =>
  operation('add', parent, { name: 'name', valueString: table.name }, partOf('value', item));
const inserted = (path: string, index: number, item: Item): Part =>
  operation('insert', path, integer('index', index), partOf('value', item));
const deleted = (path: string): Part => operation('delete', path);
const moved = (path: string, move: { readonly source: number; readonly destination: number }): Part =>
  operation('move', path, integer('source', move.source), integer('destination', move.destination));

/** A property that is no element of the type cannot be said in FHIRPath. */
function checkProperties(type: string, path: string, object: MutableObject): void {
  const properties = typeDefinition(type)?.properties;
  const unknown = Object.keys(object).find(
    (name) => name !== 'resourceType' && !properties?.has(name.startsWith('_') ? name.slice(1) : name),
  );
  if (unknown !== undefined) throw unprocessable(`${path} has ${shown(unknown)}, which ${type} does not define`);
}
