/** The operations that ask the installed definitions: validation and terminology. */
import type { Validation } from '../validation.ts';
import type { Operation } from './operation.ts';
import { validateOperation } from './validate.ts';

export const definitionOperations = (validation: Validation): readonly Operation[] => [validateOperation(validation)];
