/** Issues with the line and column of the text that was sent. https://hl7.org/fhir/R4/operationoutcome.html */
import { locate } from '../../resources/json-locate.ts';
import type { Issue } from '../../resources/outcome.ts';
import { locateXml } from '../../resources/xml-locate.ts';
import type { FhirRequest } from '../interaction/interaction.ts';

// Each place is found by reading the text up to it. A large text with many issues gets the places of the first ones only.
const CHARACTERS_READ = 40_000_000;

/** @param root FHIRPath of the resource in the text, when it is not the whole */
export function located(issues: readonly Issue[], source: FhirRequest['source'], root?: string): readonly Issue[] {
  if (!source || source.text.length === 0) return issues;
  const find = source.format === 'json' ? locate : locateXml;
  let budget = Math.floor(CHARACTERS_READ / source.text.length);
  return issues.map((issue) => {
    const [expression] = issue.expression ?? [];
    if (expression === undefined || budget <= 0 || issue.location) return issue;
    budget--;
    const location = find(source.text, root === undefined ? expression : inside(root, expression));
    return location ? { ...issue, location: { line: location.line, column: location.column } } : issue;
  });
}

/** `Patient.name[0]` inside `Parameters.parameter[0].resource`. */
function inside(root: string, expression: string): string {
  const dot = expression.indexOf('.');
  return dot < 0 ? root : root + expression.slice(dot);
}
