/**
 * The input of an operation as a plain object, read by the operation's declared parameters from a query, a Parameters resource or a bare resource.
 * https://hl7.org/fhir/R4/operations.html#request
 */
import { isPrimitive, isResourceType } from './definition.ts';
import { nearest } from './nearest.ts';
import { FhirError, type Issue, invalid, issue } from './outcome.ts';
import { intervalOf } from './primitive.ts';
import type { AnyResource, JsonObject, Parameters, ParametersParameter } from './types.ts';

/**
 * One declared parameter. `type` is a FHIR data type, or `Resource` or a resource type; `Element` takes any value or resource, and a parameter with
 * parts comes as it was sent, with parts of known names.
 */
export interface ParameterSpec {
  readonly type: string;
  readonly min: 0 | 1;
  readonly max: '1' | '*';
  readonly documentation: string;
  readonly part?: ParameterSpecs;
  /** Of an `Element`: the types that it may have. */
  readonly allowed?: readonly string[];
}

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

type ValueOf<T extends string> = T extends 'integer' | 'positiveInt' | 'unsignedInt' | 'decimal'
  ? number
  : T extends 'boolean'
    ? boolean
    : T extends 'Resource'
      ? AnyResource
      : T extends 'Element'
        ? unknown
        : T extends Capitalize<T>
          ? JsonObject
          : string;

/** The values of declared parameters: an array where several may come, undefined where none has to. */
export type Input<P extends ParameterSpecs> = {
  readonly [K in keyof P]: P[K]['max'] extends '*'
    ? readonly ValueOf<P[K]['type']>[]
    : P[K]['min'] extends 1
      ? ValueOf<P[K]['type']>
      : ValueOf<P[K]['type']> | undefined;
};

const isNumeric = (type: string): boolean => /^(integer|positiveInt|unsignedInt|decimal)$/.test(type);
const isTime = (type: string): boolean => /^(date|dateTime|instant)$/.test(type);

/** A text of a query as a value of `type`; undefined when it is none. */
function fromText(text: string, type: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type === 'decimal') return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
  if (isNumeric(type)) return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (isTime(type)) return intervalOf(text) ? text : undefined;
  if (type === 'Reference') return { reference: text };
  // Other structures and resources come in a body.
  return isPrimitive(type) ? text : undefined;
}

/** One of several types is left as it is when one of them can be written so. */
const fromQueryText = (text: string, { type, allowed = [] }: ParameterSpec): unknown =>
  allowed.some(isPrimitive) ? text : fromText(text, type);

/** The value of a `parameter` of a Parameters resource. */
function parameterValue(parameter: ParametersParameter, { type, part }: ParameterSpec): unknown {
  if (part) return hasParts(parameter, part) ? parameter : undefined;
  if (parameter.resource !== undefined) return parameter.resource;
  const name = Object.keys(parameter).find((key) => key.startsWith('value'));
  const value = name === undefined ? undefined : (parameter as unknown as Record<string, unknown>)[name];
  if (type === 'Element') return value;
  if (typeof value === 'string' && isPrimitive(type)) return fromText(value, type);
  if (isNumeric(type) || type === 'boolean')
    return typeof value === (type === 'boolean' ? 'boolean' : 'number') ? value : undefined;
  return isPrimitive(type) === (typeof value !== 'object') ? value : undefined;
}

/** Whether all parts are declared, and those are there that have to be. */
function hasParts({ part }: ParametersParameter, specs: ParameterSpecs): boolean {
  if (!Array.isArray(part)) return false;
  const names = part.map((each) => String(each?.name));
  return (
    names.every((name) => Object.hasOwn(specs, name)) &&
    Object.entries(specs).every(([name, { min }]) => min === 0 || names.includes(name))
  );
}

const isResourceSpec = ({ type, part }: ParameterSpec): boolean =>
  type === 'Resource' || isResourceType(type) || (type === 'Element' && !part);

const expected = ({ type, part, allowed }: ParameterSpec): string =>
  part ? `made of the parts ${Object.keys(part).join(', ')}` : `a ${allowed?.join(' or a ') ?? type}`;

function accepted(specs: ParameterSpecs): string {
  const names = Object.keys(specs);
  return names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
}

function collect(
  pairs: readonly (readonly [string, (spec: ParameterSpec) => unknown])[],
  specs: ParameterSpecs,
  operation: string,
) {
  const issues: Issue[] = [];
  const found = new Map<string, unknown[]>();
  for (const [name, read] of pairs) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) {
      const near = nearest(name, Object.keys(specs));
      const hint = near ? `; did you mean ${near}?` : '';
      issues.push(
        issue('not-supported', `$${operation} has no parameter ${name}: ${accepted(specs)}${hint}`, {
          expression: `http.${name}`,
        }),
      );
      continue;
    }
    const value = read(spec);
    if (value === undefined || value === '')
      issues.push(
        issue('value', `The parameter ${name} of $${operation} is not ${expected(spec)}`, {
          expression: `http.${name}`,
        }),
      );
    else found.set(name, [...(found.get(name) ?? []), value]);
  }
  return { found, issues };
}

function shaped(found: ReadonlyMap<string, unknown[]>, specs: ParameterSpecs, operation: string) {
  const issues: Issue[] = [];
  const input: Record<string, unknown> = {};
  for (const [name, { min, max }] of Object.entries(specs)) {
    const values = found.get(name) ?? [];
    if (values.length < min)
      issues.push(issue('required', `$${operation} needs the parameter ${name}`, { expression: `http.${name}` }));
    if (max === '1' && values.length > 1)
      issues.push(
        issue('invalid', `The parameter ${name} of $${operation} may come once; it came ${values.length} times`, {
          expression: `http.${name}`,
        }),
      );
    input[name] = max === '*' ? values : values[0];
  }
  return { input, issues };
}

/**
 * The input of `operation`. A bare resource as the body stands for the one parameter that is a resource.
 * @throws FhirError 400, with an issue for each unknown, missing, repeated or malformed parameter
 */
export function readInput<P extends ParameterSpecs>(
  operation: string,
  specs: P,
  query: URLSearchParams,
  body: AnyResource | undefined,
): Input<P> {
  const resourceParameter = Object.entries(specs).find(([, spec]) => isResourceSpec(spec))?.[0];
  const isParameters = body?.resourceType === 'Parameters';
  if (body && !isParameters && !resourceParameter)
    throw invalid(`The body of $${operation} is a ${body.resourceType}; expected Parameters`, {
      expression: 'resourceType',
    });
  const fromQuery = [...query].map(
    ([name, text]) => [name, (spec: ParameterSpec) => fromQueryText(text, spec)] as const,
  );
  const list = isParameters ? ((body as unknown as Parameters).parameter ?? []) : [];
  if (!Array.isArray(list))
    throw invalid('Parameters.parameter must be an array', { expression: 'Parameters.parameter' });
  const fromParameters = list.map(
    (parameter) => [String(parameter?.name), (spec: ParameterSpec) => parameterValue(parameter ?? {}, spec)] as const,
  );
  const bare = body && !isParameters && resourceParameter ? [[resourceParameter, () => body] as const] : [];
  const { found, issues } = collect([...fromQuery, ...fromParameters, ...bare], specs, operation);
  const { input, issues: missing } = shaped(found, specs, operation);
  const all = [...issues, ...missing];
  if (all.length > 0) throw new FhirError(400, all);
  return input as Input<P>;
}
