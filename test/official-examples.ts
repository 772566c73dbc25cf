/** The 5,306 resources of the npm package hl7.fhir.r4.examples: the examples and definitions of the specification itself. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parseJson } from '../resources/json.ts';
import type { AnyResource, ResourceType } from '../resources/types.ts';

const folder = new URL('./', import.meta.resolve('hl7.fhir.r4.examples/package.json'));

/** The file names, each `<type>-<id>.json`, in alphabetical order. */
export const exampleNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'package.json' && !name.startsWith('.'))
  .sort();

export const exampleText = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** Above this many bytes an example is left to the long tests: Bundles and StructureDefinitions, not more kinds of content. */
const LARGE = 100_000;

/** The first example of each type, and every tenth of all, without the large ones: what the quick tests go through. */
export function sampleOfExamples(): readonly string[] {
  const types = new Set<string>();
  const small = exampleNames.filter((name) => statSync(new URL(name, folder)).size <= LARGE);
  return small.filter((name, index) => {
    const type = name.slice(0, name.indexOf('-'));
    const isFirst = !types.has(type);
    types.add(type);
    return isFirst || index % 10 === 0;
  });
}

/** What the package has no example of. */
const ours: Partial<Record<ResourceType, AnyResource>> = {
  Parameters: { resourceType: 'Parameters', parameter: [{ name: 'start', valueDate: '2026-01-01' }] },
};

/** An official example of a type: the first by name that is not large. */
export function exampleOf(type: ResourceType): AnyResource {
  const own = ours[type];
  if (own) return own;
  const name = exampleNames.find(
    (each) => each.startsWith(`${type}-`) && statSync(new URL(each, folder)).size <= LARGE,
  );
  // Types without an example have no required elements.
  if (!name) return { resourceType: type };
  return parseJson(exampleText(name)) as unknown as AnyResource;
}
