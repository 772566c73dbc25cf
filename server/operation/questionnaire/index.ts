/** The operations of Structured Data Capture. https://hl7.org/fhir/uv/sdc/ */
import type { DefinitionSource } from '../../../profiles/source.ts';
import type { Operation } from '../operation.ts';
import { apart } from './apart.ts';
import { assembleOperation } from './assemble.ts';
import { extractOperation } from './extract.ts';
import { populateOperation } from './populate.ts';

export function formOperations(source: DefinitionSource): readonly Operation[] {
  const forms = apart();
  return [populateOperation(source, forms), extractOperation(source, forms), assembleOperation(source)];
}
