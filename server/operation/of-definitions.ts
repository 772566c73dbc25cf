/** The operations that ask the installed definitions: validation, terminology and forms. */
import type { DefinitionSource } from '../../profiles/source.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Validation } from '../validation.ts';
import { lintOperation } from './lint.ts';
import type { Operation } from './operation.ts';
import { formOperations } from './questionnaire/index.ts';
import { closureOperation } from './terminology/closure.ts';
import { expandOperation } from './terminology/expand.ts';
import { lookupOperation } from './terminology/lookup.ts';
import { subsumesOperation } from './terminology/subsumes.ts';
import { translateOperation } from './terminology/translate.ts';
import { validateSystemCode, validateValueSetCode } from './terminology/validate-code.ts';
import { validateOperation } from './validate.ts';

export const definitionOperations = (
  validation: Validation,
  terminology: Terminology,
  source: DefinitionSource,
): readonly Operation[] => [
  validateOperation(validation),
  lintOperation(validation),
  expandOperation(terminology),
  validateValueSetCode(terminology),
  validateSystemCode(terminology),
  lookupOperation(terminology),
  subsumesOperation(terminology),
  translateOperation(terminology),
  closureOperation(terminology),
  ...formOperations(source, validation),
];
