/**
 * application/x-fhir-query: a search of this server with FHIRPath between double braces. https://hl7.org/fhir/R5/fhir-xquery.html
 */

import { objectsOf } from '../../../profiles/questionnaire/form.ts';
import type { FormExpressions, Frame } from '../../../profiles/questionnaire/form-expressions.ts';
import type { AnyResource } from '../../../resources/types.ts';

const BRACES = /\{\{([\s\S]*?)\}\}/g;

/**
 * The search with its expressions replaced by their values; undefined when one has none: without it the search would ask for more than was meant.
 * @throws Error when an expression cannot be evaluated
 */
export function filledQuery(text: string, expressions: FormExpressions, frame: Frame): string | undefined {
  let isComplete = true;
  const filled = text.trim().replace(BRACES, (_whole, written: string) => {
    // In a Bundle the search stands as a uri, where a percent sign is escaped.
    const expression = written.replaceAll(/%25(?=[A-Za-z`])/g, '%');
    const values = expressions.evaluate(expression, frame).map(({ value }) => value);
    if (values.length === 0) isComplete = false;
    if (values.some((value) => typeof value === 'object')) throw new Error(`{{${expression}}} gives no plain value`);
    return values.map((value) => encodeURIComponent(String(value))).join(',');
  });
  return isComplete ? filled : undefined;
}

/** The matches of a searchset; a resource that was read by its id is its own. */
export const matchesIn = (found: AnyResource): readonly AnyResource[] =>
  found.resourceType === 'Bundle'
    ? objectsOf(found.entry).flatMap(([{ resource, search }]) => {
        const { mode } = (search ?? {}) as { readonly mode?: unknown };
        return resource && (mode === undefined || mode === 'match') ? [resource as AnyResource] : [];
      })
    : [found];

/** Whether there is more than the page that was read. */
export const hasMore = ({ link }: AnyResource): boolean =>
  objectsOf(link).some(([{ relation }]) => relation === 'next');
