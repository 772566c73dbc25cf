/** The filters of value sets on concepts in memory. https://hl7.org/fhir/R4/valueset-filter-operator.html */
import { regularExpression } from '../../profiles/regular-expression.ts';
import { unprocessable } from '../../resources/outcome.ts';
import type { Coding } from '../../resources/types.ts';
import type { Concept, ConceptFilter } from './concepts.ts';

/** Whether a concept passes a filter. @throws FhirError 422, when the filter is not understood */
export function passesFilter(
  concept: Concept,
  { property, op, value }: ConceptFilter,
  isA: (code: string, ancestor: string) => boolean,
  system: string,
): boolean {
  switch (op) {
    case 'is-a':
      return isA(concept.code, value);
    case 'descendent-of':
      return concept.code !== value && isA(concept.code, value);
    case 'is-not-a':
      return !isA(concept.code, value);
    case 'generalizes':
      return isA(value, concept.code);
    case '=':
      return valuesOf(concept, property).includes(value);
    case 'in':
      return listOf(value).some((each) => valuesOf(concept, property).includes(each));
    case 'not-in':
      return !listOf(value).some((each) => valuesOf(concept, property).includes(each));
    case 'exists':
      return valuesOf(concept, property).length > 0 === (value === 'true');
    case 'regex': {
      const pattern = wholeMatch(value, system);
      return valuesOf(concept, property).some((each) => pattern.test(each));
    }
    default:
      throw notUnderstood({ property, op, value }, system);
  }
}

export const notUnderstood = ({ property, op, value }: ConceptFilter, system: string) =>
  unprocessable(`The filter ${property} ${op} ${value} on ${system} is not understood here`, {
    rule: 'filter-unknown',
  });

export const listOf = (value: string): readonly string[] => value.split(',').map((each) => each.trim());

/** A pattern that the whole value has to match, run in bounded time. */
function wholeMatch(value: string, system: string) {
  try {
    return regularExpression(`^(?:${value})$`);
  } catch (cause) {
    throw unprocessable(`The filter regex ${value} on ${system} is no regular expression that can be run here`, {
      cause,
    });
  }
}

/** The values of a property as text; `code`, `display` and `parent` are properties of every concept. */
function valuesOf(concept: Concept, property: string): readonly string[] {
  if (property === 'code' || property === 'concept') return [concept.code];
  if (property === 'display') return concept.display === undefined ? [] : [concept.display];
  if (property === 'parent') return concept.parents;
  return concept.properties
    .filter(({ code }) => code === property)
    .map(({ type, value }) => (type === 'Coding' ? String((value as Coding).code) : String(value)));
}
