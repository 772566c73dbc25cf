/** What is to be linted, from one text: a resource, a Bundle, or NDJSON. What cannot be read is an issue like any other. */
import { resourceTypes } from '../../resources/definition.ts';
import { parseJson } from '../../resources/json.ts';
import { FhirError, type Issue, issue } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import { readXml } from '../../resources/xml.ts';

export interface LintInput {
  readonly where: string;
  readonly resource?: AnyResource;
  /** Why there is no resource. */
  readonly problems?: readonly Issue[];
}

export type LintFormat = 'json' | 'xml' | 'ndjson';

/** The resources of a text; each line of NDJSON is one. */
export function* lintInputs(text: string, format: LintFormat): Generator<LintInput> {
  if (format !== 'ndjson') {
    yield inputOf('the body', () => (format === 'xml' ? readXml(text) : parseJson(text)));
    return;
  }
  for (let start = 0, line = 1; start < text.length; line++) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? undefined : end);
    if (content.trim() !== '') yield inputOf(`line ${line}`, () => parseJson(content));
    start = end < 0 ? text.length : end + 1;
  }
}

const known: ReadonlySet<unknown> = new Set(resourceTypes());

function inputOf(where: string, read: () => unknown): LintInput {
  try {
    const value = read() as AnyResource | null;
    if (typeof value === 'object' && value !== null && known.has(value.resourceType)) return { where, resource: value };
    return { where, problems: [issue('structure', 'This is no resource of FHIR R4', { rule: 'lint-no-resource' })] };
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    return { where, problems: error.issues };
  }
}
