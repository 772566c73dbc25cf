/**
 * A mapping: one declaration, read in both directions. `decode` gives the model of a resource, `encode` a resource of a model, and `put` writes a model
 * into a resource that is there, keeping every element that the model does not own as it is, to the digit.
 */
import type { AnyResource, ResourceType } from '../resources/types.ts';
import type { Codec } from './codec.ts';
import { id, instant, text } from './codec.ts';
import type { Condition, Test } from './condition.ts';
import { element } from './element.ts';
import type { Json } from './json.ts';
import type { Base } from './model.ts';
import { type Constant, constant, type Rule, type Rules, record, rule } from './rule.ts';
import { checker, type FieldError, type Schema } from './schema.ts';

export interface Mapping<M extends Base = Base> {
  /** The name of the model type: `Client`. */
  readonly name: string;
  readonly title: string;
  /** What the model type is, in a sentence or two. */
  readonly doc: string;
  /** Its place in addresses: `clients`. */
  readonly plural: string;
  readonly type: ResourceType;
  /** Our profile of what `encode` makes. */
  readonly profile?: string;
  /** The search criteria that every resource of the model type meets, beside its type. */
  readonly criteria: Readonly<Record<string, string>>;
  /** Whether a resource of the type is of this model type. */
  accepts(resource: AnyResource): boolean;
  /** The same, beside the type, as data. */
  readonly condition?: Condition;
  decode(resource: AnyResource): M;
  encode(model: M): AnyResource;
  put(resource: AnyResource, model: M): AnyResource;
  /** What is wrong with a value as a model, by field. */
  check(value: unknown): readonly FieldError[];
  readonly schema: Schema;
  readonly codec: Codec<M>;
  readonly constants: readonly Constant[];
}

export interface MappingDeclaration<M extends Base> {
  readonly name: string;
  readonly title: string;
  readonly doc: string;
  readonly plural: string;
  readonly type: ResourceType;
  readonly profile?: string;
  readonly criteria?: Readonly<Record<string, string>>;
  readonly accepts?: Test;
  readonly constants?: readonly Constant[];
  readonly rules: Omit<Rules<M>, keyof Base>;
}

const base: Rules<Base> = {
  id: rule(element('id'), id, 'Its id: the same as that of the resource.'),
  version: rule(element('meta', 'versionId'), text, 'The number of this version, from 1; what If-Match asks for.', {
    readOnly: true,
  }),
  updated: rule(element('meta', 'lastUpdated'), instant, 'When this version was stored.', { readOnly: true }),
};

export function mapping<M extends Base>(declaration: MappingDeclaration<M>): Mapping<M> {
  const { name, title, doc, plural, type, profile, criteria = {}, accepts, constants = [] } = declaration;
  const all = [constant(element('resourceType'), type), ...constants];
  // The fields of Base and the others of M are those of M: the compiler does not see that of a type parameter.
  const codec = record<M>({ ...base, ...declaration.rules } as Rules<M>, all);
  const schema: Schema = { ...codec.schema, description: doc };
  const check = checker(schema);
  return {
    name,
    title,
    doc,
    plural,
    type,
    ...(profile === undefined ? {} : { profile }),
    criteria,
    accepts: (resource) => resource.resourceType === type && (!accepts || accepts(resource)),
    ...(accepts ? { condition: accepts.condition } : {}),
    decode: (resource) => codec.decode(resource as Json) ?? ({} as M),
    // The constants write `resourceType`, which makes an object a resource.
    encode: (model) => codec.encode(model) as AnyResource,
    put: (resource, model) => codec.encode(model, resource as Json) as AnyResource,
    check,
    schema,
    codec,
    constants: all,
  };
}

/** The rules of a mapping by field. */
export const rulesOf = <M extends Base>({ codec }: Mapping<M>): Readonly<Record<string, Rule<unknown>>> =>
  codec.fields ?? {};
