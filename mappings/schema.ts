/** JSON Schema (2020-12) as codecs state it, and the check of model input against it, by ajv, with errors that name the field. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { nearest } from '../resources/nearest.ts';
import { intervalOf } from '../resources/primitive.ts';

export interface Schema {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array';
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly pattern?: string;
  readonly format?: 'partial-date' | 'partial-date-time' | 'instant';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly minProperties?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly not?: Schema;
  readonly readOnly?: boolean;
  readonly examples?: readonly unknown[];
}

const DAY = /^\d{4}(-\d\d(-\d\d)?)?$/;
const MOMENT = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?)?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const timeOf = (form: RegExp) => (text: string) => form.test(text) && intervalOf(text) !== undefined;

/** The formats that are ours, each with what is expected, for messages. */
const formats: Readonly<
  Record<NonNullable<Schema['format']>, { readonly test: (text: string) => boolean; readonly expected: string }>
> = {
  'partial-date': { test: timeOf(DAY), expected: 'a day, month or year, such as 2026-05-01, 2026-05 or 2026' },
  'partial-date-time': {
    test: timeOf(MOMENT),
    expected: 'a moment with its zone, a day, month or year, such as 2026-05-01T10:00:00Z, 2026-05-01 or 2026',
  },
  instant: { test: timeOf(INSTANT), expected: 'a moment with its zone, such as 2026-05-01T10:00:00Z' },
};

/** What is wrong with model input: the field as a path (`goals[0].due`; empty for the whole) and a sentence. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, strictRequired: false, strictTypes: false });
for (const [name, { test }] of Object.entries(formats)) ajv.addFormat(name, test);

/** More errors than this help nobody. */
const MOST_ERRORS = 100;

/** The check of values against a schema, compiled when the first value comes: all errors, in the order of the fields. */
export function checker(schema: Schema): (value: unknown) => readonly FieldError[] {
  let compiled: ValidateFunction | undefined;
  return (value) => {
    compiled ??= ajv.compile(schema);
    const check = compiled;
    if (check(value)) return [];
    const errors = (check.errors ?? []).filter(isTelling).slice(0, MOST_ERRORS);
    const seen = new Set<string>();
    return errors.map(fieldError).filter(({ field, detail }) => {
      const key = `${field} ${detail}`;
      return !seen.has(key) && seen.add(key);
    });
  };
}

/** `anyOf`, `oneOf` and `not` are summed up in one sentence; what failed inside of them is left out. */
const isTelling = ({ schemaPath }: ErrorObject): boolean => !/\/(anyOf|oneOf|not)\/./.test(schemaPath);

function fieldError({ instancePath, keyword, params, data, parentSchema }: ErrorObject): FieldError {
  const at = pathOf(instancePath);
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const below = (name: string): string => (at === '' ? name : `${at}.${name}`);
  switch (keyword) {
    case 'required':
      return { field: below(missingProperty ?? ''), detail: 'it is missing, and it is required' };
    case 'additionalProperties': {
      const known = Object.keys((parentSchema as Schema | undefined)?.properties ?? {});
      const near = nearest(additionalProperty ?? '', known);
      return {
        field: below(additionalProperty ?? ''),
        detail: `there is no such field${near ? `; did you mean ${near}?` : `; there are ${known.join(', ')}`}`,
      };
    }
    default:
      return { field: at, detail: `found ${said(data)}; expected ${expected(keyword, parentSchema as Schema)}` };
  }
}

/** `/goals/0/due` as `goals[0].due`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

function said(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function expected(keyword: string, schema: Schema): string {
  switch (keyword) {
    case 'enum':
      return `one of ${(schema.enum ?? []).join(', ')}`;
    case 'format':
      return formats[schema.format ?? 'instant'].expected;
    case 'type':
      return schema.type === 'array' || schema.type === 'object' || schema.type === 'integer'
        ? `an ${schema.type}`
        : `a ${schema.type}`;
    case 'minimum':
      return `${schema.minimum} or more`;
    case 'maximum':
      return `${schema.maximum} or less`;
    case 'minItems':
      return 'at least one item, or the field left out';
    case 'minProperties':
      return 'at least one field, or the whole left out';
    case 'pattern':
      return schema.pattern === '\\S' ? 'a text that is not blank' : `a text of the form ${schema.pattern}`;
    case 'oneOf':
    case 'anyOf':
      return alternatives([...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]);
    default:
      return `what the schema asks for by ${keyword}`;
  }
}

function alternatives(schemas: readonly Schema[]): string {
  const each = schemas.map(({ required, pattern, properties }) => {
    const kind = properties?.kind?.const;
    if (kind !== undefined)
      return `kind ${kind}${required ? ` with ${required.filter((name) => name !== 'kind').join(' and ')}` : ''}`;
    return required ? required.join(' and ') : `a text of the form ${pattern}`;
  });
  return `exactly one of: ${each.join('; ')}`;
}
