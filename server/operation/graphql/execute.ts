/** Reads what a compiled document asks for and puts it into the form of the answer. http://hl7.org/fhir/R4/graphql.html */
import { isPrimitive } from '../../../resources/definition.ts';
import { numeralOf } from '../../../resources/json.ts';
import { FhirError } from '../../../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../../../resources/types.ts';
import { located, tooCostly } from './error.ts';
import { type Fetch, type Found, unresolved } from './fetch.ts';
import { MAX_VALUES } from './limits.ts';
import { navigate } from './navigation.ts';
import { Output, type Value } from './output.ts';
import { select } from './path.ts';
import { type Field, isSameField, type Selection } from './selection.ts';
import { elementField, typeName } from './type.ts';

type Json = Readonly<Record<string, unknown>>;

/** What fields are read of. */
type Node =
  | { readonly kind: 'query' }
  /** An object of FHIR type `type` inside the resource `root`. */
  | { readonly kind: 'object'; readonly json: Json; readonly type: string; readonly root: AnyResource }
  | { readonly kind: 'connection'; readonly found: Found; readonly type: ResourceType }
  | { readonly kind: 'edge'; readonly resource: AnyResource; readonly score: number | undefined };

/** One value of a field: a node to read further, or a value of the answer, which may have been made of a node. */
interface Item {
  readonly node?: Node;
  readonly value?: Value;
}

interface Items {
  readonly items: readonly Item[];
  /** The field repeats, so its values are a list even when there is one. */
  readonly many: boolean;
}

/** What flattened fields above do to the names and lists below. */
interface Flow {
  readonly listed: boolean;
  readonly suffix: string;
}

const TOP: Flow = { listed: false, suffix: '' };

export const resourceNode = (resource: AnyResource): Node => ({
  kind: 'object',
  json: resource,
  type: resource.resourceType,
  root: resource,
});

export const queryNode: Node = { kind: 'query' };

/** The object that the selections make of a node. @throws FhirError, with the place in the document */
export async function execute(selections: readonly Selection[], node: Node, fetch: Fetch): Promise<Json> {
  return new Executor(fetch).object(selections, node);
}

class Executor {
  readonly #fetch: Fetch;
  #values = 0;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  async object(selections: readonly Selection[], node: Node): Promise<Json> {
    const output = new Output();
    await this.#into(output, selections, node, TOP);
    return output.object();
  }

  async #into(output: Output, selections: readonly Selection[], node: Node, flow: Flow): Promise<void> {
    const fields = collected(selections, node);
    // Everything is asked for before anything is waited for, so that reads can be gathered.
    const found = await Promise.all(fields.map((field) => this.#at(field, () => this.#items(field, node))));
    const made = await Promise.all(fields.map((field, index) => this.#finished(field, found[index]?.items ?? [])));
    for (const [index, field] of fields.entries())
      await this.#at(field, () =>
        this.#put(output, field, { items: made[index] ?? [], many: found[index]?.many ?? false }, flow),
      );
  }

  async #at<T>(field: Field, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof FhirError ? located(error, field.node) : error;
    }
  }

  /** Nodes with the objects that they become; those of a flattened field become none. */
  async #finished({ shape, selections }: Field, items: readonly Item[]): Promise<readonly Item[]> {
    if (shape.flatten) return items;
    return Promise.all(
      items.map(async ({ node, value }): Promise<Item> => {
        if (!node) return { value };
        return { node, value: { value: await this.object(selections, node), type: nodeType(node) } };
      }),
    );
  }

  async #put(output: Output, { key, shape, selections }: Field, { items, many }: Items, flow: Flow): Promise<void> {
    const listed = !shape.singleton && (many || flow.listed);
    for (const [index, item] of items.entries()) {
      const suffix = flow.suffix + (shape.slice === undefined ? '' : sliceSuffix(shape.slice, item, index));
      if (shape.flatten && item.node) await this.#into(output, selections, item.node, { listed, suffix });
      else if (item.value) {
        this.#count();
        output.add(key + suffix, [item.value], listed);
      }
    }
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw tooCostly(`the answer would have more than ${MAX_VALUES} values`);
  }

  async #items(field: Field, node: Node): Promise<Items> {
    const { items, many } = await this.#all(field, node);
    return { items: field.shape.first ? items.slice(0, 1) : items, many };
  }

  async #all(field: Field, node: Node): Promise<Items> {
    const { use, name } = field;
    if (name === '__typename') return one(typeName(nodeType(node)), 'string');
    switch (use.kind) {
      case 'element':
        return node.kind === 'object' ? elementItems(field, node) : NONE;
      case 'read':
        return single(resourceNode(await this.#fetch.require(use.type, use.id)));
      case 'reference':
        return node.kind === 'object' ? this.#referred(use, node) : NONE;
      case 'search': {
        const around = node.kind === 'object' ? node.root : undefined;
        // Nothing refers to a contained resource from outside.
        if (node.kind === 'object' && node.json !== around) return NONE;
        const found = await this.#fetch.search(use.search, use.wantsTotal, around);
        if (use.search.form === 'list')
          return { items: found.resources.map((each) => ({ node: resourceNode(each) })), many: true };
        return single({ kind: 'connection', found, type: use.search.type });
      }
      case 'member':
        return memberItems(name, node);
    }
  }

  async #referred(
    use: Extract<Field['use'], { kind: 'reference' }>,
    { json, root }: Extract<Node, { kind: 'object' }>,
  ): Promise<Items> {
    const resource = await this.#fetch.resolve(json.reference, root);
    if (!resource) {
      if (use.optional) return NONE;
      throw unresolved(json.reference);
    }
    if (use.types && !use.types.has(resource.resourceType)) return NONE;
    return single(resourceNode(resource));
  }
}

const NONE: Items = { items: [], many: false };
const single = (node: Node): Items => ({ items: [{ node }], many: false });
const one = (value: unknown, type: string): Items =>
  value === undefined ? NONE : { items: [{ value: { value, type } }], many: false };

function nodeType(node: Node): string {
  switch (node.kind) {
    case 'query':
      return 'Query';
    case 'object':
      return node.type;
    case 'connection':
      return `${node.type}Connection`;
    case 'edge':
      return `${node.resource.resourceType}Edge`;
  }
}

const remembered = new WeakMap<readonly Selection[], Map<string, readonly Field[]>>();

/** The fields that apply to the node. */
function collected(selections: readonly Selection[], node: Node): readonly Field[] {
  const byType = remembered.get(selections) ?? new Map<string, readonly Field[]>();
  const type = nodeType(node);
  const known = byType.get(type) ?? fieldsOn(selections, node);
  byType.set(type, known);
  remembered.set(selections, byType);
  return known;
}

/** Each field once: what is selected below the same field in several places is taken together. */
function fieldsOn(selections: readonly Selection[], node: Node): readonly Field[] {
  const fields: Field[] = [];
  const take = (list: readonly Selection[]): void => {
    for (const each of list) {
      if (each.kind === 'on') {
        if (!each.types || (node.kind === 'object' && each.types.has(node.type))) take(each.selections);
        continue;
      }
      const at = fields.findIndex((other) => other.key === each.key && isSameField(other, each));
      const same = fields[at];
      if (same) fields[at] = { ...same, selections: [...same.selections, ...each.selections] };
      else fields.push(each);
    }
  };
  take(selections);
  return fields;
}

function elementItems({ name, use }: Field, { json, type, root }: Extract<Node, { kind: 'object' }>): Items {
  const field = elementField(type, name);
  if (!field || use.kind !== 'element') return NONE;
  const { property, isCompanion } = field;
  const many = property.element.many === true;
  const found = json[name];
  if (found === undefined) return { items: [], many };
  const container = Array.isArray(found) ? found : json;
  const values: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (!isCompanion && isPrimitive(property.type))
    return {
      items: values.map((value, index) => {
        const numeral = numeralOf(container, Array.isArray(found) ? index : name);
        return { value: { value, numeral, type: property.type } };
      }),
      many,
    };
  const of = isCompanion ? 'Element' : property.type;
  const meant = navigate(values, of, root, use.navigation).map((index) => values[index]);
  return { items: meant.map((value) => objectItem(value, of, root)), many };
}

/** An object; null where a list of primitives has no extensions at that place. */
function objectItem(value: unknown, type: string, root: AnyResource): Item {
  if (typeof value !== 'object' || value === null) return { value: { value: null, type } };
  const json = value as Json;
  const actual = type === 'Resource' && typeof json.resourceType === 'string' ? json.resourceType : type;
  return { node: { kind: 'object', json, type: actual, root } };
}

/** What connections and edges have, and `resourceType`. http://hl7.org/fhir/R4/graphql.html#searching */
function memberItems(name: string, node: Node): Items {
  switch (node.kind) {
    case 'query':
      return NONE;
    case 'object':
      return one(node.json[name], 'code');
    case 'edge':
      if (name === 'mode') return one('match', 'code');
      if (name === 'score') return one(node.score, 'decimal');
      return name === 'resource' ? single(resourceNode(node.resource)) : NONE;
    case 'connection': {
      const { total, offset, cursors, resources, scores, size } = node.found;
      switch (name) {
        case 'edges':
          return {
            items: resources.map((resource, at) => ({ node: { kind: 'edge', resource, score: scores[at] } })),
            many: true,
          };
        case 'count':
          return one(total, 'integer');
        case 'offset':
          return one(offset, 'integer');
        case 'pagesize':
        case 'pageSize':
          return one(size, 'integer');
        default:
          return one(cursors[name as keyof Found['cursors']], 'string');
      }
    }
  }
}

/** The end of a sliced name: the place in the list, or what the expression gives. */
function sliceSuffix(slice: string, { node }: Item, index: number): string {
  if (slice === '$index') return `.${index}`;
  if (node?.kind !== 'object') return '';
  const name = select(slice, node.json, node.type, node.root).map(String).join('');
  return name === '' ? '' : `.${name}`;
}
