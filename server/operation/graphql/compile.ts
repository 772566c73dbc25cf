/**
 * A document to a tree of what is to be read: every field checked against the definitions, fragments put in place, arguments and directives
 * as plain values. All mistakes are reported at once, each with its place.
 */
import { type FieldNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import { nearest } from '../../../resources/nearest.ts';
import { badValue, FhirError, type Issue } from '../../../resources/outcome.ts';
import type { SearchParameters } from '../../search/query.ts';
import { conflictIn } from './conflict.ts';
import { isIncluded, shapeOf } from './directive.ts';
import type { Document } from './document.ts';
import { located, tooCostly } from './error.ts';
import { useOf } from './field-use.ts';
import { MAX_DEPTH, MAX_ERRORS, MAX_FIELDS } from './limits.ts';
import { pathOn } from './path.ts';
import type { Field, On, Selection } from './selection.ts';
import { isA, type Static, typeName } from './type.ts';

/** @throws FhirError 400, with every mistake */
export function compileDocument(document: Document, on: Static, parameters: SearchParameters): readonly Selection[] {
  const compiler = new Compiler(document, parameters);
  const selections = compiler.selections(document.operation.selectionSet, on, 1, []);
  if (compiler.issues.length > 0) throw new FhirError(400, compiler.issues);
  return selections;
}

class Compiler {
  readonly issues: Issue[] = [];
  readonly #document: Document;
  readonly #parameters: SearchParameters;
  #fields = 0;

  constructor(document: Document, parameters: SearchParameters) {
    this.#document = document;
    this.#parameters = parameters;
  }

  /** `within` names the fragments that are being put in place. */
  selections(set: SelectionSetNode, on: Static, depth: number, within: readonly string[]): readonly Selection[] {
    if (depth > MAX_DEPTH)
      throw tooCostly(`the document is nested ${depth} fields deep; at most ${MAX_DEPTH} are taken`);
    const found = set.selections.flatMap(
      (each) => this.#attempt(each, () => this.#selection(each, on, depth, within)) ?? [],
    );
    const conflict = conflictIn(found);
    if (conflict && this.issues.length < MAX_ERRORS) this.issues.push(conflict);
    return found;
  }

  #attempt<T>(node: SelectionNode, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FhirError) || error.issues.some(({ code }) => code === 'too-costly')) throw error;
      if (this.issues.length < MAX_ERRORS) this.issues.push(...located(error, node).issues);
      return undefined;
    }
  }

  #selection(node: SelectionNode, on: Static, depth: number, within: readonly string[]): readonly Selection[] {
    const { variables } = this.#document;
    this.#fields += 1;
    if (this.#fields > MAX_FIELDS)
      throw tooCostly(`the document has more than ${MAX_FIELDS} fields, with its fragments put in place`);
    this.#requireDeclared(node);
    if (!isIncluded(node.directives ?? [], variables)) return [];
    switch (node.kind) {
      case Kind.FIELD:
        return [this.#field(node, on, depth, within)];
      case Kind.INLINE_FRAGMENT:
        return [this.#on(node.typeCondition?.name.value, node.selectionSet, on, depth, within)];
      case Kind.FRAGMENT_SPREAD: {
        const name = node.name.value;
        const fragment = this.#document.fragments.get(name);
        if (!fragment) {
          const near = nearest(name, this.#document.fragments.keys());
          throw badValue(`There is no fragment ${name}${near ? `; did you mean ${near}?` : ''}`);
        }
        if (within.includes(name)) throw badValue(`The fragment ${name} contains itself`);
        return [this.#on(fragment.typeCondition.name.value, fragment.selectionSet, on, depth, [...within, name])];
      }
    }
  }

  #on(condition: string | undefined, set: SelectionSetNode, on: Static, depth: number, within: readonly string[]): On {
    if (condition === undefined || on.kind !== 'object') {
      if (condition !== undefined && condition !== nameOfStatic(on))
        throw badValue(`A fragment on ${condition} has no place here, where ${nameOfStatic(on)} stands`);
      return { kind: 'on', selections: this.selections(set, on, depth, within) };
    }
    const types = on.types.filter((type) => isA(type, condition));
    if (types.length === 0) throw badValue(wrongCondition(condition, on.types));
    return { kind: 'on', types: new Set(types), selections: this.selections(set, { ...on, types }, depth, within) };
  }

  #requireDeclared(node: SelectionNode): void {
    const lists = [
      node.kind === Kind.FIELD ? (node.arguments ?? []) : [],
      ...(node.directives ?? []).map((each) => each.arguments ?? []),
    ];
    for (const { value } of lists.flat())
      for (const each of value.kind === Kind.LIST ? value.values : [value])
        if (each.kind === Kind.VARIABLE && !this.#document.declared.has(each.name.value)) {
          const near = nearest(each.name.value, this.#document.declared);
          throw badValue(
            `The variable $${each.name.value} is not declared by the query${near ? `; did you mean $${near}?` : ''}`,
          );
        }
  }

  #field(node: FieldNode, on: Static, depth: number, within: readonly string[]): Field {
    const name = node.name.value;
    const { use, below } = useOf(node, on, this.#document, this.#parameters);
    const shape = shapeOf(node.directives ?? [], this.#document.variables);
    if (shape.slice !== undefined && shape.slice !== '$index' && below.kind === 'object')
      for (const type of below.types.slice(0, 10)) pathOn(shape.slice, type);
    const isScalar = below.kind === 'scalar';
    if (isScalar && node.selectionSet) throw badValue(`${name} is a value; it has no fields to choose from`);
    if (!isScalar && !node.selectionSet)
      throw badValue(`${name} is an object; say which of its fields: ${name} { ... }`);
    if (isScalar && shape.flatten) throw badValue(`@flatten stands at an object; ${name} is a value`);
    return {
      kind: 'field',
      name,
      key: node.alias?.value ?? name,
      use,
      shape,
      selections: node.selectionSet ? this.selections(node.selectionSet, below, depth + 1, within) : [],
      node,
    };
  }
}

const nameOfStatic = (on: Static): string => {
  switch (on.kind) {
    case 'query':
      return 'Query';
    case 'object':
      return on.types.map(typeName).join(' or ');
    case 'connection':
      return `${on.type}Connection`;
    case 'edge':
      return `${on.type}Edge`;
    case 'scalar':
      return 'a value';
  }
};

function wrongCondition(condition: string, types: readonly string[]): string {
  const near = nearest(condition, types.map(typeName));
  const expected = types.length > 8 ? 'a resource type' : types.map(typeName).join(', ');
  return `Nothing here is a ${condition}; ${near ? `did you mean ${near}?` : `expected ${expected}`}`;
}
