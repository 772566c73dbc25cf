/**
 * References: the texts that point to resources, and every place in a resource where one can stand.
 * https://hl7.org/fhir/R4/references.html
 */
import { isPrimitive, isResourceType, typeDefinition } from './definition.ts';
import { isId } from './primitive.ts';
import type { AnyResource, ResourceType } from './types.ts';

/** `Patient/1`, `http://a.example/fhir/Patient/1/_history/2`: a literal reference to a resource of a RESTful server. */
export interface LiteralReference {
  readonly kind: 'literal';
  /** The base URL, without a slash at its end; absent when the reference is relative. */
  readonly base?: string;
  readonly type: ResourceType;
  readonly id: string;
  readonly version?: string;
}

/** What the text of a reference says. `url` is any other absolute address, a urn or a canonical URL included. */
export type ParsedReference =
  | LiteralReference
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'url'; readonly url: string };

/** A canonical URL with its business version and fragment. https://hl7.org/fhir/R4/references.html#canonical */
export interface Canonical {
  readonly url: string;
  readonly version?: string;
  readonly fragment?: string;
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** The parts of a reference; undefined when it is neither relative (`Type/id`), nor contained (`#id`), nor absolute. */
export function parseReference(text: string): ParsedReference | undefined {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  const parts = text.split('/');
  const versioned = parts.length >= 4 && parts.at(-2) === '_history';
  const version = versioned ? parts.at(-1) : undefined;
  const end = versioned ? parts.length - 2 : parts.length;
  const [type, id = ''] = [parts[end - 2], parts[end - 1]];
  const base = parts.slice(0, Math.max(0, end - 2)).join('/');
  if (isResourceType(type) && isId(id) && (version === undefined || isId(version)) && (base === '' || isHttp(base)))
    return { kind: 'literal', ...(base ? { base } : {}), type, id, ...(version === undefined ? {} : { version }) };
  return ABSOLUTE.test(text) ? { kind: 'url', url: text } : undefined;
}

const isHttp = (text: string): boolean => /^https?:\/\/[^/]/.test(text);

/** The text of a reference: the inverse of `parseReference`. */
export function formatReference(reference: ParsedReference): string {
  switch (reference.kind) {
    case 'contained':
      return `#${reference.id}`;
    case 'url':
      return reference.url;
    case 'literal': {
      const { base, type, id, version } = reference;
      return `${base ? `${base}/` : ''}${type}/${id}${version === undefined ? '' : `/_history/${version}`}`;
    }
  }
}

/** `url|version#fragment` in its parts. */
export function parseCanonical(text: string): Canonical {
  const [address = '', fragment] = splitAtFirst(text, '#');
  const [url = '', version] = splitAtFirst(address, '|');
  return { url, ...(version ? { version } : {}), ...(fragment ? { fragment } : {}) };
}

export function formatCanonical({ url, version, fragment }: Canonical): string {
  return `${url}${version ? `|${version}` : ''}${fragment ? `#${fragment}` : ''}`;
}

function splitAtFirst(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Where a reference stands: in `Reference.reference`, an element of type canonical, one of type uri, url, oid or uuid, or the narrative. */
export type ReferencePlace = 'Reference' | 'canonical' | 'uri' | 'narrative';

export interface FoundReference {
  readonly text: string;
  readonly place: ReferencePlace;
  /** FHIRPath of the element that holds it: `Observation.performer[0].reference`. */
  readonly path: string;
}

/** Gives the text to stand in place of `text`. */
export type ReferenceMapping = (text: string, place: ReferencePlace, path: string) => string;

/**
 * The resource with each reference replaced by what `mapping` makes of it. What does not change is shared with the original, which is
 * returned itself when nothing changes; contained resources and extensions of primitives are visited too.
 */
export function mapReferences(resource: AnyResource, mapping: ReferenceMapping): AnyResource {
  return mapObject(resource, resource.resourceType, mapping, resource.resourceType) as AnyResource;
}

/** Every reference in a resource, in the order of its JSON. */
export function references(resource: AnyResource): readonly FoundReference[] {
  const found: FoundReference[] = [];
  mapReferences(resource, (text, place, path) => {
    found.push({ text, place, path });
    return text;
  });
  return found;
}

type Json = Readonly<Record<string, unknown>>;

const places: Readonly<Record<string, ReferencePlace>> = {
  canonical: 'canonical',
  uri: 'uri',
  url: 'uri',
  oid: 'uri',
  uuid: 'uri',
  xhtml: 'narrative',
};

function mapObject(object: object, type: string, mapping: ReferenceMapping, path: string): object {
  const json = object as Json;
  const actual = isResourceType(json.resourceType) ? json.resourceType : type;
  const definition = typeDefinition(actual);
  if (!definition) return object;
  let result: Record<string, unknown> | undefined;
  for (const name in json) {
    const value = json[name];
    // `_birthDate` holds the id and the extensions of the primitive `birthDate`.
    const property = name.startsWith('_') ? undefined : definition.properties.get(name);
    if (!property && !name.startsWith('_')) continue;
    // Extension.url says what an extension means; it is no reference to be rewritten.
    if (property?.element.attribute) continue;
    const place = property && placeOf(actual, name, property.type);
    if (property && !place && isPrimitive(property.type)) continue;
    const mapped = mapValue(value, property?.type ?? 'Element', place, mapping, `${path}.${name}`);
    if (mapped === value) continue;
    result ??= { ...json };
    result[name] = mapped;
  }
  return result ?? object;
}

const placeOf = (parent: string, name: string, type: string): ReferencePlace | undefined =>
  parent === 'Reference' && name === 'reference' ? 'Reference' : places[type];

function mapValue(
  value: unknown,
  type: string,
  place: ReferencePlace | undefined,
  mapping: ReferenceMapping,
  path: string,
): unknown {
  if (Array.isArray(value)) {
    const mapped = value.map((item, index) => mapValue(item, type, place, mapping, `${path}[${index}]`));
    return mapped.every((item, index) => item === value[index]) ? value : mapped;
  }
  if (typeof value === 'string' && place !== undefined)
    return place === 'narrative' ? mapNarrative(value, mapping, path) : mapping(value, place, path);
  return typeof value === 'object' && value !== null ? mapObject(value, type, mapping, path) : value;
}

// The three alternatives begin with different characters, so neither pattern can backtrack far.
const TAG = /<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>/g;
const LINK = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;

function mapNarrative(div: string, mapping: ReferenceMapping, path: string): string {
  return div.replace(TAG, (tag) =>
    tag.replace(LINK, (whole, before: string, double?: string, single?: string) => {
      const text = (double ?? single ?? '').replaceAll('&amp;', '&');
      const mapped = mapping(text, 'narrative', path);
      return mapped === text ? whole : `${before}"${mapped.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
    }),
  );
}
