/**
 * The validator as the server uses it: for `$validate`, and to guard writes under the policy of the installation. By default what breaks R4 or a
 * profile that the installation requires is refused, and what breaks a profile that the resource merely claims is told.
 */
import type { DefinitionSource } from '../profiles/source.ts';
import { packagedDefinitions } from '../profiles/source.ts';
import { createValidator, type ValidateOptions } from '../profiles/validate.ts';
import { typeDefinition } from '../resources/definition.ts';
import type { Issue } from '../resources/outcome.ts';
import type { AnyResource, ResourceType } from '../resources/types.ts';
import type { LookAhead } from './terminology/look-ahead.ts';

/** `reject`: errors refuse the write. `warn`: they come as warnings beside it. `off`: nothing is looked at. */
export type ValidationPolicy = 'reject' | 'warn' | 'off';

export interface ValidationSettings {
  /** For what no rule names. */
  readonly validation: ValidationPolicy;
  /** By resource type (its base rules), by canonical of a profile, or under CLAIMED or DEFINITION. */
  readonly validationRules?: ReadonlyMap<string, ValidationPolicy>;
  /** Canonicals of the profiles that every resource of a type has to meet. */
  readonly requiredProfiles?: ReadonlyMap<ResourceType, readonly string[]>;
}

/** The rule for the profiles that a resource claims in `meta.profile`. */
export const CLAIMED = 'profile';

/**
 * The rule for what defines: the types with a canonical URL and a version, such as StructureDefinition, ValueSet, Questionnaire. They are told
 * unless said otherwise: implementation guides are published with errors that hinder nobody, and a server that refused them could not check what
 * they define.
 */
export const DEFINITION = 'definition';

const isDefinition = (type: ResourceType): boolean => {
  const properties = typeDefinition(type)?.properties;
  return properties !== undefined && ['url', 'version', 'status'].every((name) => properties.has(name));
};

export interface Validation {
  /** The issues of a resource about to be written, with the severity that the policy gives them. */
  guard(resource: AnyResource): readonly Issue[];
  /** Everything that is found, profiles required by the installation included; severities as HL7's validator gives them. */
  validate(resource: AnyResource, options?: ValidateOptions): readonly Issue[];
  /** The result of `work`, which calls `guard` or `validate`, when the codes that it asks for have been looked up. */
  answered<T>(work: () => T): Promise<T>;
  /** Looks up the codes that the guard of these resources will ask for. */
  prepare(resources: readonly AnyResource[]): Promise<void>;
}

/**
 * Of a write. An extension or profile that is not known here is a remark: a partner may use it with good reason, and what cannot be checked is no
 * error. Answers that depart from their Questionnaire, and displays that
 * differ from their code system's, are told: they are worth more than the form.
 */
const ON_WRITE: ValidateOptions = {
  unknownExtension: 'information',
  unknownProfile: 'warning',
  answers: 'warning',
  wrongDisplay: 'warning',
  bestPractice: false,
};

export function validation(
  settings: ValidationSettings,
  source: DefinitionSource = packagedDefinitions(),
  lookAhead?: LookAhead,
): Validation {
  const validator = createValidator(source, lookAhead?.terminology);
  const requiredOf = (type: ResourceType) => settings.requiredProfiles?.get(type) ?? [];
  const policies = policiesOf(settings);
  const checks: Validation = {
    answered: async (work) => (lookAhead ? lookAhead.answered(work) : work()),
    async prepare(resources) {
      if (!lookAhead?.isNeeded()) return;
      for (const resource of resources) await lookAhead.answered(() => checks.guard(resource));
    },
    validate: (resource, options = {}) =>
      validator.validate(resource, {
        ...options,
        profiles: [...new Set([...requiredOf(resource.resourceType), ...(options.profiles ?? [])])],
      }),
    guard(resource) {
      const { resourceType: type } = resource;
      const claimed = claimedProfiles(resource);
      const required = requiredOf(type);
      const profiles = [...new Set([...required, ...claimed])]
        .map((profile) => ({ profile, policy: policies.ofProfile(type, profile, required.includes(profile)) }))
        .filter(({ policy }) => policy !== 'off');
      const policy = policies.ofType(type);
      if (policy === 'off' && profiles.length === 0) return [];
      // The claims are held against the resource one by one: each has its policy.
      const bare = claimed.length > 0 ? { ...resource, meta: { ...resource.meta, profile: undefined } } : resource;
      const base = validator.validate(bare, ON_WRITE);
      const known = new Set(base.map(keyOf));
      return [
        ...under(policy, base),
        ...profiles.flatMap(({ profile, policy: each }) =>
          under(
            each,
            validator
              .validate(bare, { ...ON_WRITE, base: false, profiles: [profile] })
              .filter((issue) => !known.has(keyOf(issue))),
          ),
        ),
      ];
    },
  };
  return checks;
}

/** The check of a resource about to be written against the definitions of R4 alone. */
export const writeValidation = (policy: ValidationPolicy): ((resource: AnyResource) => readonly Issue[]) =>
  validation({ validation: policy }).guard;

/** `meta.profile`, of content that nobody has looked at. */
function claimedProfiles({ meta }: AnyResource): readonly string[] {
  const profile: unknown = meta?.profile;
  return Array.isArray(profile) ? profile.filter((each): each is string => typeof each === 'string') : [];
}

const keyOf = ({ rule, expression, diagnostics }: Issue): string => JSON.stringify([rule, expression, diagnostics]);

function policiesOf({ validation: general, validationRules: rules = new Map() }: ValidationSettings) {
  const definitions = rules.get(DEFINITION) ?? (general === 'reject' ? 'warn' : general);
  const ofType = (type: ResourceType): ValidationPolicy =>
    rules.get(type) ?? (isDefinition(type) ? definitions : general);
  return {
    ofType,
    ofProfile(type: ResourceType, profile: string, isRequired: boolean): ValidationPolicy {
      const named = rules.get(profile) ?? rules.get(profile.split('|')[0] ?? '');
      if (named) return named;
      const ofAll = ofType(type);
      if (isRequired || ofAll !== 'reject') return ofAll;
      return rules.get(CLAIMED) ?? 'warn';
    },
  };
}

function under(policy: ValidationPolicy, issues: readonly Issue[]): readonly Issue[] {
  switch (policy) {
    case 'reject':
      return issues;
    case 'warn':
      return issues.map((issue) =>
        issue.severity === 'error' || issue.severity === 'fatal' ? { ...issue, severity: 'warning' } : issue,
      );
    case 'off':
      return [];
  }
}
