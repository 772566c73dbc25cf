/**
 * All definitions of ours, as a server stores and serves them, from `dist/definitions/own-definitions.json`, which the build makes (make-own.ts). They
 * are in force whether they are stored or not.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { canonical } from '../../mappings/json.ts';
import { splitCanonical } from '../../profiles/source.ts';
import { BASE } from '../../resources/publication.ts';
import type { AnyResource, ConceptMap, Meta, ResourceType } from '../../resources/types.ts';

export type OwnDefinition = AnyResource & { readonly id: string };

export interface OwnHead {
  /** Changes when any of them does. */
  readonly hash: string;
  /** The profiles of resources among them. */
  readonly profiles: readonly { readonly type: ResourceType; readonly canonical: string }[];
}

export interface OwnDefinitions extends OwnHead {
  /** `meta.source` says that they are ours. No two have the same type and id. */
  all(): readonly OwnDefinition[];
}

// Not import.meta.resolve: the test runner loads TypeScript through require(), where that is not a function.
const { resolve } = createRequire(import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(resolve(`#definitions/${name}`), 'utf8'));

let known: OwnDefinitions | undefined;

/** Those of this program. Most starts ask nothing of them but the head, so that is a file of its own. */
export function ownDefinitions(): OwnDefinitions {
  known ??= { ...(read('own-definitions-head.json') as OwnHead), all: once(() => read('own-definitions.json')) };
  return known;
}

function once(make: () => unknown): () => readonly OwnDefinition[] {
  let made: readonly OwnDefinition[] | undefined;
  return () => {
    // Written by the build.
    made ??= make() as readonly OwnDefinition[];
    return made;
  };
}

/** The tables of words of the mappings. */
export const ownConceptMaps = (): readonly ConceptMap[] =>
  ownDefinitions()
    .all()
    .flatMap((each) => (each.resourceType === 'ConceptMap' ? [each as unknown as ConceptMap] : []));

export function ownConceptMap(canonicalUrl: string): ConceptMap | undefined {
  const { url, version } = splitCanonical(canonicalUrl);
  return ownConceptMaps().find((map) => map.url === url && (version === undefined || map.version === version));
}

/** Sixteen digits: enough to tell versions of one resource apart. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** `meta.source` of what we ship, before the hash of its content. */
const SHIPPED = `${BASE}/definitions`;

const sourceOf = (elements: object): string => `${SHIPPED}#${digest(canonical(elements))}`;

/** The resource as it is stored: `meta.source` says that it is ours, and what it says. */
export const shipped = ({ meta: _, ...elements }: OwnDefinition): OwnDefinition => ({
  ...elements,
  meta: { source: sourceOf(elements) },
});

/** Whether a stored resource is what some version of Throughline has shipped, and nobody has changed since. */
export function isAsShipped({ meta, ...elements }: AnyResource): boolean {
  const { source, versionId: _version, lastUpdated: _instant, ...rest }: Meta = meta ?? {};
  return Object.keys(rest).length === 0 && source === sourceOf(elements);
}
