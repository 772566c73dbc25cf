/** Reads a binding file. Whatever is wrong is said at once, each with its place, what was found, what was expected and the name that was meant. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { nearest } from '../../resources/nearest.ts';
import type { Binding, BindingFault } from './binding.ts';
import { bindingSchema } from './binding-schema.ts';
import { compileBinding } from './lens.ts';

export type BindingFormat = 'yaml' | 'json';

/** Everything that is wrong with a binding, a line each. */
export class BindingError extends Error {
  readonly faults: readonly (BindingFault & { readonly line?: number })[];

  constructor(faults: BindingError['faults']) {
    const lines = faults.map(
      ({ path, detail, line }) => `${line === undefined ? '' : `line ${line}, `}${pathText(path)}: ${detail}`,
    );
    super(lines.join('\n'));
    this.name = 'BindingError';
    this.faults = faults;
  }
}

let compiled: ValidateFunction<Binding> | undefined;

/** Compiled when the first binding is read: every command loads this file. */
function validator(): ValidateFunction<Binding> {
  compiled ??= new Ajv2020({
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictRequired: false,
  }).compile<Binding>(bindingSchema);
  return compiled;
}

/** More errors than this help nobody. */
const MOST_FAULTS = 50;
/** A larger file is no binding. */
const MOST_BYTES = 4_000_000;

/** The format by the name of a file: JSON for `.json`, YAML for everything else. */
export const formatOf = (file: string): BindingFormat => (/\.json$/i.test(file) ? 'json' : 'yaml');

/** @throws BindingError with every fault */
export function readBinding(text: string, format: BindingFormat): Binding {
  if (text.length > MOST_BYTES)
    throw new BindingError([{ path: [], detail: `it has ${text.length} characters; expected ${MOST_BYTES} at most` }]);
  const counter = new LineCounter();
  const document = parsed(text, format, counter);
  const value = document.toJS({ maxAliasCount: 100 }) as unknown;
  const found = faultsOf(value).slice(0, MOST_FAULTS);
  if (found.length > 0)
    throw new BindingError(
      found.map((fault) => {
        const line = lineOf(document, fault.path, counter);
        return { ...fault, ...(line === undefined ? {} : { line }) };
      }),
    );
  return value as Binding;
}

function faultsOf(value: unknown): readonly BindingFault[] {
  const validate = validator();
  if (!validate(value)) return shapeFaults(validate.errors ?? []);
  return compileBinding(value).faults;
}

/** JSON is YAML; what JSON does not allow is refused all the same. */
function parsed(text: string, format: BindingFormat, counter: LineCounter): Document.Parsed {
  if (format === 'json')
    try {
      JSON.parse(text);
    } catch (error) {
      throw new BindingError([{ path: [], detail: `it is no JSON: ${(error as Error).message}` }]);
    }
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length === 0) return document;
  throw new BindingError(
    document.errors.map(({ message, pos }) => ({
      path: [],
      detail: `it is no YAML: ${message}`,
      line: counter.linePos(pos[0]).line,
    })),
  );
}

/** The line of a place, or of the nearest place around it that is in the file. */
function lineOf(
  document: Document.Parsed,
  path: readonly (string | number)[],
  counter: LineCounter,
): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return undefined;
}

/** `tables[0].columns.sex`. */
const pathText = (path: readonly (string | number)[]): string =>
  path.length === 0
    ? 'the file'
    : path.reduce<string>(
        (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
        '',
      );

/** The errors that say most: of alternatives those of the one that was meant. */
function shapeFaults(errors: readonly ErrorObject[]): readonly BindingFault[] {
  const telling = errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'anyOf' && !isOfOtherAlternative(schemaPath, errors),
  );
  const seen = new Set<string>();
  return telling.map(shapeFault).filter(({ path, detail }) => {
    const key = `${path.join('/')} ${detail}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Of `anyOf: [text, object]`, what is said about the text is left out when an object was given. */
function isOfOtherAlternative(schemaPath: string, errors: readonly ErrorObject[]): boolean {
  const [, holder, which] = /^(.*\/anyOf)\/(\d+)\/type$/.exec(schemaPath) ?? [];
  return (
    holder !== undefined &&
    errors.some(
      (other) =>
        other.schemaPath.startsWith(`${holder}/`) &&
        !other.schemaPath.startsWith(`${holder}/${which}/`) &&
        !other.schemaPath.endsWith('/type'),
    )
  );
}

function shapeFault({ instancePath, keyword, params, data, parentSchema }: ErrorObject): BindingFault {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const {
    missingProperty = '',
    additionalProperty = '',
    type,
    allowedValues = [],
    pattern,
    limit,
  } = params as {
    readonly missingProperty?: string;
    readonly additionalProperty?: string;
    readonly type?: string | readonly string[];
    readonly allowedValues?: readonly string[];
    readonly pattern?: string;
    readonly limit?: number;
  };
  const found = said(data);
  switch (keyword) {
    case 'required':
      return { path, detail: `${missingProperty} is missing` };
    case 'additionalProperties': {
      const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const near = nearest(additionalProperty, known);
      return {
        path: [...path, additionalProperty],
        detail: `there is no such setting; ${near ? `did you mean ${near}?` : `there are ${known.join(', ')}`}`,
      };
    }
    case 'enum': {
      const near = typeof data === 'string' ? nearest(data, allowedValues) : undefined;
      return {
        path,
        detail: `found ${found}; expected one of ${allowedValues.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
      };
    }
    case 'type':
      return { path, detail: `found ${found}; expected ${[type ?? []].flat().join(' or ')}` };
    case 'pattern':
      return { path, detail: `found ${found}; expected a text of the form ${pattern}` };
    default:
      return { path, detail: `found ${found}; expected ${keyword} ${limit ?? ''}`.trim() };
  }
}

function said(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
