/**
 * Extensions of others that the mappings write and R4 does not have: as much of their definitions as it takes to know them. What an installed package
 * says of them comes first.
 */
import type { StructureDefinition } from '../resources/types.ts';
import { type DefinitionSource, splitCanonical } from './source.ts';

const extension = (url: string, context: string, type: string): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url,
  name: url.replace(/^.*\//, ''),
  status: 'active',
  kind: 'complex-type',
  abstract: false,
  context: [{ type: 'element', expression: context }],
  type: 'Extension',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Extension',
  derivation: 'constraint',
  differential: {
    element: [
      { id: 'Extension', path: 'Extension' },
      { id: 'Extension.extension', path: 'Extension.extension', max: '0' },
      { id: 'Extension.url', path: 'Extension.url', fixedUri: url },
      { id: 'Extension.value[x]', path: 'Extension.value[x]', min: 1, type: [{ code: type }] },
    ],
  },
});

const definitions = new Map(
  [extension('http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex', 'Patient', 'code')].map((each) => [
    each.url,
    each,
  ]),
);

/** To be layered below all others. */
export function elsewhereDefinitions(): DefinitionSource {
  return {
    structureDefinition: (canonical) => definitions.get(splitCanonical(canonical).url),
    valueSet: () => undefined,
    codeSystem: () => undefined,
  };
}
