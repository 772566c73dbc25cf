/** The operations of Structured Data Capture. https://hl7.org/fhir/uv/sdc/ */
import type { DefinitionSource } from '../../../profiles/source.ts';
import type { Validation } from '../../validation.ts';
import type { Operation } from '../operation.ts';
import { assembleOperation } from './assemble.ts';
import { extractOperation } from './extract.ts';
import { forms } from './forms.ts';
import { knownForms } from './known-forms.ts';
import { populateOperation } from './populate.ts';

/** One process for all that this one serves. */
const workers = forms();

export function formOperations(
  source: DefinitionSource,
  validation: Pick<Validation, 'validate'>,
): readonly Operation[] {
  const known = knownForms(source, validation);
  return [populateOperation(known, workers), extractOperation(known, workers), assembleOperation(known)];
}
