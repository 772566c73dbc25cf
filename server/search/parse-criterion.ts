/**
 * One criterion of a search, `name=value`, to an Expression: a parameter with a modifier, a chain, or `_has`, in any nesting.
 * https://hl7.org/fhir/R4/search.html#chaining https://hl7.org/fhir/R4/search.html#has
 */
import { isResourceType, resourceTypes } from '../../resources/definition.ts';
import { nearest } from '../../resources/nearest.ts';
import { badValue, FhirError, invalid, notSupported } from '../../resources/outcome.ts';
import { isId } from '../../resources/primitive.ts';
import type { ResourceType } from '../../resources/types.ts';
import { splitUnescaped } from './escape.ts';
import { type Expression, not, or } from './expression.ts';
import { hierarchies, inHierarchy, isDirection } from './hierarchy.ts';
import { MAX_CHAIN, MAX_IDS, MAX_LEAVES, MAX_VALUES } from './limits.ts';
import type { SearchParameters } from './query.ts';
import type { SearchParameter } from './search-parameter.ts';
import { searchTypes } from './type/index.ts';
import type { ParseContext } from './type/search-type.ts';
import { listed, requireUsable, unknownParameter } from './unknown.ts';

export interface CriterionContext extends ParseContext {
  readonly parameters: SearchParameters;
  /** How many more leaves the search may have; shared by all its criteria. */
  readonly budget: { leaves: number };
}

export const newBudget = (): CriterionContext['budget'] => ({ leaves: MAX_LEAVES });

/** Makes the expression at the end of a chain: given the type that is reached and the name that is left. */
type Leaf = (type: ResourceType, name: string) => Expression;

/**
 * What `name=text` asks of a resource of `type`.
 * @throws FhirError that says what was found, what is accepted and which name was probably meant
 */
export function criterion(type: ResourceType, name: string, text: string, context: CriterionContext): Expression {
  return walk(type, name, (reached, last) => leaf(reached, last, text, context), context, 0);
}

/** Follows `name` through its chains and `_has` to the leaf. */
export function walk(
  type: ResourceType,
  name: string,
  makeLeaf: Leaf,
  context: CriterionContext,
  depth: number,
): Expression {
  if (depth > MAX_CHAIN) throw invalid(`a chain may have ${MAX_CHAIN} links at most`, { rule: 'search-chain-depth' });
  if (name.startsWith('_has:') || name === '_has') return has(type, name, makeLeaf, context, depth);
  const dot = name.indexOf('.');
  if (dot === -1) return makeLeaf(type, name);
  return chain(type, name.slice(0, dot), name.slice(dot + 1), makeLeaf, context, depth);
}

function has(type: ResourceType, name: string, makeLeaf: Leaf, context: CriterionContext, depth: number): Expression {
  const [, source = '', code = '', ...rest] = name.split(':');
  if (source === '' || code === '' || rest.length === 0 || rest[0] === '')
    throw invalid(
      `'${name}' is not complete; the form is _has:<type>:<reference parameter>:<parameter>, ` +
        'for example _has:Observation:patient:code',
      { rule: 'search-has-form' },
    );
  const from = resourceTypeNamed(source);
  const param = referenceParameter(from, code, '_has', context);
  if (!param.targets.includes(type))
    throw badValue(`${from}.${code} refers to ${listed(param.targets, 8)}, not to ${type}`, {
      rule: 'search-has-target',
    });
  return { kind: 'has', source: from, param, term: walk(from, rest.join(':'), makeLeaf, context, depth + 1) };
}

function chain(
  type: ResourceType,
  head: string,
  rest: string,
  makeLeaf: Leaf,
  context: CriterionContext,
  depth: number,
): Expression {
  const { code, modifier } = nameAndModifier(head);
  const param = referenceParameter(type, code, 'a chain', context);
  if (rest === '') throw invalid(`'${head}.' names no parameter behind the dot`, { rule: 'search-chain-form' });
  const targets = modifier === undefined ? param.targets : [targetNamed(param, modifier)];
  const expressions: Expression[] = [];
  const failures: FhirError[] = [];
  for (const target of targets) {
    try {
      expressions.push({ kind: 'chain', param, target, term: walk(target, rest, makeLeaf, context, depth + 1) });
    } catch (error) {
      if (!(error instanceof FhirError) || error.issues.some(({ code }) => code === 'too-costly')) throw error;
      failures.push(error);
    }
  }
  if (expressions.length > 0) return or(expressions);
  throw chainFailure(param, rest, failures);
}

/** Of a chain that no target type can follow: the one reason when there is one, otherwise all types that were tried. */
function chainFailure(param: SearchParameter, rest: string, failures: readonly FhirError[]): FhirError {
  const [first] = failures;
  if (first && failures.length === 1) return first;
  const reasons = new Set(failures.map(({ message }) => message));
  if (first && reasons.size === 1) return first;
  const mistaken = failures.find(({ issues }) => issues.some(({ rule }) => rule !== 'search-parameter-unknown'));
  const meant = failures.find(({ message }) => message.includes('did you mean'));
  const telling = mistaken ?? meant;
  if (telling) return telling;
  return notSupported(
    `${param.resource}.${param.code} refers to ${listed(param.targets, 8)}; none of them has a search parameter '${rest}'`,
    { rule: 'search-parameter-unknown' },
    400,
  );
}

/** `name:modifier` in its parts. */
export function nameAndModifier(name: string): { readonly code: string; readonly modifier?: string } {
  const colon = name.indexOf(':');
  return colon === -1 ? { code: name } : { code: name.slice(0, colon), modifier: name.slice(colon + 1) };
}

export function resourceTypeNamed(name: string): ResourceType {
  if (isResourceType(name)) return name;
  const near = nearest(name, resourceTypes());
  throw badValue(`'${name}' is not a resource type of R4${near ? `; did you mean '${near}'?` : ''}`, {
    rule: 'resource-type-unknown',
  });
}

function targetNamed(param: SearchParameter, name: string): ResourceType {
  if (!/^[A-Z]/.test(name))
    throw badValue(
      `:${name} cannot stand inside a chain; between ${param.code} and the dot stands a type: ${listed(param.targets, 8)}`,
      {
        rule: 'search-chain-target',
      },
    );
  const target = resourceTypeNamed(name);
  if (param.targets.includes(target)) return target;
  throw badValue(`${param.resource}.${param.code} refers to ${listed(param.targets, 8)}, not to ${target}`, {
    rule: 'search-chain-target',
  });
}

/** The parameter `code` of `type`. @throws FhirError when there is none, or it is not usable yet */
export function parameterNamed(type: ResourceType, code: string, context: CriterionContext): SearchParameter {
  const param = context.parameters.get(type, code);
  if (!param) throw unknownParameter(type, code, context.parameters);
  return requireUsable(param);
}

function referenceParameter(
  type: ResourceType,
  code: string,
  what: string,
  context: CriterionContext,
): SearchParameter {
  const param = parameterNamed(type, code, context);
  if (param.type === 'reference') return param;
  const references = context.parameters.of(type).filter((each) => each.type === 'reference');
  throw badValue(
    `${type}.${code} is of type ${param.type}; ${what} needs a reference: ${listed(references.map((each) => each.code))}`,
    { rule: 'search-not-a-reference' },
  );
}

/** A parameter with its modifier and values, at the end of any chain. */
function leaf(type: ResourceType, name: string, text: string, context: CriterionContext): Expression {
  const { code, modifier } = nameAndModifier(name);
  if (code === '_list') return memberOfList(type, modifier, text, context);
  const param = parameterNamed(type, code, context);
  if (modifier === 'missing') return missing(param, text);
  const values = splitUnescaped(text, ',');
  const limit = code === '_id' ? MAX_IDS : MAX_VALUES;
  if (values.length > limit)
    throw invalid(`${name} has ${values.length} values; at most ${limit} are taken`, {
      rule: 'search-too-many-values',
    });
  if (values.some((value) => value === ''))
    throw badValue(`${name}=${abbreviated(text)} has an empty value beside a comma`, { rule: 'search-value-empty' });
  const notAnId = code === '_id' && values.find((value) => !isId(value));
  if (notAnId)
    throw badValue(
      `'${abbreviated(notAnId)}' is not an id; an id has up to 64 letters, digits, hyphens and dots, without type and system`,
      { rule: 'search-value' },
    );
  return matchesAny(param, modifier, values, context);
}

/** The values or-ed. `:not` and `:not-in` say that no value of the resource is one of them. */
export function matchesAny(
  param: SearchParameter,
  modifier: string | undefined,
  values: readonly string[],
  context: CriterionContext,
): Expression {
  spend(context, values.length);
  const type = searchTypes[param.type];
  const ofHierarchy = hierarchies(param, context.parameters).length > 0;
  const accepted = [...new Set([...type.modifiers(param), ...(ofHierarchy ? ['below', 'above'] : [])])];
  if (modifier !== undefined && !accepted.includes(modifier) && !isTargetType(param, modifier))
    throw badModifier(param, modifier, accepted);
  if (modifier !== undefined && isTargetType(param, modifier)) targetNamed(param, modifier);
  for (const value of values) checkValue(param, modifier, value);
  if (ofHierarchy && isDirection(modifier)) return inHierarchy(param, modifier, values, context);
  const negated = modifier === 'not' || modifier === 'not-in';
  const positive = modifier === 'not' ? undefined : modifier === 'not-in' ? 'in' : modifier;
  const any = or(
    values.map((value) => ({ kind: 'matches', param, value: type.parse(value, positive, param, context) }) as const),
  );
  return negated ? not(any) : any;
}

const isTargetType = (param: SearchParameter, modifier: string): boolean =>
  param.type === 'reference' && /^[A-Z]/.test(modifier);

/** What the search types take and no resource can have: a type that R4 lacks, a boolean that is neither true nor false. */
function checkValue(param: SearchParameter, modifier: string | undefined, value: string): void {
  const [, type] = param.type === 'reference' ? (/^([A-Z][A-Za-z]*)\/[^/]+$/.exec(value) ?? []) : [];
  if (type !== undefined && !isResourceType(type)) throw badTypeIn(param, value, type);
  const onlyBoolean = param.valueTypes?.every((each) => each === 'boolean') && param.type === 'token';
  if (onlyBoolean && (modifier === undefined || modifier === 'not') && !/(^|\|)(true|false)$/.test(value))
    throw badValue(`${param.resource}.${param.code} is true or false, not '${abbreviated(value)}'`, {
      rule: 'search-value',
    });
}

function badTypeIn(param: SearchParameter, value: string, type: string): FhirError {
  const near = nearest(type, param.targets) ?? nearest(type, resourceTypes());
  const hint = near ? `did you mean '${near}'?` : `the parameter refers to ${listed(param.targets, 8)}`;
  return badValue(`${param.resource}.${param.code}: '${abbreviated(value)}' names no resource type of R4; ${hint}`, {
    rule: 'resource-type-unknown',
  });
}

function badModifier(param: SearchParameter, modifier: string, accepted: readonly string[]): FhirError {
  const names = [...accepted, 'missing'];
  const near = nearest(modifier, names);
  const forms = [...names.map((name) => `:${name}`), ...(param.type === 'reference' ? [':<resource type>'] : [])];
  return notSupported(
    `:${modifier} is not a modifier of ${param.resource}.${param.code}, which is of type ${param.type}; ` +
      `${near ? `did you mean :${near}? It` : 'it'} takes ${listed(forms)}`,
    { rule: 'search-modifier-unknown' },
    400,
  );
}

function missing(param: SearchParameter, text: string): Expression {
  if (text !== 'true' && text !== 'false')
    throw badValue(`:missing is true or false, not '${abbreviated(text)}'`, { rule: 'search-missing-value' });
  const term: Expression = { kind: 'missing', param };
  return text === 'true' ? term : not(term);
}

/** `_list=42`: the resources that the List/42 has as items. https://hl7.org/fhir/R4/search.html#list */
function memberOfList(
  type: ResourceType,
  modifier: string | undefined,
  text: string,
  context: CriterionContext,
): Expression {
  if (modifier !== undefined)
    throw notSupported(`_list takes no modifier; ':${modifier}' was given`, { rule: 'search-modifier-unknown' }, 400);
  const ids = splitUnescaped(text, ',').map((id) => id.replace(/^List\//, ''));
  const wrong = ids.find((id) => !isId(id));
  if (wrong?.startsWith('$'))
    throw notSupported(
      `_list=${abbreviated(wrong)} asks for a functional list; this server keeps none. Name a List by its id`,
      { rule: 'search-list' },
      400,
    );
  if (wrong !== undefined)
    throw badValue(`_list=${abbreviated(wrong)} is not the id of a List`, { rule: 'search-list' });
  const item = parameterNamed('List', 'item', context);
  const id = parameterNamed('List', '_id', context);
  if (!item.targets.includes(type)) throw badValue(`a List has no items of type ${type}`, { rule: 'search-list' });
  return { kind: 'has', source: 'List', param: item, term: matchesAny(id, undefined, ids, context) };
}

function spend(context: CriterionContext, leaves: number): void {
  context.budget.leaves -= leaves;
  if (context.budget.leaves >= 0) return;
  throw new FhirError(400, [
    {
      severity: 'error',
      code: 'too-costly',
      diagnostics:
        `the search has more than ${MAX_LEAVES} tests; a chain without a type counts once for each type that it may reach: ` +
        'name the type (subject:Patient.name), or give fewer values',
      rule: 'search-too-costly',
    },
  ]);
}

/** A value short enough for a message. */
export const abbreviated = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
