/**
 * The comparisons of `_filter`, `name operator value`, as the search types understand them: by prefix for what has an order, by modifier
 * or mode for texts and codes. https://hl7.org/fhir/R4/search_filter.html#ops
 */
import { badValue, type FhirError, notSupported } from '../../resources/outcome.ts';
import { and, type Expression, not } from './expression.ts';
import { abbreviated, type CriterionContext, matchesAny } from './parse-criterion.ts';
import type { SearchParameter, SearchParameterType } from './search-parameter.ts';
import { type StringValue, textTest } from './type/string.ts';
import { listed } from './unknown.ts';

export const filterOperators = [
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'gt',
  'lt',
  'ge',
  'le',
  'ap',
  'sa',
  'eb',
  'pr',
  'po',
  'ss',
  'sb',
  'in',
  'ni',
  're',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

export const isFilterOperator = (text: string): text is FilterOperator =>
  (filterOperators as readonly string[]).includes(text);

const ordered: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb', 'pr'];

/** The operators that have a meaning for a type of parameter. */
const operatorsOf: Readonly<Record<SearchParameterType, readonly FilterOperator[]>> = {
  number: ordered,
  quantity: ordered,
  date: [...ordered, 'po'],
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'pr'],
  token: ['eq', 'ne', 'ss', 'sb', 'in', 'ni', 'pr'],
  uri: ['eq', 'ne', 'sw', 'pr'],
  reference: ['eq', 'ne', 're', 'pr'],
  composite: ['eq', 'pr'],
  special: ['eq'],
};

/** The short names of code systems that a filter may use. */
const systems: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
};

/** The modifier of a token that an operator stands for: `ss` asks whether the value subsumes the concept of the resource. */
const tokenModifiers: Partial<Record<FilterOperator, string>> = { ss: 'below', sb: 'above', in: 'in', ni: 'not-in' };

/**
 * The test of `param`. `ne` on texts, codes and references says that there is a value and none is equal.
 * @throws FhirError when the operator has no meaning for the parameter, or the value none for its type
 */
export function test(
  param: SearchParameter,
  operator: FilterOperator,
  value: string,
  context: CriterionContext,
): Expression {
  const accepted = operatorsOf[param.type];
  if (!accepted.includes(operator)) throw badOperator(param, operator, accepted);
  if (operator === 'pr') return present(param, value);
  switch (param.type) {
    case 'number':
    case 'quantity':
    case 'date':
      return operator === 'po'
        ? and([prefixed(param, 'ge', value, context), prefixed(param, 'le', value, context)])
        : prefixed(param, operator, value, context);
    case 'string':
      return operator === 'ne' ? differs(text(param, 'eq', value), param) : text(param, operator, value);
    case 'uri':
      return operator === 'sw'
        ? plain(param, 'below', value, context)
        : equalOrNot(param, operator, plain(param, undefined, value, context));
    case 'token':
    case 'reference':
    case 'composite':
    case 'special':
      return equalOrNot(param, operator, plain(param, tokenModifiers[operator], value, context));
  }
}

function badOperator(param: SearchParameter, operator: string, accepted: readonly string[]): FhirError {
  return notSupported(
    `_filter: '${operator}' has no meaning for ${param.resource}.${param.code}, which is of type ${param.type}; it takes ${listed(accepted, 30, 'or')}`,
    { rule: 'search-filter-operator' },
    400,
  );
}

function present(param: SearchParameter, value: string): Expression {
  if (value !== 'true' && value !== 'false')
    throw badValue(`_filter: behind 'pr' stands true or false, not '${abbreviated(value)}'`, {
      rule: 'search-filter-value',
    });
  const missing: Expression = { kind: 'missing', param };
  return value === 'true' ? not(missing) : missing;
}

const differs = (equal: Expression, param: SearchParameter): Expression =>
  and([not({ kind: 'missing', param }), not(equal)]);

const equalOrNot = (param: SearchParameter, operator: FilterOperator, equal: Expression): Expression =>
  operator === 'ne' ? differs(equal, param) : equal;

const modes = { eq: 'is', co: 'contains', sw: 'begins', ew: 'ends' } as const;

function text(param: SearchParameter, operator: FilterOperator, value: string): Expression {
  const mode = modes[operator as keyof typeof modes];
  const found: StringValue = { type: 'string', ...textTest(escaped(value), undefined, param), mode };
  return { kind: 'matches', param, value: found };
}

function prefixed(param: SearchParameter, prefix: string, value: string, context: CriterionContext): Expression {
  return matchesAny(param, undefined, [`${prefix}${escaped(withSystem(value, 1))}`], context);
}

const plain = (
  param: SearchParameter,
  modifier: string | undefined,
  value: string,
  context: CriterionContext,
): Expression => matchesAny(param, modifier, [escaped(withSystem(value, 0))], context);

/** In a filter a comma is an ordinary character; bars keep their meaning. */
const escaped = (value: string): string => value.replaceAll(/[\\,]/g, (character) => `\\${character}`);

/** `loinc|1234-5` with the URL of the system, which stands at `place` among the parts. */
function withSystem(value: string, place: number): string {
  const parts = value.split('|');
  const system = systems[parts[place] ?? ''];
  return system === undefined || parts.length < 2 ? value : parts.with(place, system).join('|');
}
