/** FHIRPath Patch: add, insert, delete, replace and move, as Parameters. https://hl7.org/fhir/R4/fhirpatch.html */
import { invalid, unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource, Parameters } from '../../../resources/types.ts';
import { insertItem, lengthOfList, objectOf, removeElement, removeItem, writeSingle } from './content.ts';
import { childTable, type Element, type MutableObject } from './element.ts';
import { type Operation, type Part, parseOperation } from './operation.ts';
import { budget, elementsAt, type ListPath, type Path, type Spend } from './path.ts';
import { checkDepth, kindOf, parsedOperations, patched, shown } from './run.ts';
import { contentOf, isThere, type Target, targetOf } from './value.ts';

/**
 * The resource after the operations of `parameters`. The input is not changed. A delete that finds nothing changes nothing; what a
 * delete leaves empty is removed with it.
 * @throws FhirError 400 for a malformed document, 422 for an operation that does not apply, 413 above a limit; naming the operation
 */
export function applyFhirPathPatch(resource: AnyResource, parameters: Parameters): AnyResource {
  const { resourceType, parameter = [] } = parameters;
  if (resourceType !== 'Parameters')
    throw invalid(`a FHIRPath Patch is a Parameters resource; found ${shown(resourceType)}`);
  if (!Array.isArray(parameter)) throw invalid(`Parameters.parameter is ${kindOf(parameter)}; expected an array`);
  const spend = budget();
  const after = patched(resource, parsedOperations(parameter, parseOperation), (document, operation) => {
    apply(document, operation, spend);
    return document;
  });
  checkDepth(after);
  return after;
}

function apply(resource: AnyResource, operation: Operation, spend: Spend): void {
  switch (operation.type) {
    case 'add':
      add(one(resource, operation.path, spend), operation.name, operation.value);
      break;
    case 'insert':
      insert(listAt(resource, operation.path, spend), operation.index, operation.value);
      break;
    case 'delete':
      remove(resource, operation.path, spend);
      break;
    case 'replace':
      replace(one(resource, operation.path, spend), operation.value);
      break;
    case 'move':
      move(listAt(resource, operation.path, spend), operation.source, operation.destination);
      break;
  }
}

function add(parent: Element, elementName: string, value: Part): void {
  const target = targetOf(parent.type, elementName);
  const { name, content } = contentOf(value, target);
  const object = objectOf(parent);
  if (!target.table.many && isThere(object, target.table))
    throw unprocessable(`${parent.path}.${target.table.name} is there already and does not repeat; expected a replace`);
  if (target.table.many) insertItem(object, name, lengthOfList(object, name), content);
  else writeSingle(object, name, content);
}

interface List {
  readonly path: string;
  readonly object: MutableObject;
  readonly target: Target;
  readonly length: number;
}

function insert({ path, object, target, length }: List, index: number, value: Part): void {
  if (index > length)
    throw unprocessable(`index is ${index}; expected ${length} at most, since ${path} has ${length} items`);
  const { name, content } = contentOf(value, target);
  insertItem(object, name, index, content);
}

function remove(resource: AnyResource, path: Path, spend: Spend): void {
  const found = elementsAt(resource, path, spend);
  if (found.length > 1) throw tooMany(found);
  const [element] = found;
  if (!element) return;
  if (!element.place) throw unprocessable('the path names the resource itself; expected an element of it');
  removeElement(element);
}

function replace({ place }: Element, value: Part): void {
  if (!place) throw unprocessable('the path names the resource itself; expected an element of it');
  const { container, table, index } = place;
  const { name, content } = contentOf(value, { table, types: table.types });
  if (index === undefined) {
    if (name !== place.name) writeSingle(container, place.name, {});
    writeSingle(container, name, content);
  } else {
    removeItem(container, name, index);
    insertItem(container, name, index, content);
  }
}

function move({ path, object, target, length }: List, source: number, destination: number): void {
  for (const [part, index] of Object.entries({ source, destination }))
    if (index >= length)
      throw unprocessable(`${part} is ${index}; expected less than ${length}, since ${path} has ${length} items`);
  insertItem(object, target.table.name, destination, removeItem(object, target.table.name, source));
}

function one(resource: AnyResource, path: Path, spend: Spend): Element {
  const found = elementsAt(resource, path, spend);
  const [element] = found;
  if (!element) throw unprocessable('the path finds no element; expected one');
  if (found.length > 1) throw tooMany(found);
  return element;
}

const tooMany = (found: readonly Element[]) =>
  unprocessable(
    `the path finds ${found.length} elements, ${found[0]?.path} and ${found[1]?.path} among them; expected one, such as by an index`,
  );

function listAt(resource: AnyResource, { parent, name }: ListPath, spend: Spend): List {
  const holder = one(resource, parent, spend);
  const table = childTable(holder.type, name);
  const path = `${holder.path}.${name}`;
  if (!table.many) throw unprocessable(`${path} does not repeat; expected the path of a list`);
  const object = objectOf(holder);
  return { path, object, target: { table, types: table.types }, length: lengthOfList(object, name) };
}
