/**
 * The validator: a resource in, everything that is wrong with it out. Pure apart from the definitions that it compiles on first use.
 * The same function guards writes and answers `$validate`. https://hl7.org/fhir/R4/validation.html
 */
import type { Issue } from '../resources/outcome.ts';
import type { AnyResource } from '../resources/types.ts';
import { asObject } from './assertion.ts';
import { rootNode } from './node.ts';
import { Profiles } from './profile.ts';
import { rememberedSource } from './remembered-source.ts';
import { checkProfile } from './run.ts';
import type { DefinitionSource } from './source.ts';
import { checkResource } from './structure.ts';
import { localTerminology, type Terminology } from './terminology.ts';
import { type ValidateOptions, Walk } from './walk.ts';

export type { ValidateOptions } from './walk.ts';

export interface Validator {
  /** The issues of a resource against R4 and its profiles, in the order of its content; none of severity error when it is valid. */
  validate(resource: AnyResource, options?: ValidateOptions): readonly Issue[];
}

/** A walk for the expressions of a form, outside a validation. */
export const newWalk = (source: DefinitionSource): Walk =>
  new Walk(source, localTerminology(source), new Profiles(source), {});

/** A validator over a source of definitions; `terminology` may be one that knows more than the source holds. */
export function createValidator(
  definitions: DefinitionSource,
  terminology: Terminology = localTerminology(definitions),
): Validator {
  const source = rememberedSource(definitions);
  const profiles = new Profiles(source);
  return {
    validate(resource, options = {}) {
      const walk = new Walk(source, terminology, profiles, options);
      // Whatever a client sent: nothing that is no object has come as far as a type.
      const root = asObject(resource) ?? {};
      const path = typeof root.resourceType === 'string' ? root.resourceType : 'Resource';
      const scope = { resource: root, rootResource: root, path };
      if (options.base !== false) checkResource(scope, walk);
      for (const profile of options.profiles ?? []) checkProfile(profile, rootNode(scope), walk, 'error');
      return walk.issues;
    },
  };
}
