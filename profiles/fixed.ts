/**
 * Fixed values and patterns: what in a value differs. Fixed is equality to the last element; a pattern is contained in the value, each
 * item of its arrays in some item. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_
 */
import { asObject } from './assertion.ts';
import { shown } from './walk.ts';

export interface Difference {
  /** Below the value that was compared: `.coding[0].code`, or empty for the value itself. */
  readonly path: string;
  readonly text: string;
}

/** The first difference of each element from the fixed value. */
export function fixedDifferences(value: unknown, fixed: unknown, path = ''): readonly Difference[] {
  const [found, expected] = [asObject(value), asObject(fixed)];
  if (found && expected) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...names].flatMap((name) => {
      if (!(name in found)) return [{ path, text: `has no ${name}, expected ${shown(expected[name])}` }];
      if (!(name in expected))
        return [{ path: `${path}.${name}`, text: `is ${shown(found[name])}, and the fixed value has no ${name}` }];
      return fixedDifferences(found[name], expected[name], `${path}.${name}`);
    });
  }
  if (Array.isArray(value) && Array.isArray(fixed)) {
    if (value.length !== fixed.length) return [{ path, text: `has ${value.length} items, expected ${fixed.length}` }];
    return value.flatMap((item, at) => fixedDifferences(item, fixed[at], `${path}[${at}]`));
  }
  return value === fixed ? [] : [{ path, text: `is ${shown(value)}, expected ${shown(fixed)}` }];
}

/** What a value lacks of a pattern. */
export function patternDifferences(value: unknown, pattern: unknown, path = ''): readonly Difference[] {
  const [found, expected] = [asObject(value), asObject(pattern)];
  if (found && expected)
    return Object.keys(expected).flatMap((name) =>
      name in found
        ? patternDifferences(found[name], expected[name], `${path}.${name}`)
        : [{ path, text: `has no ${name}, expected ${shown(expected[name])}` }],
    );
  if (Array.isArray(value) && Array.isArray(pattern))
    return pattern.flatMap((item) =>
      value.some((one) => patternDifferences(one, item).length === 0)
        ? []
        : [{ path: '', text: `has no item with ${shown(item)} in ${path.slice(1)}` }],
    );
  return value === pattern ? [] : [{ path, text: `is ${shown(value)}, expected ${shown(pattern)}` }];
}

export const matchesFixed = (value: unknown, fixed: unknown): boolean => fixedDifferences(value, fixed).length === 0;
export const matchesPattern = (value: unknown, pattern: unknown): boolean =>
  patternDifferences(value, pattern).length === 0;
