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
  const slash = text.indexOf('/');
  // Most are `Type/id`.
  if (slash > 0 && text.indexOf('/', slash + 1) === -1) {
    const [type, id] = [text.slice(0, slash), text.slice(slash + 1)];
    if (isResourceType(type) && isId(id)) return { kind: 'literal', type, id };
  }
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
export type ReferenceMapping = (text: string, place: ReferencePlace) => string;

/**
 * The resource with each reference replaced by what `mapping` makes of it. What does not change is shared with the original, which is
 * returned itself when nothing changes; contained resources and extensions of primitives are visited too.
 */
export function mapReferences(resource: AnyResource, mapping: ReferenceMapping): AnyResource {
  return mapObject(resource, resource.resourceType, mapping, undefined) as AnyResource;
}

/** Every reference in a resource, in the order of its JSON. */
export function references(resource: AnyResource): readonly FoundReference[] {
  const found: FoundReference[] = [];
  const note = (text: string, place: ReferencePlace, path = '') => {
    found.push({ text, place, path });
    return text;
  };
  mapObject(resource, resource.resourceType, note, resource.resourceType);
  return found;
}

/** A mapping that is told the FHIRPath of the element too, where the walk keeps account of it. */
type Visit = (text: string, place: ReferencePlace, path: string | undefined) => string;

type Json = Readonly<Record<string, unknown>>;

const places: Readonly<Record<string, ReferencePlace>> = {
  canonical: 'canonical',
  uri: 'uri',
  url: 'uri',
  oid: 'uri',
  uuid: 'uri',
  xhtml: 'narrative',
};

/** A property behind which a reference can stand: it is one itself (`place`), or an object of `type` that may hold one. */
interface Lead {
  readonly type: string;
  readonly place?: ReferencePlace | undefined;
}

/** `_birthDate` holds the id and the extensions of the primitive `birthDate`. */
const COMPANION: Lead = { type: 'Element' };

const leadsByType = new Map<string, ReadonlyMap<string, Lead>>();

/** The leads of a type, by JSON name; what can hold no reference is not among them. */
function leadsOf(type: string): ReadonlyMap<string, Lead> {
  const known = leadsByType.get(type);
  if (known) return known;
  const leads = new Map<string, Lead>();
  for (const [name, property] of typeDefinition(type)?.properties ?? []) {
    const place = type === 'Reference' && name === 'reference' ? 'Reference' : places[property.type];
    // An attribute is the id, or Extension.url, which says what an extension means: no reference to be rewritten.
    if (!property.element.attribute && (place || !isPrimitive(property.type)))
      leads.set(name, { type: property.type, place });
  }
  leadsByType.set(type, leads);
  return leads;
}

function mapObject(object: object, type: string, visit: Visit, path: string | undefined): object {
  const json = object as Json;
  const leads = leadsOf(isResourceType(json.resourceType) ? json.resourceType : type);
  let result: Record<string, unknown> | undefined;
  for (const name in json) {
    const lead = leads.get(name) ?? (name.startsWith('_') ? COMPANION : undefined);
    if (!lead) continue;
    const value = json[name];
    const mapped = mapValue(value, lead, visit, path && `${path}.${name}`);
    if (mapped === value) continue;
    result ??= { ...json };
    result[name] = mapped;
  }
  return result ?? object;
}

function mapValue(value: unknown, lead: Lead, visit: Visit, path: string | undefined): unknown {
  if (Array.isArray(value)) {
    let result: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const mapped = mapValue(value[index], lead, visit, path && `${path}[${index}]`);
      if (mapped === value[index]) continue;
      result ??= [...value];
      result[index] = mapped;
    }
    return result ?? value;
  }
  if (typeof value === 'object' && value !== null) return mapObject(value, lead.type, visit, path);
  if (typeof value !== 'string' || !lead.place) return value;
  return lead.place === 'narrative' ? mapNarrative(value, visit, path) : visit(value, lead.place, path);
}

// The three alternatives begin with different characters, so neither pattern can backtrack far.
const TAG = /<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>/g;
const LINK = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;

function mapNarrative(div: string, visit: Visit, path: string | undefined): string {
  return div.replace(TAG, (tag) =>
    tag.replace(LINK, (whole, before: string, double?: string, single?: string) => {
      const text = (double ?? single ?? '').replaceAll('&amp;', '&');
      const mapped = visit(text, 'narrative', path);
      return mapped === text ? whole : `${before}"${mapped.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
    }),
  );
}
