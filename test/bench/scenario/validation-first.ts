/**
 * Milliseconds of the first validation of each type in this process: what it reads, compiles and checks; printed as JSON. What all types share is told
 * apart: fhirpath.js, which is loaded by the first expression that is no plain path, and what the very first resource loads.
 */
import { packagedDefinitions } from '../../../profiles/source.ts';
import { createValidator } from '../../../profiles/validate.ts';
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { instanceExamples } from './validation-examples.ts';

export interface FirstValidations {
  readonly library: number;
  /** Of the first resource of all. */
  readonly shared: number;
  /** By type, without the first of all. */
  readonly types: Readonly<Record<string, number>>;
}

const elapsed = (work: () => void): number => {
  const begun = performance.now();
  work();
  return performance.now() - begun;
};

const validator = createValidator(packagedDefinitions());
const examples = instanceExamples();
const library = elapsed(fhirpathLibrary);
const times = new Map<string, number>();
for (const resource of examples) {
  const { resourceType: type } = resource;
  if (!times.has(type))
    times.set(
      type,
      elapsed(() => validator.validate(resource)),
    );
}
const [[, shared] = ['', Number.NaN], ...types] = times;
const first: FirstValidations = { library, shared, types: Object.fromEntries(types) };
process.stdout.write(JSON.stringify(first));
