/**
 * The part of FHIRPath that search parameters are written in, as a tree: paths, `as`/`is`/`ofType`, `where`, `repeat`, `exists`, `extension`,
 * indexes, unions, comparison with a literal, `and`/`or`. http://hl7.org/fhirpath/N1/#expressions
 */

/** A step that is applied to each item of its input, or (`at`, `exists`, `empty`, `not`) to the collection. */
export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'is'; readonly type: string }
  | { readonly kind: 'where'; readonly criteria: Path }
  | { readonly kind: 'repeat'; readonly path: Path }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'at'; readonly index: number }
  | { readonly kind: 'exists' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not' };

export type Literal = string | number | boolean;

export type Path =
  /** The item that the expression is about: a leading name that is a type, `$this`, or nothing before a function. */
  | { readonly kind: 'this'; readonly type?: string }
  | { readonly kind: 'resource' }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'step'; readonly input: Path; readonly step: Step }
  | { readonly kind: 'union'; readonly terms: readonly Path[] }
  | { readonly kind: 'and' | 'or'; readonly left: Path; readonly right: Path }
  | { readonly kind: 'equals'; readonly negated: boolean; readonly left: Path; readonly right: Path };

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(%[a-z]+|\$this|!=|[.,()[\]|=]))/y;

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'symbol';
  readonly text: string;
}

class Unsupported extends Error {}

/** The tree of an expression; undefined when it uses more of FHIRPath than stands here, or is no FHIRPath. */
export function parsePath(expression: string): Path | undefined {
  try {
    return new PathParser(tokens(expression)).whole();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

function tokens(expression: string): readonly Token[] {
  const found: Token[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) throw new Unsupported();
    const [, string, number, name, symbol = ''] = match;
    if (string !== undefined) found.push({ kind: 'string', text: unquoted(string) });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push(name === undefined ? { kind: 'symbol', text: symbol } : { kind: 'name', text: name });
  }
  return found;
}

function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  if (/\\[^'"`\\/]/.test(inner)) throw new Unsupported();
  return inner.replace(/\\(.)/g, '$1');
}

/** Recursive descent; the methods follow the precedence of FHIRPath from loose to tight. */
class PathParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Path {
    const path = this.#or();
    if (this.#at < this.#tokens.length) throw new Unsupported();
    return path;
  }

  #or(): Path {
    let left = this.#and();
    while (this.#take('name', 'or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Path {
    let left = this.#equality();
    while (this.#take('name', 'and')) left = { kind: 'and', left, right: this.#equality() };
    return left;
  }

  #equality(): Path {
    const left = this.#union();
    if (this.#take('symbol', '=')) return { kind: 'equals', negated: false, left, right: this.#union() };
    if (this.#take('symbol', '!=')) return { kind: 'equals', negated: true, left, right: this.#union() };
    return left;
  }

  #union(): Path {
    const terms = [this.#typed()];
    while (this.#take('symbol', '|')) terms.push(this.#typed());
    const [only] = terms;
    return only && terms.length === 1 ? only : { kind: 'union', terms };
  }

  #typed(): Path {
    const input = this.#chain();
    if (this.#take('name', 'as')) return { kind: 'step', input, step: { kind: 'ofType', type: this.#type() } };
    if (this.#take('name', 'is')) return { kind: 'step', input, step: { kind: 'is', type: this.#type() } };
    return input;
  }

  #chain(): Path {
    let path = this.#first();
    for (;;) {
      if (this.#take('symbol', '.')) path = this.#step(path);
      else if (this.#take('symbol', '[')) {
        path = { kind: 'step', input: path, step: { kind: 'at', index: Number(this.#expect('number')) } };
        this.#expect('symbol', ']');
      } else return path;
    }
  }

  #first(): Path {
    const token = this.#tokens[this.#at];
    if (!token) throw new Unsupported();
    if (this.#take('symbol', '(')) {
      const inner = this.#or();
      this.#expect('symbol', ')');
      return inner;
    }
    if (this.#take('symbol', '$this')) return { kind: 'this' };
    if (this.#take('symbol', '%resource')) return { kind: 'resource' };
    if (token.kind === 'string') return { kind: 'literal', value: this.#expect('string') };
    if (token.kind === 'number') return { kind: 'literal', value: Number(this.#expect('number')) };
    if (this.#take('name', 'true')) return { kind: 'literal', value: true };
    if (this.#take('name', 'false')) return { kind: 'literal', value: false };
    if (token.kind === 'name' && /^[A-Z]/.test(token.text)) return { kind: 'this', type: this.#expect('name') };
    return this.#step({ kind: 'this' });
  }

  #step(input: Path): Path {
    const name = this.#expect('name');
    if (!this.#take('symbol', '(')) return { kind: 'step', input, step: { kind: 'child', name } };
    const step = this.#function(name);
    this.#expect('symbol', ')');
    const path: Path = { kind: 'step', input, step };
    return name === 'hasExtension' ? { kind: 'step', input: path, step: { kind: 'exists' } } : path;
  }

  #function(name: string): Step {
    switch (name) {
      case 'as':
      case 'ofType':
        return { kind: 'ofType', type: this.#type() };
      case 'is':
        return { kind: 'is', type: this.#type() };
      case 'where':
        return { kind: 'where', criteria: this.#or() };
      case 'repeat':
        return { kind: 'repeat', path: this.#or() };
      case 'extension':
      case 'hasExtension':
        return { kind: 'extension', url: this.#expect('string') };
      case 'resolve':
        return { kind: 'resolve' };
      case 'first':
        return { kind: 'at', index: 0 };
      case 'exists':
        return { kind: 'exists' };
      case 'empty':
        return { kind: 'empty' };
      case 'not':
        return { kind: 'not' };
      default:
        throw new Unsupported();
    }
  }

  /** `FHIR.Patient`, `Patient`; a name of the System namespace stands for the FHIR type of that name. */
  #type(): string {
    const name = this.#expect('name');
    if ((name === 'FHIR' || name === 'System') && this.#take('symbol', '.')) return this.#expect('name');
    return name;
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(kind: Token['kind'], text?: string): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || (text !== undefined && token.text !== text)) throw new Unsupported();
    this.#at += 1;
    return token.text;
  }
}
