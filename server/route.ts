/**
 * The route table: method and path to interaction. Used for HTTP requests and for the entries of Bundles alike.
 * https://hl7.org/fhir/R4/http.html#summary
 */
import { isResourceType, resourceTypes } from '../resources/definition.ts';
import { nearest } from '../resources/nearest.ts';
import { badValue, methodNotAllowed, notFound, notSupported } from '../resources/outcome.ts';
import type { ResourceType } from '../resources/types.ts';
import type { InteractionCode } from './interaction/interaction.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a path names; the parts of a FhirRequest that come from it. */
export interface Route {
  readonly interaction: InteractionCode;
  readonly type?: ResourceType;
  readonly id?: string;
  readonly versionId?: string;
  readonly operation?: string;
  readonly compartment?: { readonly type: ResourceType; readonly id: string };
  /** By GET or HEAD. */
  readonly isSafe: boolean;
  /** No id in the path: the query selects the resource. */
  readonly conditional?: boolean;
}

type Pattern = readonly [methods: readonly HttpMethod[], path: string, interaction: InteractionCode];

const GET: readonly HttpMethod[] = ['GET', 'HEAD'];

/** `:type` is a resource type, `:id` and `:version` are ids, `:operation` is `$name`, `:member` a type or `*`. */
const patterns: readonly Pattern[] = [
  [GET, '', 'search-system'],
  [['POST'], '', 'batch'],
  [GET, 'metadata', 'capabilities'],
  [GET, '_history', 'history-system'],
  [GET, '_search', 'search-system'],
  [['POST'], '_search', 'search-system'],
  [[...GET, 'POST'], ':operation', 'operation'],
  [GET, ':type', 'search-type'],
  [['POST'], ':type', 'create'],
  [['PUT'], ':type', 'update'],
  [['PATCH'], ':type', 'patch'],
  [['DELETE'], ':type', 'delete'],
  [['POST'], ':type/_search', 'search-type'],
  [GET, ':type/_search', 'search-type'],
  [GET, ':type/_history', 'history-type'],
  [[...GET, 'POST'], ':type/:operation', 'operation'],
  [GET, ':type/:id', 'read'],
  [['PUT'], ':type/:id', 'update'],
  [['PATCH'], ':type/:id', 'patch'],
  [['DELETE'], ':type/:id', 'delete'],
  [GET, ':type/:id/_history', 'history-instance'],
  [[...GET, 'POST'], ':type/:id/:operation', 'operation'],
  [GET, ':type/:id/:member', 'search-type'],
  [['POST'], ':type/:id/:member/_search', 'search-type'],
  [GET, ':type/:id/_history/:version', 'vread'],
  [[...GET, 'POST'], ':type/:id/_history/:version/:operation', 'operation'],
];

const compiled = patterns.map(([methods, path, interaction]) => ({
  methods,
  segments: path === '' ? [] : path.split('/'),
  interaction,
}));

/** The form of an id: https://hl7.org/fhir/R4/datatypes.html#id */
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

function fits(pattern: string, segment: string): boolean {
  switch (pattern) {
    case ':type':
      return isResourceType(segment);
    case ':operation':
      return segment.startsWith('$') && segment.length > 1;
    case ':member':
      return segment === '*' || isResourceType(segment);
    case ':id':
    case ':version':
      return ID.test(segment);
    default:
      return pattern === segment;
  }
}

/** The sentence that says what is wrong with a path that no pattern fits. */
function unknownPath(segments: readonly string[]) {
  const [type = '', id] = segments;
  if (!isResourceType(type)) {
    const name = nearest(type, resourceTypes());
    return notSupported(`"${type}" is no resource type of FHIR R4${name ? `; did you mean ${name}?` : ''}`);
  }
  if (id !== undefined && !id.startsWith('_') && !id.startsWith('$') && !ID.test(id))
    return badValue(`"${id}" is no id: an id is 1 to 64 letters, digits, "-" and "."`, { expression: `${type}.id` });
  return notFound(`There is nothing at /${segments.join('/')}`);
}

function routeOf(method: string, segments: readonly string[], pattern: (typeof compiled)[number]): Route {
  const isSafe = method === 'GET' || method === 'HEAD';
  const at = (name: string) => segments[pattern.segments.indexOf(name)];
  const type = at(':type') as ResourceType | undefined;
  const id = at(':id');
  const member = at(':member');
  const operation = at(':operation')?.slice(1);
  if (member !== undefined && type && id)
    return {
      interaction: member === '*' ? 'search-system' : pattern.interaction,
      ...(member === '*' ? {} : { type: member as ResourceType }),
      isSafe,
      compartment: { type, id },
    };
  // The most frequent of all, without a look at what else a path may hold.
  if (pattern.interaction === 'read') return { interaction: 'read', isSafe, type, id };
  const versionId = at(':version');
  const conditional = pattern.segments.length === 1 && ['update', 'patch', 'delete'].includes(pattern.interaction);
  return {
    interaction: pattern.interaction,
    isSafe,
    ...(type ? { type } : {}),
    ...(id ? { id } : {}),
    ...(versionId ? { versionId } : {}),
    ...(operation ? { operation } : {}),
    ...(conditional ? { conditional } : {}),
  };
}

/** Segments of a path relative to the base, percent-decoded. @throws FhirError invalid, when the encoding is broken */
function segmentsOf(path: string): readonly string[] {
  try {
    const segments = path.split('/').filter((segment) => segment !== '');
    return path.includes('%') ? segments.map(decodeURIComponent) : segments;
  } catch (cause) {
    throw badValue('The path has a "%" that begins no percent-encoded character', { cause });
  }
}

/** The methods that a path has; empty when there is nothing at it. */
export function allowedMethods(path: string): readonly HttpMethod[] {
  const segments = segmentsOf(path);
  return [...new Set(matching(segments).flatMap(({ methods }) => methods))];
}

const matching = (segments: readonly string[]) =>
  compiled.filter(
    (pattern) =>
      pattern.segments.length === segments.length &&
      pattern.segments.every((part, index) => fits(part, segments[index] ?? '')),
  );

/**
 * The interaction at `path` (relative to the base, without query).
 * @throws FhirError not-supported or not-found (404) where nothing is, 405 with `Allow` where the method does not fit
 */
export function route(method: string, path: string): Route {
  const segments = segmentsOf(path);
  for (const pattern of compiled)
    if (
      pattern.segments.length === segments.length &&
      (pattern.methods as readonly string[]).includes(method) &&
      pattern.segments.every((part, index) => fits(part, segments[index] ?? ''))
    )
      return routeOf(method, segments, pattern);
  const allow = allowedMethods(path);
  if (allow.length === 0) throw unknownPath(segments);
  throw methodNotAllowed(`${method} is not possible at /${segments.join('/')}; possible: ${allow.join(', ')}`, allow);
}
