/**
 * Codecs: one value read in both directions, FHIR to model and model to FHIR. `encode` is given what stands in FHIR before, and keeps of it what the
 * model says nothing about. A codec also says what it is: the JSON Schema of its model value and a sentence for people.
 */
import { parseReference } from '../resources/reference.ts';
import { isObject, type Json } from './json.ts';
import type { Reading } from './reading.ts';
import type { Rule } from './rule.ts';
import type { Schema } from './schema.ts';
import type { Table } from './table.ts';

export interface Codec<M> {
  /** The model value; undefined when what stands there cannot be said in the model. */
  decode(fhir: unknown): M | undefined;
  /** The FHIR value. `before` is what stood there, undefined when nothing did. */
  encode(model: M, before?: unknown): unknown;
  readonly schema: Schema;
  /** The same as `decode`, as data. */
  readonly reading: Reading;
  /** How the value is written in FHIR, for the page of the mapping. */
  readonly form: string;
  readonly table?: Table;
  /** The rules of a record, by field. */
  readonly fields?: Fields;
  /** The codec of the items of a list. */
  readonly item?: Codec<unknown>;
  /** The codecs of a value of several kinds, by kind. */
  readonly kinds?: readonly (readonly [kind: string, codec: Codec<unknown>])[];
}

export type Fields = Readonly<Record<string, Rule<unknown>>>;
/** What the documents need to know of the rules of a record. */
export interface FieldRule {
  readonly path: string;
  readonly codec: Codec<unknown>;
  readonly doc: string;
  readonly required: boolean;
  readonly readOnly: boolean;
}

function primitive<M extends string | number | boolean>(
  form: string,
  schema: Schema,
  kind: 'text' | 'boolean' | 'integer' | 'decimal' | 'day' | 'moment' | 'instant',
): Codec<M> {
  const type = schema.type === 'integer' ? 'number' : schema.type;
  return {
    decode: (fhir) => (typeof fhir === type ? (fhir as M) : undefined),
    encode: (model) => model,
    schema,
    reading: { kind },
    form,
  };
}

/** A text as it stands. */
export const text = primitive<string>('as it stands', { type: 'string', pattern: '\\S' }, 'text');
/** A code of an open list, as it stands: no white space but single spaces inside. */
export const code = primitive<string>('as it stands', { type: 'string', pattern: '^[^\\s]+( [^\\s]+)*$' }, 'text');
/** The id of a resource of this server. */
export const id = primitive<string>('as it stands', { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' }, 'text');
export const boolean = primitive<boolean>('as it stands', { type: 'boolean' }, 'boolean');
export const decimal = primitive<number>('as it stands, digits included', { type: 'number' }, 'decimal');
export const positiveInteger = primitive<number>(
  'as it stands',
  { type: 'integer', minimum: 1, maximum: 2147483647 },
  'integer',
);
export const unsignedInteger = primitive<number>(
  'as it stands',
  { type: 'integer', minimum: 0, maximum: 2147483647 },
  'integer',
);
/** A day, month or year: as precise as it is known. */
export const date = primitive<string>(
  'as it stands, precision included',
  { type: 'string', format: 'partial-date' },
  'day',
);
/** A moment with its zone, or a day, month or year: as precise as it is known. */
export const dateTime = primitive<string>(
  'as it stands, precision included',
  {
    type: 'string',
    format: 'partial-date-time',
  },
  'moment',
);
/** A moment with its zone, to the second at least. */
export const instant = primitive<string>(
  'as it stands, zone and digits included',
  {
    type: 'string',
    format: 'instant',
  },
  'instant',
);

/** A list of texts. */
export const texts: Codec<readonly string[]> = {
  decode(fhir) {
    const list = Array.isArray(fhir) ? fhir.filter((each) => typeof each === 'string') : [];
    return list.length === 0 ? undefined : list;
  },
  encode: (model) => [...model],
  schema: { type: 'array', items: text.schema, minItems: 1 },
  reading: { kind: 'texts' },
  form: 'a list of texts',
};

const LOCAL = /^[A-Za-z0-9.-]{1,64}$/;

/**
 * A reference to a resource of one type, by its id alone. A reference to anything else (another server, a contained resource, another type) is given
 * as its text, which always has a `/`, `:` or `#`. `elsewhere` is the pattern of such texts, where not all will do.
 */
export function reference(type: string, elsewhere = `[^\\s]*[/:#][^\\s]*`): Codec<string> {
  const prefix = `${type}/`;
  return {
    decode(fhir) {
      const target = isObject(fhir) ? fhir.reference : undefined;
      if (typeof target !== 'string') return undefined;
      const local = target.startsWith(prefix) ? target.slice(prefix.length) : '';
      return LOCAL.test(local) ? local : target;
    },
    // What was said of the former target (display, identifier) is not true of another.
    encode: (model) => ({ reference: LOCAL.test(model) ? prefix + model : model }),
    schema: {
      type: 'string',
      anyOf: [{ pattern: LOCAL.source }, { pattern: `^(?!${type}/[A-Za-z0-9.-]{1,64}$)${elsewhere}$` }],
      examples: ['maria', `https://hospital.example/fhir/${type}/7`],
    },
    reading: { kind: 'reference', type },
    form: `a reference to ${type}`,
  };
}

/** Someone or something by what it is: `kind` and `id` here, or an `address` elsewhere; `name` is how people call it. */
export interface Party<K extends string = string> {
  readonly kind?: K;
  readonly id?: string;
  readonly address?: string;
  readonly name?: string;
}

/** A reference to a resource of several types. `kinds` are our words for the types, one to one; an address never is of the type `except`. */
export function party<const K extends Readonly<Record<string, string>>>(
  kinds: K,
  except?: string,
): Codec<Party<keyof K & string>> {
  type Kind = keyof K & string;
  const names = Object.keys(kinds) as Kind[];
  const kindOf = new Map(names.map((name) => [kinds[name] as string, name]));
  return {
    decode(fhir) {
      if (!isObject(fhir)) return undefined;
      const { reference: target, display } = fhir;
      const name = typeof display === 'string' ? { name: display } : {};
      if (typeof target !== 'string') return 'name' in name ? name : undefined;
      const parsed = parseReference(target);
      const isHere = parsed?.kind === 'literal' && parsed.base === undefined && parsed.version === undefined;
      const kind = isHere ? kindOf.get(parsed.type) : undefined;
      return isHere && kind !== undefined ? { kind, id: parsed.id, ...name } : { address: target, ...name };
    },
    encode({ kind, id: of, address, name }, before) {
      const target = address ?? (kind === undefined || of === undefined ? undefined : `${kinds[kind]}/${of}`);
      const kept = isObject(before) && target !== undefined && before.reference === target ? { ...before } : {};
      const { display: _, ...rest } = kept as Json;
      return {
        ...rest,
        ...(target === undefined ? {} : { reference: target }),
        ...(name === undefined ? {} : { display: name }),
      };
    },
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        kind: { enum: names, description: 'What it is' },
        id: { ...id.schema, description: 'Its id on this server' },
        address: {
          type: 'string',
          pattern: `^${except ? `(?!(.*/)?${except}/)` : ''}(?!(${Object.values(kinds).join('|')})/[A-Za-z0-9.-]{1,64}$)[^\\s]*[/:#][^\\s]*$`,
          examples: ['https://hospital.example/fhir/Practitioner/7'],
          description: 'The full reference of what is not on this server, in place of kind and id',
        },
        name: { ...text.schema, description: 'How people call it' },
      },
      oneOf: [
        { required: ['kind', 'id'], not: { required: ['address'] } },
        { required: ['address'], not: { anyOf: [{ required: ['kind'] }, { required: ['id'] }] } },
        {
          required: ['name'],
          not: { anyOf: [{ required: ['kind'] }, { required: ['id'] }, { required: ['address'] }] },
        },
      ],
    },
    reading: { kind: 'party', types: kinds },
    form: `a reference to ${names.map((name) => `${kinds[name]} (${name})`).join(', ')}`,
  };
}
