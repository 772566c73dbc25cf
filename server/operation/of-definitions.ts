/** The operations that ask the installed definitions: validation and terminology. */
import type { Terminology } from '../terminology/terminology.ts';
import type { Validation } from '../validation.ts';
import { lintOperation } from './lint.ts';
import type { Operation } from './operation.ts';
import { closureOperation } from './terminology/closure.ts';
import { expandOperation } from './terminology/expand.ts';
import { lookupOperation } from './terminology/lookup.ts';
import { subsumesOperation } from './terminology/subsumes.ts';
import { translateOperation } from './terminology/translate.ts';
import { validateSystemCode, validateValueSetCode } from './terminology/validate-code.ts';
import { validateOperation } from './validate.ts';

export const definitionOperations = (validation: Validation, terminology: Terminology): readonly Operation[] => [
  validateOperation(validation),
  lintOperation(validation),
  expandOperation(terminology),
  validateValueSetCode(terminology),
  validateSystemCode(terminology),
  lookupOperation(terminology),
  subsumesOperation(terminology),
  translateOperation(terminology),
  closureOperation(terminology),
];
