/** The official examples of R4 by file name: instances, not the definitions of the specification. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../resources/types.ts';

const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'));
const DEFINITIONS =
  /^(?:SearchParameter|ValueSet|CodeSystem|StructureDefinition|ConceptMap|OperationDefinition|NamingSystem|CompartmentDefinition|CapabilityStatement|package|ig-r4)/;

/** All instances, or the first of each type and every twentieth. */
export function exampleNames(which: 'all' | 'sample'): readonly string[] {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.json') && !name.startsWith('.') && !DEFINITIONS.test(name),
  );
  if (which === 'all') return names;
  const types = new Set<string>();
  return names.filter((name, at) => {
    const type = name.slice(0, name.indexOf('-'));
    const isFirst = !types.has(type);
    types.add(type);
    return type !== 'Bundle' && (isFirst || at % 20 === 0);
  });
}

export const readExample = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject;
