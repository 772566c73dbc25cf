/** FHIRPath text -> tree. The whole grammar but quantities and date literals, which the constraints of R4 do not use. https://hl7.org/fhirpath/N1/#grammar */

export type Tree =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'this' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of?: Tree; readonly name: string }
  | { readonly kind: 'call'; readonly of?: Tree; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: 'index'; readonly of: Tree; readonly at: Tree }
  | { readonly kind: 'type'; readonly op: 'is' | 'as'; readonly of: Tree; readonly type: string }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Tree; readonly right: Tree };

/** The tree of an expression; undefined when it uses something beyond this parser. */
export function parseExpression(text: string): Tree | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const parser = new Parser(tokens);
  const tree = parser.expression(0);
  return parser.isAtEnd ? tree : undefined;
}

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'variable' | 'symbol';
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_]*|\$this)|`(?<quoted>[^`]*)`|'(?<string>(?:[^'\\]|\\.)*)'|%(?<variable>[A-Za-z][A-Za-z0-9-]*|`[^`]*`|'[^']*')|(?<number>\d+(?:\.\d+)?)|(?<symbol><=|>=|!=|!~|[-+*/=<>~|&.,()[\]{}]))/y;

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length && text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) return undefined;
    if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name });
    else if (groups.quoted !== undefined) tokens.push({ kind: 'name', text: groups.quoted });
    else if (groups.string !== undefined) tokens.push({ kind: 'string', text: unescaped(groups.string) });
    else if (groups.variable !== undefined)
      tokens.push({ kind: 'variable', text: groups.variable.replace(/[`']/g, '') });
    else if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number });
    else tokens.push({ kind: 'symbol', text: groups.symbol ?? '' });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

/** How tightly the operators bind, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '~', '!=', '!~'],
  ['<=', '<', '>', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
];
// Deeper nesting than any constraint has, and far from the end of the stack.
const DEEPEST = 60;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** An expression whose operators bind at least as tightly as `level`. */
  expression(level: number): Tree | undefined {
    if (level === LEVELS.length) return this.#postfix();
    let left = this.expression(level + 1);
    for (let op = this.#operator(level); left && op !== undefined; op = this.#operator(level)) {
      this.#at++;
      if (op === 'is' || op === 'as') {
        const type = this.#qualifiedName();
        left = type === undefined ? undefined : { kind: 'type', op, of: left, type };
      } else {
        const right = this.expression(level + 1);
        left = right && { kind: 'binary', op, left, right };
      }
    }
    return left;
  }

  #operator(level: number): string | undefined {
    const token = this.#tokens[this.#at];
    if (!token || token.kind === 'string') return undefined;
    return LEVELS[level]?.includes(token.text) ? token.text : undefined;
  }

  #takes(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at++;
    return true;
  }

  #qualifiedName(): string | undefined {
    let name = this.#name();
    while (name !== undefined && this.#takes('.')) name = this.#name();
    return name;
  }

  #name(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name') return undefined;
    this.#at++;
    return token.text;
  }

  #postfix(): Tree | undefined {
    if (++this.#depth > DEEPEST) return undefined;
    let tree = this.#term();
    while (tree) {
      if (this.#takes('.')) {
        tree = this.#invocation(tree);
      } else if (this.#takes('[')) {
        const at = this.expression(0);
        tree = at && this.#takes(']') ? { kind: 'index', of: tree, at } : undefined;
      } else {
        break;
      }
    }
    this.#depth--;
    return tree;
  }

  #term(): Tree | undefined {
    const token = this.#tokens[this.#at];
    if (!token) return undefined;
    if (token.kind === 'name') {
      if (token.text === '$this') return this.#took({ kind: 'this' });
      if (token.text === 'true' || token.text === 'false')
        return this.#took({ kind: 'literal', value: token.text === 'true' });
      return this.#invocation(undefined);
    }
    if (token.kind === 'string') return this.#took({ kind: 'literal', value: token.text });
    if (token.kind === 'variable') return this.#took({ kind: 'variable', name: token.text });
    if (token.kind === 'number') {
      // A unit after a number makes a quantity.
      const next = this.#tokens[this.#at + 1];
      if (next?.kind === 'string') return undefined;
      return this.#took({ kind: 'literal', value: Number(token.text) });
    }
    if (this.#takes('(')) {
      const inner = this.expression(0);
      return inner && this.#takes(')') ? inner : undefined;
    }
    if (this.#takes('{')) return this.#takes('}') ? { kind: 'empty' } : undefined;
    return undefined;
  }

  #took(tree: Tree): Tree {
    this.#at++;
    return tree;
  }

  #invocation(of: Tree | undefined): Tree | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'name' && token.text === '$this') return of ? undefined : this.#took({ kind: 'this' });
    const name = this.#name();
    if (name === undefined) return undefined;
    if (!this.#takes('(')) return { kind: 'member', name, ...(of ? { of } : {}) };
    const args: Tree[] = [];
    if (!this.#takes(')')) {
      do {
        const arg = this.expression(0);
        if (!arg) return undefined;
        args.push(arg);
      } while (this.#takes(','));
      if (!this.#takes(')')) return undefined;
    }
    return { kind: 'call', name, args, ...(of ? { of } : {}) };
  }
}
