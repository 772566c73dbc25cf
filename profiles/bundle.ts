/**
 * Bundles: the identity of each entry, what a document or message must hold, and what a search result says of itself.
 * https://hl7.org/fhir/R4/bundle.html https://hl7.org/fhir/R4/documents.html https://hl7.org/fhir/R4/messaging.html
 */
import { isResourceType } from '../resources/definition.ts';
import type { JsonObject } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { nestedScope } from './node.ts';
import { resolveReference } from './reference.ts';
import { referencesIn } from './reference-walk.ts';
import { checkSearchset } from './searchset.ts';
import { type Scope, shown, type Walk } from './walk.ts';

const RESTFUL = /^https?:\/\/.+\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/** Checks the Bundle that is the resource of `scope`. */
export function checkBundle(scope: Scope, walk: Walk): void {
  const { resource: bundle, path } = scope;
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : [];
  const isRequest = bundle.type === 'transaction' || bundle.type === 'batch';
  for (const [at, entry] of entries.entries()) {
    const object = asObject(entry);
    if (object)
      checkIdentity(object, isRequest || String(bundle.type).endsWith('-response'), `${path}.entry[${at}]`, walk);
  }
  if (bundle.type === 'document' || bundle.type === 'message') checkWhole(bundle.type, entries, scope, walk);
  else if (bundle.type === 'searchset') checkSearchset(bundle, entries, path, walk);
}

/** https://hl7.org/fhir/R4/bundle.html#bundle-unique */
function checkIdentity(entry: JsonObject, mayBeWithout: boolean, path: string, walk: Walk): void {
  const resource = asObject(entry.resource);
  const { fullUrl } = entry;
  if (!resource) return;
  if (fullUrl === undefined) {
    if (!mayBeWithout && resource.resourceType !== 'OperationOutcome')
      walk.error(
        'required',
        'bundle-full-url',
        path,
        'has no fullUrl: except in batches and transactions, each entry says what its resource is called',
      );
    return;
  }
  if (typeof fullUrl !== 'string') return;
  if (!/^(?:[A-Za-z][A-Za-z0-9+.-]*:)/.test(fullUrl)) {
    walk.error('invalid', 'bundle-full-url', path, `the fullUrl is an absolute URL, found ${shown(fullUrl)}`);
    return;
  }
  const restful = RESTFUL.exec(fullUrl);
  if (!restful || !isResourceType(restful[1]) || mayBeWithout) return;
  if (resource.id === undefined)
    walk.error(
      'invalid',
      'bundle-full-url',
      path,
      `the fullUrl ${shown(fullUrl)} names a resource on a server, and the resource has no id`,
    );
  else if (restful[1] !== resource.resourceType || restful[2] !== resource.id)
    walk.error(
      'invalid',
      'bundle-full-url',
      path,
      `the fullUrl ${shown(fullUrl)} names a resource on a server, so it ends with ${String(resource.resourceType)}/${String(resource.id)}`,
    );
}

/** What a Composition refers to for its own sake, and a MessageHeader as its content, has to be in the Bundle. */
const OWN_REFERENCES: Readonly<Record<string, RegExp>> = {
  Composition:
    /^(?:subject|encounter|author|attester\.party|custodian|event\.detail|(?:section\.)+(?:author|focus|entry))$/,
  MessageHeader: /^focus$/,
};

function checkWhole(kind: 'document' | 'message', entries: readonly unknown[], scope: Scope, walk: Walk): void {
  const first = asObject(entries[0]);
  const header = asObject(first?.resource);
  if (!first || !header) return;
  const type = String(header.resourceType);
  const own = Object.hasOwn(OWN_REFERENCES, type) ? OWN_REFERENCES[type] : undefined;
  if (!own) return;
  const headerScope = nestedScope(header, first, 'Bundle.entry.resource', `${scope.path}.entry[0].resource`, scope);
  for (const { reference, path } of referencesIn(header, headerScope.path)) {
    const name = path.slice(headerScope.path.length + 1).replace(/\[\d+\]/g, '');
    if (!own.test(name) || resolveReference(reference, headerScope, walk)) continue;
    walk.error(
      'not-found',
      'bundle-reference',
      path,
      `${shown(reference)} is not in the ${kind}: no entry has that fullUrl`,
    );
  }
  checkReachable(kind, type, entries, scope, walk);
}

/** Every entry is reached from the first by references, in one direction or the other. */
function checkReachable(
  kind: 'document' | 'message',
  headerType: string,
  entries: readonly unknown[],
  scope: Scope,
  walk: Walk,
): void {
  const resources = entries.map((entry) => asObject(asObject(entry)?.resource));
  const indexes = new Map<JsonObject, number>();
  for (const [at, resource] of resources.entries()) if (resource) indexes.set(resource, at);
  const neighbours: Set<number>[] = resources.map(() => new Set());
  for (const [at, resource] of resources.entries()) {
    if (!resource) continue;
    const inner = nestedScope(
      resource,
      asObject(entries[at]) ?? {},
      'Bundle.entry.resource',
      `${scope.path}.entry[${at}].resource`,
      scope,
    );
    for (const { reference } of referencesIn(resource, inner.path)) {
      const target = resolveReference(reference, inner, walk)?.resource;
      const found = target ? indexes.get(target) : undefined;
      if (found === undefined) continue;
      neighbours[at]?.add(found);
      neighbours[found]?.add(at);
    }
  }
  const reached = new Set([0]);
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const next of neighbours[at] ?? [])
      if (!reached.has(next)) {
        reached.add(next);
        open.push(next);
      }
  for (const [at, resource] of resources.entries())
    if (resource && !reached.has(at))
      walk.report(
        kind === 'document' ? 'error' : 'warning',
        'informational',
        'bundle-unreachable',
        `${scope.path}.entry[${at}]`,
        `no references lead from the ${headerType} to this entry or from it to the ${headerType}`,
      );
}
