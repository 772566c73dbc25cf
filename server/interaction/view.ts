/** `_summary` and `_elements` of a read. https://hl7.org/fhir/R4/search.html#summary */
import { badValue } from '../../resources/outcome.ts';
import { elementNames, type View } from '../../resources/subset.ts';
import type { ResourceType } from '../../resources/types.ts';

const SUMMARIES = ['true', 'text', 'data'] as const;

/** The part of a resource that the query asks for; undefined when it asks for all. @throws FhirError value */
export function viewOf(query: URLSearchParams, type: ResourceType): View | undefined {
  if (query.size === 0) return undefined;
  const summary = query.get('_summary');
  const elements = query.get('_elements');
  if (summary && elements) throw badValue('_summary and _elements exclude each other', { expression: 'http._summary' });
  if (elements) return { elements: elementNames(elements, type) };
  if (!summary || summary === 'false') return undefined;
  const known = SUMMARIES.find((each) => each === summary);
  if (known) return { summary: known };
  throw badValue(`_summary=${summary} is not possible here; expected one of ${SUMMARIES.join(', ')}, false`, {
    expression: 'http._summary',
  });
}
