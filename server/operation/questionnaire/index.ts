/** The operations of Structured Data Capture. https://hl7.org/fhir/uv/sdc/ */
import type { DefinitionSource } from '../../../profiles/source.ts';
import type { Operation } from '../operation.ts';
import { assembleOperation } from './assemble.ts';
import { extractOperation } from './extract.ts';
import { forms } from './forms.ts';
import { populateOperation } from './populate.ts';

/** One process for all that this one serves. */
const workers = forms();

export const formOperations = (source: DefinitionSource): readonly Operation[] => [
  populateOperation(source, workers),
  extractOperation(source, workers),
  assembleOperation(source),
];
