/**
 * Our own definitions: the profiles of a client, a care plan and so on, their value sets, code systems and questionnaires. Read once from
 * `dist/definitions/throughline.json`, which the build makes of the files in profiles/throughline.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AnyResource, CodeSystem, Questionnaire, StructureDefinition, ValueSet } from '../resources/types.ts';
import { type DefinitionSource, splitCanonical } from './source.ts';

// Not import.meta.resolve: the test runner loads TypeScript through require(), where that is not a function.
const { resolve } = createRequire(import.meta.url);

type Definition = AnyResource & { readonly url: string; readonly version?: string };
let resources: readonly Definition[] | undefined;
let byUrl: ReadonlyMap<string, Definition> | undefined;

/** All of them, as resources that a server can store and serve. */
export function throughlineResources(): readonly Definition[] {
  resources ??= JSON.parse(readFileSync(resolve('#definitions/throughline.json'), 'utf8')) as readonly Definition[];
  return resources;
}

/** As a source for the validator; to be layered over that of R4. */
export function throughlineDefinitions(): DefinitionSource {
  return {
    structureDefinition: (canonical) => find<StructureDefinition>('StructureDefinition', canonical),
    valueSet: (canonical) => find<ValueSet>('ValueSet', canonical),
    codeSystem: (canonical) => find<CodeSystem>('CodeSystem', canonical),
    questionnaire: (canonical) => find<Questionnaire>('Questionnaire', canonical),
  };
}

function find<T>(type: string, canonical: string): T | undefined {
  byUrl ??= new Map(throughlineResources().map((resource) => [`${resource.resourceType}|${resource.url}`, resource]));
  const { url, version } = splitCanonical(canonical);
  const found = byUrl.get(`${type}|${url}`);
  return version === undefined || found?.version === version ? (found as T | undefined) : undefined;
}
