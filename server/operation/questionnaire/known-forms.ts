/** The forms that are known here, and whether one can be worked with: a definition may be stored with errors. */
import type { DefinitionSource } from '../../../profiles/source.ts';
import { FhirError } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import type { Validation } from '../../validation.ts';

export interface KnownForms {
  readonly source: DefinitionSource;
  /** The resource, when its JSON has the shape of its type. @throws FhirError 400 with what has not */
  sound<T extends object>(resource: T): T;
}

// Everything else that may be wrong with a form hinders nobody from working with it.
const SHAPE = /^(structure-type|resource-type|type-)/;

export function knownForms(source: DefinitionSource, { validate }: Pick<Validation, 'validate'>): KnownForms {
  // Definitions that are installed are the same objects each time.
  const seen = new WeakSet<object>();
  return {
    source,
    sound(resource) {
      if (seen.has(resource)) return resource;
      const issues = validate(resource as unknown as AnyResource, { answers: 'warning', bestPractice: false }).filter(
        ({ severity, rule = '' }) => severity === 'error' && SHAPE.test(rule),
      );
      if (issues.length > 0) throw new FhirError(400, issues);
      seen.add(resource);
      return resource;
    },
  };
}
