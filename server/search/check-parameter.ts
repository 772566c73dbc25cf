/**
 * What a stored SearchParameter must be to be in force, told in issues: a base and targets that R4 has, a code that fits into a URL, and an
 * expression that selects values of its type. https://hl7.org/fhir/R4/searchparameter.html
 */
import { isResourceType, resourceTypes, typeDefinition } from '../../resources/definition.ts';
import { compile } from '../../resources/fhirpath.ts';
import { nearest } from '../../resources/nearest.ts';
import { FhirError, type Issue, issue } from '../../resources/outcome.ts';
import type { AnyResource, ResourceType, SearchParameter } from '../../resources/types.ts';
import { alternatives, typesOf } from './compile-parameters.ts';
import { forbiddenFunction } from './expression-functions.ts';
import { listed } from './unknown.ts';

type Problem = (where: string, text: string) => void;

/** What is wrong with a parameter in itself; empty when nothing is. */
export function parameterIssues(parameter: SearchParameter): readonly Issue[] {
  const issues: Issue[] = [];
  const problem: Problem = (where, text) =>
    issues.push(issue('invalid', text, { expression: `SearchParameter.${where}`, rule: `search-parameter-${where}` }));
  checkHead(parameter, problem);
  const types = basesOf(parameter, problem);
  for (const target of parameter.target ?? [])
    if (!isResourceType(target)) problem('target', unknownType(`the target '${target}'`, target));
  const text = issues.length === 0 ? expressionOf(parameter, types) : undefined;
  if (text) problem('expression', text);
  return issues;
}

/** Letters, digits, hyphens and underscores: whatever else has a meaning in a search, as `:`, `.`, `$`, `,` and `|` have. */
const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

function checkHead({ code, url, type }: SearchParameter, problem: Problem): void {
  if (typeof url !== 'string' || !/^(https?:\/\/|urn:)\S+$/.test(url))
    problem('url', `a search parameter is known by its canonical URL, an absolute address; found '${url ?? ''}'`);
  if (typeof code === 'string' && code.startsWith('_'))
    problem('code', `the code '${code}' begins with '_', which is kept for the parameters of the specification`);
  else if (typeof code !== 'string' || !CODE.test(code))
    problem(
      'code',
      `the code '${code ?? ''}' cannot stand in a search; it has letters, digits, '-' and '_', and begins with a letter`,
    );
  if (type === 'special')
    problem('type', 'a parameter of type special is carried out by a program of its own; this server has none for it');
}

function unknownType(what: string, name: string): string {
  const near = nearest(name, resourceTypes());
  return `${what} is no resource type of R4${near ? `; did you mean ${near}?` : ''}`;
}

function basesOf({ base }: SearchParameter, problem: Problem): readonly ResourceType[] {
  const bases: readonly string[] = Array.isArray(base) ? base : [];
  if (bases.length === 0) problem('base', 'it has no base, so it is of no resource type');
  return bases.flatMap((each) => {
    const types = typesOf(each);
    if (types.length === 0) problem('base', unknownType(`the base '${each}'`, each));
    return types;
  });
}

/** Longer ones are a mistake, or an attack on the compiler. */
const MAXIMUM_EXPRESSION = 4000;

/** What is wrong with the expression, on each of the types; undefined when nothing is. */
function expressionOf(parameter: SearchParameter, types: readonly ResourceType[]): string | undefined {
  const { expression, code, type: kind } = parameter;
  if (!expression) return 'it has no expression, so it selects nothing';
  if (expression.length > MAXIMUM_EXPRESSION)
    return `the expression has ${expression.length} characters; at most ${MAXIMUM_EXPRESSION} are taken`;
  const forbidden = forbiddenFunction(expression);
  if (forbidden) {
    const hint = forbidden.near
      ? `; did you mean ${forbidden.near}()?`
      : ': regular expressions, the clock and what asks other resources are left out';
    return `the expression calls ${forbidden.name}(), which a search parameter of this server may not${hint}`;
  }
  // For a base that stands for many types, one of them tells as much as all.
  for (const type of types.length > 20 ? types.slice(0, 1) : types) {
    const own = alternatives(type, { ...parameter, description: '' });
    if (own.length === 0)
      return `the expression selects nothing in a ${type}, which is a base of '${code}': ${expression}`;
    for (const each of own) {
      const problem = expressionProblem(each, type, kind);
      if (problem) return problem;
    }
  }
  return undefined;
}

/** What is wrong with one alternative of an expression on one type; undefined when nothing is. */
function expressionProblem(expression: string, type: ResourceType, kind: SearchParameter['type']): string | undefined {
  try {
    const { types, evaluate, by } = compile(expression, type);
    if (types?.length === 0) return selectsNothing(expression, type);
    // The library finds out what it cannot do when it does it.
    if (by === 'library') evaluate({ resourceType: type }, { resourceType: type } as AnyResource);
    if (types && !types.some((each) => fits(each, kind)))
      return `'${expression}' selects ${listed(types, 5, 'or')}, of which a parameter of type ${kind} has no values; ${kindsHint(types)}`;
    return undefined;
  } catch (error) {
    if (error instanceof FhirError) return error.message;
    return `'${expression}' cannot be evaluated on a ${type}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Which step of a path is none. */
function selectsNothing(expression: string, type: ResourceType): string {
  const steps = expression.replace(/^\((.*)\)$/, '$1').split('.');
  for (let length = steps.length - 1; length > 0; length -= 1) {
    const before = steps.slice(0, length).join('.');
    const types = typesAfter(before, type);
    const step = steps[length] ?? '';
    const [owner] = types ?? [];
    if (!owner || !/^\w+$/.test(step)) continue;
    const names = typeDefinition(owner)?.elements.map(({ name }) => name) ?? [];
    const near = nearest(step, names);
    return `'${expression}' selects nothing: ${owner} has no element '${step}'${near ? `; did you mean '${near}'?` : `; it has ${listed(names, 20)}`}`;
  }
  return `'${expression}' selects nothing in a ${type}`;
}

function typesAfter(expression: string, type: ResourceType): readonly string[] | undefined {
  try {
    return compile(expression, type).types;
  } catch {
    return undefined;
  }
}

/** The data types that the search types make rows of, beside the primitives named here. https://hl7.org/fhir/R4/search.html#table */
const valueTypes: Readonly<Record<string, readonly string[]>> = {
  number: ['integer', 'positiveInt', 'unsignedInt', 'decimal', 'Range'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  string: ['string', 'markdown', 'code', 'id', 'uri', 'url', 'canonical', 'HumanName', 'Address'],
  token: [
    ...[
      'code',
      'id',
      'string',
      'markdown',
      'boolean',
      'uri',
      'url',
      'canonical',
      'oid',
      'uuid',
      'integer',
      'positiveInt',
      'unsignedInt',
    ],
    ...['Coding', 'CodeableConcept', 'Identifier', 'ContactPoint', 'time'],
  ],
  reference: ['Reference', 'canonical', 'uri', 'url', 'oid', 'uuid'],
  quantity: [
    'Quantity',
    'Age',
    'Count',
    'Distance',
    'Duration',
    'Money',
    'Range',
    'SampledData',
    'integer',
    'decimal',
    'positiveInt',
    'unsignedInt',
  ],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
};

/** A composite joins elements of any type. An extension stands for its value. */
function fits(type: string, kind: SearchParameter['type']): boolean {
  if (kind === 'composite' || type === 'Extension') return true;
  for (let each: string | undefined = type; each !== undefined; each = typeDefinition(each)?.base)
    if (valueTypes[kind]?.includes(each)) return true;
  return false;
}

function kindsHint(types: readonly string[]): string {
  const kinds = Object.keys(valueTypes).filter((kind) =>
    types.some((type) => fits(type, kind as SearchParameter['type'])),
  );
  return kinds.length > 0 ? `of type ${listed(kinds, 8, 'or')} it would have` : 'select an element inside it';
}
