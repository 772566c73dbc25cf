/**
 * The parameters of a search to a Query. Whatever cannot be carried out becomes an Issue that says what was found and what is
 * accepted: an error when handling is strict, a warning when it is lenient. https://hl7.org/fhir/R4/search.html#errors
 */
import { isResourceType } from '../../resources/definition.ts';
import { nearest } from '../../resources/nearest.ts';
import { badValue, FhirError, type Issue, invalid, issue, notSupported } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import { compartmentMembers, inCompartment, typesInContext } from './compartment.ts';
import { containedQuery } from './contained.ts';
import { open } from './cursor.ts';
import { and, type Expression } from './expression.ts';
import { parseFilter } from './filter.ts';
import { DEFAULT_COUNT, MAX_PARAMETERS, MAX_TEXT } from './limits.ts';
import { type CriterionContext, criterion, nameAndModifier, newBudget, resourceTypeNamed } from './parse-criterion.ts';
import { parseInclude } from './parse-include.ts';
import type { Include, Query, SearchContext, SearchRequest, TypeQuery } from './query.ts';
import { noScore, type ResultPart, resultParsers } from './result-parameters.ts';
import { SCORE, scoreOf } from './score.ts';
import { listed, notOffered } from './unknown.ts';

export type ParseQueryContext = Pick<SearchContext, 'parameters' | 'baseUrl' | 'pageKey' | 'terminology'>;

/** The parameter that carries a page link. */
const PAGE = '_page';

/**
 * The search that a request asks for, or the further page that its link stands for.
 * @throws FhirError 400 with one issue for each parameter that cannot be carried out, when handling is strict
 */
export function parseQuery(request: SearchRequest, context: ParseQueryContext): Query {
  const page = request.query.get(PAGE);
  return page === null ? parseSearch(request, context) : parsePage(request, page, context);
}

function parsePage(request: SearchRequest, text: string, context: ParseQueryContext): Query {
  const others = [...request.query.keys()].filter((name) => name !== PAGE);
  if (others.length > 0 || request.query.getAll(PAGE).length > 1)
    throw invalid(`a page link stands alone; ${listed(others.length > 0 ? others : [PAGE])} cannot be added to it`, {
      expression: `http.${PAGE}`,
      rule: 'search-page',
    });
  const { page, query, type, compartment } = open(text, context.pageKey);
  if (type !== request.type)
    throw invalid(
      `this page link belongs to a search of ${type ?? 'the whole system'}, not of ${request.type ?? 'the whole system'}`,
      {
        expression: `http.${PAGE}`,
        rule: 'search-page',
      },
    );
  const search = parseSearch({ type, compartment, query: new URLSearchParams(query), handling: 'strict' }, context);
  return { ...search, page, issues: [] };
}

function parseSearch(request: SearchRequest, context: ParseQueryContext): Query {
  const parameters = [...request.query];
  if (parameters.length > MAX_PARAMETERS)
    throw invalid(`the search has ${parameters.length} parameters; at most ${MAX_PARAMETERS} are taken`, {
      rule: 'search-too-many-parameters',
    });
  const parser = new QueryParser(request, context);
  // The types come first: they decide what the others mean.
  const typesFirst = [...parameters.keys()].sort(
    (a, b) => Number(isType(parameters[b])) - Number(isType(parameters[a])),
  );
  for (const place of typesFirst) parser.take(place, ...(parameters[place] ?? ['', '']));
  return parser.query();
}

const isType = (parameter: readonly [string, string] | undefined): boolean => parameter?.[0] === '_type';

/** Collects what the parameters say, one after the other. */
class QueryParser {
  readonly #request: SearchRequest;
  readonly #context: CriterionContext;
  readonly #issues: Issue[] = [];
  readonly #criteria = new Map<ResourceType, Expression[]>();
  readonly #includes: Include[] = [];
  /** By their place in the request. */
  readonly #applied = new Map<number, readonly [name: string, value: string]>();
  readonly #results = new Map<string, string>();
  #types: readonly ResourceType[];
  #parts: ResultPart['part'] = {};

  constructor(request: SearchRequest, context: ParseQueryContext) {
    this.#request = request;
    this.#context = { ...context, budget: newBudget() };
    this.#types = typesInContext(request);
  }

  /** Reads one parameter; what is wrong with it becomes an issue. */
  take(place: number, name: string, value: string): void {
    try {
      if (value.length > MAX_TEXT)
        throw invalid(`the value has ${value.length} characters; at most ${MAX_TEXT} are taken`, {
          rule: 'search-value-too-long',
        });
      if (value === '') this.#issues.push(emptyValue(name));
      else this.#applied.set(place, [name, this.#read(name, value)]);
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      this.#issues.push(...error.issues.map((each) => this.#located(each, name)));
    }
  }

  query(): Query {
    const types = this.#types.map((type) => this.#typeQuery(type));
    const sort = this.#sortOf(types);
    if (this.#issues.some(({ severity }) => severity === 'error')) throw new FhirError(400, this.#issues);
    const summary = this.#parts.summary ?? 'false';
    const { contained = 'false', containedType = 'container' } = this.#parts;
    const query: Query = {
      path: pathOf(this.#request),
      context: { type: this.#request.type, compartment: this.#request.compartment },
      types: types.map((each) => ({
        ...each,
        sort: sort.map(({ code }) => this.#context.parameters.get(each.type, code)),
      })),
      sort,
      includes: this.#includes,
      count: summary === 'count' ? 0 : (this.#parts.count ?? DEFAULT_COUNT),
      total: this.#parts.total,
      summary,
      elements: this.#parts.elements ?? [],
      applied: [...this.#applied].sort(([a], [b]) => a - b).map(([, parameter]) => parameter),
      issues: this.#issues,
    };
    if (contained === 'false') return query;
    try {
      return containedQuery(query, contained, containedType, this.#context.parameters, this.#context.baseUrl);
    } catch (error) {
      if (!(error instanceof FhirError) || this.#request.handling === 'strict') throw error;
      const issues = [...this.#issues, ...error.issues.map((each) => this.#located(each, '_contained'))];
      return { ...query, issues, applied: query.applied.filter(([name]) => !name.startsWith('_contained')) };
    }
  }

  #typeQuery(type: ResourceType): Omit<TypeQuery, 'sort'> {
    const { compartment } = this.#request;
    const membership = compartment ? [inCompartment(compartment, type, this.#context)] : [];
    const criteria = this.#criteria.get(type) ?? [];
    const score = scoreOf(criteria);
    return { type, expression: and([...membership, ...criteria]), ...(score ? { score } : {}) };
  }

  /** The keys of `_sort`; none when they name `_score` and there is none: whether there is one is known when all parameters have been read. */
  #sortOf(types: readonly Pick<TypeQuery, 'score'>[]): Query['sort'] {
    const sort = this.#parts.sort ?? [];
    if (!sort.some(({ code }) => code === SCORE) || types.every(({ score }) => score)) return sort;
    this.#issues.push(this.#located(noScore, '_sort'));
    for (const [place, [name]] of this.#applied) if (name === '_sort') this.#applied.delete(place);
    return [];
  }

  /** @returns the value that is carried out, for the self link */
  #read(name: string, value: string): string {
    const { code, modifier } = nameAndModifier(name);
    if (code === '_type') return this.#readType(modifier, value);
    if (code === '_include' || code === '_revinclude') {
      this.#includes.push(parseInclude(code, modifier, value, this.#types, this.#context.parameters));
      return value;
    }
    if (Object.hasOwn(resultParsers, code)) return this.#readResult(code, modifier, value);
    if (
      Object.hasOwn(notOffered, code) &&
      !this.#types.some((type) => this.#context.parameters.get(type, code)?.fullText)
    )
      throw notSupported(`${code}: ${notOffered[code]}`, { rule: 'search-not-offered' }, 400);
    const one =
      code === '_filter' && modifier === undefined
        ? (type: ResourceType) => parseFilter(type, value, this.#context)
        : (type: ResourceType) => criterion(type, name, value, this.#context);
    for (const [type, expression] of this.#forEachType(name, one))
      this.#criteria.set(type, [...(this.#criteria.get(type) ?? []), expression]);
    return value;
  }

  /** A criterion has to mean something for every type that is searched. */
  #forEachType(
    name: string,
    one: (type: ResourceType) => Expression,
  ): readonly (readonly [ResourceType, Expression])[] {
    const expressions: [ResourceType, Expression][] = [];
    const failures: [ResourceType, FhirError][] = [];
    for (const type of this.#types) {
      try {
        expressions.push([type, one(type)]);
      } catch (error) {
        if (!(error instanceof FhirError)) throw error;
        failures.push([type, error]);
      }
    }
    const [first] = failures;
    if (!first) return expressions;
    if (expressions.length === 0 || first[1].issues.some(({ rule }) => rule !== 'search-parameter-unknown'))
      throw this.#types.length === 1 || expressions.length > 0 ? first[1] : unknownEverywhere(name, first[1]);
    throw notSupported(
      `'${name}' is a parameter of ${named(expressions, 12)}, not of ${named(failures, 4)}; ` +
        'a search over several types takes parameters that all of them have: name the types by _type',
      { rule: 'search-parameter-not-common' },
      400,
    );
  }

  #readType(modifier: string | undefined, value: string): string {
    if (modifier !== undefined) throw notSupported(`_type takes no modifier`, { rule: 'search-modifier-unknown' }, 400);
    const named = value.split(',').map(resourceTypeNamed);
    const { type, compartment } = this.#request;
    if (type !== undefined && (named.length !== 1 || named[0] !== type))
      throw badValue(
        `_type=${value} has no place in a search of ${type}; search at the root of the server for several types`,
        {
          rule: 'search-type',
        },
      );
    const outside = named.find((each) => !this.#types.includes(each));
    if (outside !== undefined)
      throw badValue(
        compartment && !compartmentMembers(compartment.type).includes(outside)
          ? `resources of type ${outside} are never in the compartment of a ${compartment.type}`
          : `_type was given before without ${outside}; name all types in one _type, joined by commas`,
        { rule: 'search-type' },
      );
    this.#types = [...new Set(named)].sort();
    return value;
  }

  #readResult(name: string, modifier: string | undefined, value: string): string {
    if (modifier !== undefined)
      throw notSupported(
        `${name} takes no modifier; ':${modifier}' was given`,
        { rule: 'search-modifier-unknown' },
        400,
      );
    const before = this.#results.get(name);
    if (before !== undefined && before !== value)
      throw badValue(
        `${name} was given twice, as '${before}' and as '${value}'${name === '_sort' || name === '_elements' ? '; join the values by a comma' : ''}`,
        { rule: 'search-repeated' },
      );
    this.#results.set(name, value);
    const result = resultParsers[name]?.(value, this.#types, this.#context.parameters);
    this.#parts = { ...this.#parts, ...result?.part };
    if (result?.issue) this.#issues.push(result.issue);
    return result?.value ?? value;
  }

  #located(found: Issue, name: string): Issue {
    const expression = [`http.${name}`];
    if (this.#request.handling === 'strict') return { ...found, expression };
    return {
      ...found,
      expression,
      severity: 'warning',
      diagnostics: `${found.diagnostics} (left out of this search)`,
    };
  }
}

const named = (types: readonly (readonly [ResourceType, unknown])[], shown: number): string =>
  listed(
    types.map(([type]) => type),
    shown,
  );

const pathOf = ({ type, compartment }: SearchRequest): string =>
  compartment ? `${compartment.type}/${compartment.id}/${type ?? '*'}` : (type ?? '');

const emptyValue = (name: string): Issue =>
  issue('informational', `${name} has no value; it is left out of the search`, {
    severity: 'information',
    expression: `http.${name}`,
    rule: 'search-value-empty',
  });

function unknownEverywhere(name: string, first: FhirError): FhirError {
  const { code } = nameAndModifier(name.split('.')[0] ?? name);
  if (!first.issues.some(({ rule }) => rule === 'search-parameter-unknown') || isResourceType(code)) return first;
  const near = nearest(code, [
    ...Object.keys(resultParsers),
    '_id',
    '_lastUpdated',
    '_tag',
    '_profile',
    '_security',
    '_source',
  ]);
  return notSupported(
    `'${code}' is no search parameter of any type that is searched${near ? `; did you mean '${near}'?` : ''}`,
    { rule: 'search-parameter-unknown' },
    400,
  );
}
