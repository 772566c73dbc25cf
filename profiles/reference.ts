/**
 * References: the form of the literal, the type of the target, and the target itself where it is at hand: contained, in the same
 * Bundle, or known to the caller. https://hl7.org/fhir/R4/references.html https://hl7.org/fhir/R4/bundle.html#references
 */
import { isResourceType } from '../resources/definition.ts';
import type { JsonObject } from '../resources/types.ts';
import { containedIn } from './contained.ts';
import type { PropertyCheck } from './type-check.ts';
import { type Scope, shown, type Walk } from './walk.ts';

/** `Patient/1`, `Patient/1/_history/2`, or the same after a base. */
const RESTFUL =
  /^(?:(https?:\/\/[^\s?#]+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?(#.*)?$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?/;

/** The type that a literal reference names by itself; undefined when it does not say (urn:uuid, #id, other URLs). */
export function typeNamed(reference: string): string | undefined {
  const restful = RESTFUL.exec(reference);
  if (restful?.[2] && isResourceType(restful[2])) return restful[2];
  const conditional = CONDITIONAL.exec(reference);
  return conditional?.[1] && isResourceType(conditional[1]) ? conditional[1] : undefined;
}

export function checkReference(
  value: JsonObject,
  property: PropertyCheck,
  path: string,
  scope: Scope,
  walk: Walk,
): void {
  const { reference, type } = value;
  const { targets } = property.element;
  if (typeof reference === 'string') {
    const named = checkForm(reference, path, scope, walk);
    const resolved = resolveReference(reference, scope, walk)?.resource ?? namesake(reference, scope, walk);
    const actual = typeof resolved?.resourceType === 'string' ? resolved.resourceType : named;
    if (actual && named && actual !== named)
      walk.error('structure', 'reference-mismatch', path, `${shown(reference)} is a ${actual}`);
    if (actual && targets && !targets.includes(actual))
      walk.error(
        'structure',
        'reference-target',
        path,
        `refers to a resource of type ${actual}, expected one of ${targets.join(', ')}`,
      );
    if (actual && typeof type === 'string' && type !== actual)
      walk.error(
        'structure',
        'reference-type',
        path,
        `Reference.type is ${shown(type)}, but the reference is to ${actual}`,
      );
  } else if (typeof type === 'string' && isResourceType(type) && targets && !targets.includes(type)) {
    walk.error(
      'structure',
      'reference-target',
      path,
      `refers to a resource of type ${type}, expected one of ${targets.join(', ')}`,
    );
  }
}

/** The entry of a Bundle whose fullUrl is the UUID that a relative reference uses as id: meant, though not found by the rules. */
function namesake(reference: string, { bundle }: Scope, walk: Walk): JsonObject | undefined {
  const id = bundle && /^[A-Z][A-Za-z]+\/([0-9a-f-]{36})$/.exec(reference)?.[1];
  return id ? walk.entriesOf(bundle.scope).get(`urn:uuid:${id}`)?.resource : undefined;
}

/** Reports a literal that is no reference; otherwise the type it names, if it does. */
function checkForm(reference: string, path: string, scope: Scope, walk: Walk): string | undefined {
  if (reference.startsWith('#')) {
    if (reference !== '#' && !containedIn(scope.rootResource).some(({ id }) => id === reference.slice(1)))
      walk.error(
        'invariant',
        'ref-1',
        path,
        `ref-1: ${shown(reference)} refers to a contained resource that is not there`,
      );
    return undefined;
  }
  if (ABSOLUTE.test(reference)) return typeNamed(reference);
  const named = typeNamed(reference);
  if (!named)
    walk.report(
      reference.includes('/') && !/\s/.test(reference) ? 'warning' : 'error',
      'value',
      'reference-form',
      path,
      `${shown(reference)} is no reference: expected Type/id, an absolute URL, or #id of a contained resource`,
    );
  return named;
}

export interface Resolved {
  readonly resource: JsonObject;
  /** Where the resource stands, when it is inside what is validated. */
  readonly scope?: Scope;
}

/** The resource that a literal reference, read in `scope`, points to; undefined when it is not at hand. */
export function resolveReference(reference: string, scope: Scope, walk: Walk): Resolved | undefined {
  if (reference === '#') return { resource: scope.rootResource };
  if (reference.startsWith('#')) {
    const resource = containedIn(scope.rootResource).find(({ id }) => id === reference.slice(1));
    return resource ? { resource, scope: { ...scope, resource, path: containedPath(resource, scope) } } : undefined;
  }
  for (let { bundle } = scope; bundle; bundle = bundle.scope.bundle) {
    const found = entryFor(reference, bundle.fullUrl, bundle.scope, walk);
    if (found) return found;
  }
  const outside = walk.options.resolve?.(reference);
  return outside ? { resource: outside } : undefined;
}

/** The entry that a reference from an entry with this fullUrl points to. */
function entryFor(reference: string, fullUrl: string | undefined, bundle: Scope, walk: Walk): Resolved | undefined {
  const entries = walk.entriesOf(bundle);
  const plain = reference.replace(/\/_history\/[^/#]+/, '').replace(/#.*$/, '');
  if (ABSOLUTE.test(plain)) return entries.get(plain);
  const base = fullUrl === undefined ? undefined : RESTFUL.exec(fullUrl)?.[1];
  return base === undefined ? entries.get(plain) : entries.get(`${base}/${plain}`);
}

/** Where a contained resource stands. A contained resource that refers to another lies beside it. */
function containedPath(resource: JsonObject, scope: Scope): string {
  const container = scope.resource === scope.rootResource ? scope.path : scope.path.replace(/\.contained\[\d+\]$/, '');
  return `${container}.contained[${containedIn(scope.rootResource).indexOf(resource)}]`;
}
