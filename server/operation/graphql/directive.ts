/** @skip, @include and the directives that flatten. http://hl7.org/fhir/R4/graphql.html#flattening */
import type { DirectiveNode } from 'graphql';
import { nearest } from '../../../resources/nearest.ts';
import { FhirError } from '../../../resources/outcome.ts';
import { argumentsOf } from './argument.ts';
import { issueAt } from './error.ts';

/** What the directives of a field do to its output. */
export interface Shape {
  /** The children stand in the place of the field. */
  readonly flatten: boolean;
  /** Only the first of the values. */
  readonly first: boolean;
  /** One value, no list. */
  readonly singleton: boolean;
  /** FHIRPath whose result goes to the end of the name, or `$index`. */
  readonly slice?: string;
}

const ARGUMENT: Readonly<Record<string, { readonly name: string; readonly type: 'boolean' | 'string' } | undefined>> = {
  skip: { name: 'if', type: 'boolean' },
  include: { name: 'if', type: 'boolean' },
  flatten: undefined,
  first: undefined,
  singleton: undefined,
  slice: { name: 'path', type: 'string' },
};

const NAMES = Object.keys(ARGUMENT);

function argumentOf(node: DirectiveNode, variables: ReadonlyMap<string, unknown>): unknown {
  const name = node.name.value;
  const fail = (text: string) => new FhirError(400, [issueAt(node, 'invalid', text)]);
  if (!Object.hasOwn(ARGUMENT, name)) {
    const near = nearest(name, NAMES);
    throw fail(
      `There is no directive @${name}; ${near ? `did you mean @${near}?` : `there are ${NAMES.map((each) => `@${each}`).join(', ')}`}`,
    );
  }
  const expected = ARGUMENT[name];
  const given = argumentsOf(node, variables);
  const other = [...given.keys()].find((each) => each !== expected?.name);
  if (other !== undefined)
    throw fail(`@${name} has no argument ${other}; it takes ${expected ? expected.name : 'none'}`);
  if (!expected) return undefined;
  const value = given.get(expected.name);
  if (typeof value === expected.type) return value;
  throw fail(`@${name} needs the argument ${expected.name}, a ${expected.type}`);
}

/** Whether the selection is there at all. @throws FhirError 400, for directives that are not known */
export function isIncluded(directives: readonly DirectiveNode[], variables: ReadonlyMap<string, unknown>): boolean {
  return directives.every((node) => {
    const value = argumentOf(node, variables);
    return node.name.value === 'skip' ? value === false : node.name.value === 'include' ? value === true : true;
  });
}

export function shapeOf(directives: readonly DirectiveNode[], variables: ReadonlyMap<string, unknown>): Shape {
  const has = (name: string) => directives.some((node) => node.name.value === name);
  const slice = directives.find((node) => node.name.value === 'slice');
  return {
    flatten: has('flatten'),
    first: has('first'),
    singleton: has('singleton'),
    ...(slice ? { slice: String(argumentOf(slice, variables)) } : {}),
  };
}
