/** The values of arguments: literals and variables as plain values. A name without quotes is a text, as FHIR writes `use: official`. */
import { type DirectiveNode, type FieldNode, Kind, type ValueNode } from 'graphql';

/** A number keeps its digits: `Patient(id: 007)` is no number, but `Patient(id: 42)` is the text 42. */
export function plainValue(node: ValueNode, variables: ReadonlyMap<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return variables.get(node.name.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((each) => plainValue(each, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, plainValue(value, variables)]));
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
  }
}

/** By name; null and a variable without a value are as if the argument were not there. */
export function argumentsOf(
  { arguments: list = [] }: FieldNode | DirectiveNode,
  variables: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  const values = list.map(({ name, value }) => [name.value, plainValue(value, variables)] as const);
  return new Map(values.filter(([, value]) => value !== undefined && value !== null));
}

/** A text, number or boolean as FHIR writes it; undefined for lists and objects. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
