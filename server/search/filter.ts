/**
 * `_filter`: a search written as one sentence, `given eq "peter" and birthdate ge 2014-10-10`, to an Expression. Read from left to
 * right without precedence between `and` and `or`, as the specification says. https://hl7.org/fhir/R4/search_filter.html
 */
import { type FhirError, invalid } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import { and, type Expression, not, or } from './expression.ts';
import { type FilterOperator, filterOperators, isFilterOperator, test } from './filter-test.ts';
import { abbreviated, type CriterionContext, parameterNamed, walk } from './parse-criterion.ts';
import { listed } from './unknown.ts';

/** Parentheses and brackets inside each other. */
const MAX_NESTING = 50;

/** `path operator value`. */
interface Comparison {
  readonly operator: FilterOperator;
  readonly value: string;
}

/** @throws FhirError that names the place in the text, counted from 1 */
export function parseFilter(type: ResourceType, text: string, context: CriterionContext): Expression {
  const parser = new FilterParser(text, context);
  const expression = parser.filter(type, 0);
  parser.end();
  return expression;
}

class FilterParser {
  readonly #text: string;
  readonly #context: CriterionContext;
  #at = 0;

  constructor(text: string, context: CriterionContext) {
    this.#text = text;
    this.#context = context;
  }

  filter(type: ResourceType, nesting: number): Expression {
    if (nesting > MAX_NESTING) throw this.#failure(`parentheses may stand ${MAX_NESTING} deep at most`);
    let expression = this.#operand(type, nesting);
    for (;;) {
      if (this.#takeWord('and')) expression = and([expression, this.#operand(type, nesting)]);
      else if (this.#takeWord('or')) expression = or([expression, this.#operand(type, nesting)]);
      else return expression;
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#failure(`expected 'and', 'or' or the end`);
  }

  #operand(type: ResourceType, nesting: number): Expression {
    if (this.#take('(')) return this.#closed(type, ')', nesting);
    const start = this.#at;
    if (this.#takeWord('not')) {
      if (this.#take('(')) return not(this.#closed(type, ')', nesting));
      this.#at = start;
      throw this.#failure(`'not' is followed by a filter in parentheses: not (active eq true)`);
    }
    return this.#path(type, nesting, 0);
  }

  #closed(type: ResourceType, bracket: string, nesting: number): Expression {
    const inner = this.filter(type, nesting + 1);
    if (this.#take(bracket)) return inner;
    throw this.#failure(`expected '${bracket}'`);
  }

  /** `name op value`, `name.path op value`, `name[filter].path op value`. */
  #path(type: ResourceType, nesting: number, depth: number): Expression {
    const name = this.#name();
    const start = this.#at;
    let end = start;
    // A chain without a type may lead to several types: the text behind it is read for each of them.
    const further = (reached: ResourceType, bracketed: boolean): Expression => {
      this.#at = start;
      const condition = bracketed && this.#take('[') ? this.#closed(reached, ']', nesting) : undefined;
      if (!this.#takeHere('.')) throw this.#failure(`expected '.' and a parameter behind ']'`);
      const rest = this.#path(reached, nesting, depth + 1);
      end = this.#at;
      return condition ? and([condition, rest]) : rest;
    };
    const next = this.#text[this.#at];
    if (next === '.' || next === '[') {
      // What follows is read by `further`, once for each type; the name is for messages only.
      const following = /^\.([-\w]+)/.exec(this.#text.slice(this.#at))?.[1] ?? 'path';
      const makeLeaf = (reached: ResourceType): Expression => further(reached, next === '[');
      const expression = walk(type, `${name}.${following}`, makeLeaf, this.#context, depth);
      this.#at = end;
      return expression;
    }
    const param = parameterNamed(type, name, this.#context);
    const { operator, value } = this.#comparison(name);
    return test(param, operator, value, this.#context);
  }

  #comparison(name: string): Comparison {
    const start = this.#skipSpace();
    const operator = this.#matching(/[A-Za-z]+/y) ?? '';
    if (!isFilterOperator(operator)) {
      this.#at = start;
      throw this.#failure(`behind '${name}' an operator is expected: ${listed(filterOperators, 30, 'or')}`);
    }
    return { operator, value: this.#value(operator) };
  }

  #value(operator: string): string {
    const start = this.#skipSpace();
    const quoted = this.#matching(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) {
      try {
        return String(JSON.parse(quoted));
      } catch {
        this.#at = start;
        throw this.#failure('the text in quotation marks is not a JSON string');
      }
    }
    if (this.#text[start] === '"') throw this.#failure('the quotation mark is not closed');
    const token = this.#matching(/[^\s)\]]+/y);
    if (token === undefined) throw this.#failure(`behind '${operator}' a value is expected`);
    return token;
  }

  #name(): string {
    this.#skipSpace();
    const name = this.#matching(/[_A-Za-z][-_A-Za-z0-9]*(?::[A-Z][A-Za-z]*)?/y);
    if (name === undefined) throw this.#failure('expected the name of a search parameter');
    return name;
  }

  #matching(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    return this.#takeHere(character);
  }

  #takeHere(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #takeWord(word: string): boolean {
    const start = this.#skipSpace();
    if (this.#matching(/[A-Za-z]+/y) === word && !/[-_.[:]/.test(this.#text[this.#at] ?? ' ')) return true;
    this.#at = start;
    return false;
  }

  #skipSpace(): number {
    this.#matching(/\s+/y);
    return this.#at;
  }

  #failure(message: string): FhirError {
    const found = this.#at < this.#text.length ? `'${abbreviated(this.#text.slice(this.#at))}'` : 'the end';
    return invalid(`_filter, character ${this.#at + 1}: ${message}; found ${found}`, { rule: 'search-filter-syntax' });
  }
}
