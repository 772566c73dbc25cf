/**
 * Where the validator finds definitions by canonical: the compiled R4 package, and whatever an installation adds (packages, stored
 * resources). A source may change while the server runs; it says so by a new `revision`.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CodeSystem, Measure, Questionnaire, StructureDefinition, ValueSet } from '../resources/types.ts';

export interface DefinitionSource {
  /** By canonical, with or without `|version`; undefined when not known. The same object for as long as the definition is the same. */
  structureDefinition(canonical: string): StructureDefinition | undefined;
  valueSet(canonical: string): ValueSet | undefined;
  codeSystem(canonical: string): CodeSystem | undefined;
  questionnaire?(canonical: string): Questionnaire | undefined;
  measure?(canonical: string): Measure | undefined;
  /** Grows with each change to what the source holds: compilations of an older revision are dropped. */
  readonly revision?: number;
}

/** The definitions of R4 from `dist/definitions`, each read when it is first asked for. */
export function packagedDefinitions(): DefinitionSource {
  return {
    structureDefinition: (canonical) => packaged<StructureDefinition>('StructureDefinition', canonical),
    valueSet: (canonical) => packaged<ValueSet>('ValueSet', canonical),
    codeSystem: (canonical) => packaged<CodeSystem>('CodeSystem', canonical),
  };
}

/** The first source that knows a canonical answers; later sources are covered by earlier ones. */
export function layered(...sources: readonly DefinitionSource[]): DefinitionSource {
  const first = <T>(ask: (source: DefinitionSource) => T | undefined): T | undefined => {
    for (const source of sources) {
      const found = ask(source);
      if (found) return found;
    }
    return undefined;
  };
  return {
    structureDefinition: (canonical) => first((source) => source.structureDefinition(canonical)),
    valueSet: (canonical) => first((source) => source.valueSet(canonical)),
    codeSystem: (canonical) => first((source) => source.codeSystem(canonical)),
    questionnaire: (canonical) => first((source) => source.questionnaire?.(canonical)),
    measure: (canonical) => first((source) => source.measure?.(canonical)),
    get revision() {
      return sources.reduce((sum, source) => sum + (source.revision ?? 0), 0);
    },
  };
}

/** `http://hl7.org/fhir/ValueSet/x|4.0.1` as url and version. */
export function splitCanonical(canonical: string): { readonly url: string; readonly version?: string } {
  const at = canonical.indexOf('|');
  return at < 0 ? { url: canonical } : { url: canonical.slice(0, at), version: canonical.slice(at + 1) };
}

// Not import.meta.resolve: the test runner loads TypeScript through require(), where that is not a function.
const { resolve } = createRequire(import.meta.url);
const file = (name: string): string => resolve(`#definitions/${name}`);
const read = new Map<string, unknown>();
let index: Readonly<Record<string, readonly [number, number]>> | undefined;

function packaged<T>(type: string, canonical: string): T | undefined {
  const { url, version } = splitCanonical(canonical);
  const key = `${type}|${url}`;
  let definition = read.get(key) as (T & { readonly version?: string }) | undefined;
  if (!definition) {
    index ??= JSON.parse(readFileSync(file('definitions-index.json'), 'utf8')) as Record<string, [number, number]>;
    const place = Object.hasOwn(index, key) ? index[key] : undefined;
    if (!place) return undefined;
    definition = JSON.parse(slice(...place)) as T & { readonly version?: string };
    read.set(key, definition);
  }
  return version === undefined || definition.version?.startsWith(version) ? definition : undefined;
}

function slice(offset: number, length: number): string {
  const buffer = Buffer.alloc(length);
  const pack = openSync(file('definitions.pack'), 'r');
  readSync(pack, buffer, 0, length, offset);
  closeSync(pack);
  return buffer.toString('utf8');
}
