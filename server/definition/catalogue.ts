/**
 * The definitions that an installation adds to R4, by canonical, in memory so that validation can ask without waiting. Each is kept as deflated
 * text, a tenth of its size, and inflated and parsed when it is first asked for; what was asked for last stays parsed, up to a bound.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { splitCanonical } from '../../profiles/source.ts';
import type {
  CodeSystem,
  ConceptMap,
  ImplementationGuide,
  Measure,
  Questionnaire,
  StructureDefinition,
  ValueSet,
} from '../../resources/types.ts';
import { compareVersions, isVersionWithin } from './version.ts';

export interface DefinitionTypes {
  readonly StructureDefinition: StructureDefinition;
  readonly ValueSet: ValueSet;
  readonly CodeSystem: CodeSystem;
  readonly Measure: Measure;
  readonly Questionnaire: Questionnaire;
  readonly ConceptMap: ConceptMap;
  readonly ImplementationGuide: ImplementationGuide;
}

export type DefinitionType = keyof DefinitionTypes;

export const definitionTypes = [
  'StructureDefinition',
  'ValueSet',
  'CodeSystem',
  'Measure',
  'Questionnaire',
  'ConceptMap',
  'ImplementationGuide',
] as const satisfies readonly DefinitionType[];

export const isDefinitionType = (type: string): type is DefinitionType =>
  (definitionTypes as readonly string[]).includes(type);

/** What is known of a definition without parsing it. */
export interface DefinitionHead {
  readonly type: DefinitionType;
  readonly url: string;
  readonly version?: string;
  /** Where it is: `ValueSet/42` as stored, or `hl7.fhir.us.core#7.0.0 ValueSet-42.json`. No two have the same. */
  readonly origin: string;
  /** What is stored through the API covers what packages bring. */
  readonly layer: 'stored' | 'package';
  /** Later covers earlier where all else is equal: the tx of what is stored. */
  readonly order: number;
  /** The resource type that a profile constrains; absent for what is no profile of a resource. */
  readonly profileOf?: string;
}

interface Kept extends DefinitionHead {
  readonly deflated: Buffer;
}

type AnyDefinition = DefinitionTypes[DefinitionType];

const keyOf = (type: DefinitionType, url: string): string => `${type} ${url}`;

/** Characters of text whose parsed form is kept. */
const PARSED_CHARACTERS = 48_000_000;

export const canonicalOf = ({ url, version }: DefinitionHead): string =>
  version === undefined ? url : `${url}|${version}`;

/** What `head` needs of a resource. */
interface Canonical {
  readonly resourceType: string;
  readonly url?: unknown;
  readonly version?: unknown;
  readonly type?: unknown;
  readonly kind?: unknown;
  readonly derivation?: unknown;
}

/** The head of a definition; undefined when it has no canonical URL, by which alone it could be found. */
export function headOf(
  resource: Canonical,
  place: Pick<DefinitionHead, 'origin' | 'layer' | 'order'>,
): DefinitionHead | undefined {
  const { resourceType, url, version, type, kind, derivation } = resource;
  if (!isDefinitionType(resourceType) || typeof url !== 'string' || url === '') return undefined;
  const isProfile =
    resourceType === 'StructureDefinition' &&
    kind === 'resource' &&
    derivation === 'constraint' &&
    typeof type === 'string';
  return {
    type: resourceType,
    url,
    ...(typeof version === 'string' ? { version } : {}),
    ...(isProfile ? { profileOf: type } : {}),
    ...place,
  };
}

export class Catalogue {
  readonly #byKey = new Map<string, readonly Kept[]>();
  readonly #byOrigin = new Map<string, Kept>();
  readonly #parsed = new Map<string, { readonly definition: AnyDefinition; readonly characters: number }>();
  #parsedCharacters = 0;
  #revision = 1;

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#byOrigin.size;
  }

  /** Takes in a definition, in place of what has the same origin. */
  set(head: DefinitionHead, text: string): void {
    this.#drop(head.origin);
    const kept: Kept = { ...head, deflated: deflateRawSync(text, { level: 1 }) };
    const key = keyOf(head.type, head.url);
    this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), kept].sort(preferred));
    this.#byOrigin.set(head.origin, kept);
    this.#revision++;
  }

  /** Takes out what has this origin; nothing happens when there is none. */
  delete(origin: string): void {
    if (this.#drop(origin)) this.#revision++;
  }

  /** The `order` of what has this origin. */
  orderOf(origin: string): number | undefined {
    return this.#byOrigin.get(origin)?.order;
  }

  /** The definition with this canonical: of the version that it names, or the newest. The same object while it is the same definition. */
  find<T extends DefinitionType>(type: T, canonical: string): DefinitionTypes[T] | undefined {
    const { url, version } = splitCanonical(canonical);
    const list = this.#byKey.get(keyOf(type, url));
    const kept = version === undefined ? list?.[0] : list?.find((each) => isVersionWithin(each.version, version));
    return kept && (this.#parse(kept) as DefinitionTypes[T]);
  }

  /** The definition with this origin. */
  at<T extends DefinitionType>(type: T, origin: string): DefinitionTypes[T] | undefined {
    const kept = this.#byOrigin.get(origin);
    return kept?.type === type ? (this.#parse(kept) as DefinitionTypes[T]) : undefined;
  }

  /** The heads of all definitions of a type, or of all. */
  *heads(type?: DefinitionType): Generator<DefinitionHead> {
    for (const kept of this.#byOrigin.values()) if (type === undefined || kept.type === type) yield kept;
  }

  #drop(origin: string): boolean {
    const kept = this.#byOrigin.get(origin);
    if (!kept) return false;
    this.#byOrigin.delete(origin);
    const key = keyOf(kept.type, kept.url);
    const others = (this.#byKey.get(key) ?? []).filter((each) => each !== kept);
    if (others.length > 0) this.#byKey.set(key, others);
    else this.#byKey.delete(key);
    this.#forget(origin);
    return true;
  }

  #forget(origin: string): void {
    this.#parsedCharacters -= this.#parsed.get(origin)?.characters ?? 0;
    this.#parsed.delete(origin);
  }

  #parse(kept: Kept): AnyDefinition {
    const known = this.#parsed.get(kept.origin);
    if (known) {
      // The last in the Map is the one that was asked for last.
      this.#parsed.delete(kept.origin);
      this.#parsed.set(kept.origin, known);
      return known.definition;
    }
    const text = inflateRawSync(kept.deflated).toString('utf8');
    const definition = JSON.parse(text) as AnyDefinition;
    this.#parsed.set(kept.origin, { definition, characters: text.length });
    this.#parsedCharacters += text.length;
    for (const oldest of this.#parsed.keys()) {
      if (this.#parsedCharacters <= PARSED_CHARACTERS || oldest === kept.origin) break;
      this.#forget(oldest);
    }
    return definition;
  }
}

/** Stored before packages, then the highest version, then the latest. */
function preferred(a: Kept, b: Kept): number {
  if (a.layer !== b.layer) return a.layer === 'stored' ? -1 : 1;
  return compareVersions(b.version, a.version) || b.order - a.order;
}
