/** The validator as the write path uses it: what breaks R4 is refused, what only deserves a remark is told. */
import { packagedDefinitions } from '../profiles/source.ts';
import { createValidator } from '../profiles/validate.ts';
import type { Issue } from '../resources/outcome.ts';
import type { AnyResource } from '../resources/types.ts';

/** `reject`: errors refuse the write. `warn`: they come as warnings beside it. `off`: nothing is looked at. */
export type ValidationPolicy = 'reject' | 'warn' | 'off';

const downgraded = (issue: Issue): Issue =>
  issue.severity === 'error' || issue.severity === 'fatal' ? { ...issue, severity: 'warning' } : issue;

/**
 * The check of a resource about to be written. An extension or profile that is not known here is a remark: a partner may use it with good
 * reason, and what cannot be checked is no error.
 */
export function writeValidation(policy: ValidationPolicy): (resource: AnyResource) => readonly Issue[] {
  if (policy === 'off') return () => [];
  const validator = createValidator(packagedDefinitions());
  const options = { unknownExtension: 'information', unknownProfile: 'warning', bestPractice: false } as const;
  return (resource) => {
    const issues = validator.validate(resource, options);
    return policy === 'warn' ? issues.map(downgraded) : issues;
  };
}
