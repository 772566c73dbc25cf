/** The operations of Structured Data Capture. https://hl7.org/fhir/uv/sdc/ */
import type { DefinitionSource } from '../../../profiles/source.ts';
import type { Operation } from '../operation.ts';
import { apart } from './apart.ts';
import { assembleOperation } from './assemble.ts';
import { extractOperation } from './extract.ts';
import { populateOperation } from './populate.ts';

/** One process for all that this one serves. */
const forms = apart();

export const formOperations = (source: DefinitionSource): readonly Operation[] => [
  populateOperation(source, forms),
  extractOperation(source, forms),
  assembleOperation(source),
];
