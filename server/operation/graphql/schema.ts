/**
 * The schema for tools that ask for it by introspection, made from the definitions and the search parameters in force. Documents are checked
 * against the definitions themselves (compile.ts), so nothing but introspection waits for it.
 *
 * It leaves out the searches inside resources (`ObservationList(_reference: subject)`): 146 types with those of all that may refer to them
 * would make it ten times as large.
 */
import {
  DirectiveLocation,
  type GraphQLArgumentConfig,
  GraphQLBoolean,
  GraphQLDirective,
  type GraphQLFieldConfig,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  specifiedDirectives,
} from 'graphql';
import { isPrimitive, knownType, resourceTypes } from '../../../resources/definition.ts';
import type { ResourceType } from '../../../resources/types.ts';
import type { SearchParameters } from '../../search/query.ts';
import { graphqlName } from './search-arguments.ts';
import { typeName } from './type.ts';

type Fields = Record<string, GraphQLFieldConfig<unknown, unknown>>;
type Arguments = Record<string, GraphQLArgumentConfig>;

const PLAIN: Readonly<Record<string, GraphQLScalarType>> = {
  boolean: GraphQLBoolean,
  decimal: GraphQLFloat,
  integer: GraphQLInt,
  positiveInt: GraphQLInt,
  unsignedInt: GraphQLInt,
  id: GraphQLID,
  string: GraphQLString,
  markdown: GraphQLString,
  xhtml: GraphQLString,
};

/** Makes each type once, by its name. */
class SchemaMaker {
  readonly #scalars = new Map<string, GraphQLScalarType>();
  readonly #objects = new Map<string, GraphQLObjectType>();
  readonly #parameters: SearchParameters;
  readonly #resource: GraphQLInterfaceType;

  constructor(parameters: SearchParameters) {
    this.#parameters = parameters;
    this.#resource = new GraphQLInterfaceType({
      name: 'Resource',
      description: 'What all resources have; the rest by a fragment on the type',
      fields: () => ({
        resourceType: { type: this.#scalar('code') },
        id: { type: GraphQLID },
        meta: { type: this.#object('Meta') },
        implicitRules: { type: this.#scalar('uri') },
        language: { type: this.#scalar('code') },
      }),
    });
  }

  schema(): GraphQLSchema {
    const query = new GraphQLObjectType({
      name: 'Query',
      description:
        'Inside a resource there are also searches for what refers to it, which this schema leaves out: ObservationList(_reference: subject), ObservationConnection(_reference: subject)',
      fields: Object.assign({}, ...resourceTypes().map((type) => this.#queries(type))) as Fields,
    });
    return new GraphQLSchema({ query, types: resourceTypes().map((type) => this.#object(type)), directives });
  }

  #scalar(name: string): GraphQLScalarType {
    const plain = PLAIN[name];
    if (plain) return plain;
    const known = this.#scalars.get(name) ?? new GraphQLScalarType({ name });
    this.#scalars.set(name, known);
    return known;
  }

  #output(type: string): GraphQLOutputType {
    if (type === 'Resource') return this.#resource;
    return isPrimitive(type) ? this.#scalar(type) : this.#object(type);
  }

  #object(type: string): GraphQLObjectType {
    const known = this.#objects.get(type);
    if (known) return known;
    const isResource = knownType(type).kind === 'resource';
    const made = new GraphQLObjectType({
      name: typeName(type),
      interfaces: isResource ? [this.#resource] : [],
      fields: () => ({
        ...(isResource ? { resourceType: { type: this.#scalar('code') } } : {}),
        ...this.#elements(type),
        ...(type === 'Reference' ? { resource: { type: this.#resource, args: this.#resolving() } } : {}),
      }),
    });
    this.#objects.set(type, made);
    return made;
  }

  #elements(type: string): Fields {
    const fields: Fields = {};
    for (const [name, { element, type: of }] of knownType(type).properties) {
      const listed = (each: GraphQLOutputType) => (element.many ? new GraphQLList(each) : each);
      if (isPrimitive(of)) {
        fields[name] = { type: listed(this.#scalar(of)) };
        if (!element.attribute && type !== 'Element') fields[`_${name}`] = { type: listed(this.#object('Element')) };
      } else fields[name] = { type: listed(this.#output(of)), args: element.many ? this.#choosing(of) : {} };
    }
    return fields;
  }

  /** Arguments of a repeating element. */
  #choosing(type: string): Arguments {
    const values =
      type === 'Resource' ? [] : [...knownType(type).properties].filter(([, each]) => isPrimitive(each.type));
    return {
      fhirpath: { type: GraphQLString },
      _offset: { type: GraphQLInt },
      _count: { type: GraphQLInt },
      ...Object.fromEntries(values.map(([name, each]) => [name, { type: this.#scalar(each.type) }])),
    };
  }

  #resolving(): Arguments {
    return { optional: { type: GraphQLBoolean }, type: { type: new GraphQLList(this.#scalar('code')) } };
  }

  #queries(type: ResourceType): Fields {
    const object = this.#object(type);
    const args = this.#searching(type);
    return {
      [type]: { type: object, args: { id: { type: new GraphQLNonNull(GraphQLID) } } },
      [`${type}List`]: { type: new GraphQLList(object), args },
      [`${type}Connection`]: {
        type: this.#connection(type, object),
        args: { ...args, _cursor: { type: GraphQLString } },
      },
    };
  }

  #searching(type: ResourceType): Arguments {
    const found = this.#parameters
      .of(type)
      .map(({ code, type: kind, description }) => [
        graphqlName(code),
        { type: new GraphQLList(this.#scalar(`${kind}Search`)), description },
      ]);
    return {
      ...Object.fromEntries(found),
      _filter: { type: GraphQLString },
      _sort: { type: new GraphQLList(GraphQLString) },
      _count: { type: GraphQLInt },
      _total: { type: this.#scalar('code') },
      fhirpath: { type: GraphQLString },
    };
  }

  #connection(type: ResourceType, object: GraphQLObjectType): GraphQLObjectType {
    const edge = new GraphQLObjectType({
      name: `${type}Edge`,
      fields: {
        mode: { type: this.#scalar('code') },
        score: { type: GraphQLFloat },
        resource: { type: object },
      },
    });
    const cursor = { type: GraphQLString };
    return new GraphQLObjectType({
      name: `${type}Connection`,
      fields: {
        count: { type: GraphQLInt },
        offset: { type: GraphQLInt },
        pagesize: { type: GraphQLInt },
        pageSize: { type: GraphQLInt },
        edges: { type: new GraphQLList(edge) },
        first: cursor,
        previous: cursor,
        next: cursor,
        last: cursor,
      },
    });
  }
}

const directives = [
  ...specifiedDirectives,
  ...['flatten', 'first', 'singleton'].map(
    (name) => new GraphQLDirective({ name, locations: [DirectiveLocation.FIELD] }),
  ),
  new GraphQLDirective({
    name: 'slice',
    locations: [DirectiveLocation.FIELD],
    args: { path: { type: new GraphQLNonNull(GraphQLString) } },
  }),
];

const made = new WeakMap<SearchParameters, GraphQLSchema>();

/** Made at the first question about it, and again when the search parameters have changed. */
export function schemaOf(parameters: SearchParameters): GraphQLSchema {
  const schema = made.get(parameters) ?? new SchemaMaker(parameters).schema();
  made.set(parameters, schema);
  return schema;
}
