/**
 * application/x-fhir-query: a search of this server with FHIRPath between double braces. https://hl7.org/fhir/R5/fhir-xquery.html
 */
import { unprocessable } from '../../../resources/outcome.ts';

const BRACES = /\{\{([\s\S]*?)\}\}/;

/** The values that an expression gives. */
export type ValuesOf = (expression: string) => readonly unknown[] | Promise<readonly unknown[]>;

/**
 * The search with its expressions replaced by their values; undefined when one has none: without it the search would ask for more than was meant.
 * @throws FhirError 422 when a value is not plain; whatever `valuesOf` throws
 */
export async function filledQuery(text: string, valuesOf: ValuesOf): Promise<string | undefined> {
  const parts: string[] = [];
  for (const [at, part] of text.trim().split(BRACES).entries()) {
    const isExpression = at % 2 === 1;
    const filled = isExpression ? await valueText(part, valuesOf) : part;
    if (isExpression && filled === '') return undefined;
    parts.push(filled);
  }
  return parts.join('');
}

/** The values as those of a parameter, one of which is enough. */
async function valueText(written: string, valuesOf: ValuesOf): Promise<string> {
  // In a Bundle the search stands as a uri, where a percent sign is escaped.
  const values = await valuesOf(written.replaceAll(/%25(?=[A-Za-z`])/g, '%'));
  if (values.some((value) => value === undefined || typeof value === 'object'))
    throw unprocessable(`{{${written}}} gives no plain value`);
  return values
    .map((value) => encodeURIComponent(String(value)))
    .filter((value) => value !== '')
    .join(',');
}
