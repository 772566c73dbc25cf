/**
 * What both kinds of patch share: operations run in order on a copy of the resource, a failure names the operation by its index
 * and nothing of the patch remains, and the result is still the same resource. https://hl7.org/fhir/R4/http.html#patch
 */
import { copy } from '../../../resources/json.ts';
import { MAX_DEPTH } from '../../../resources/json-reader.ts';
import { FhirError, tooLarge, unprocessable } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';

/** As many as a transaction has entries by default; a patch that needs more is better sent as an update. */
export const MAX_OPERATIONS = 5_000;

/** An operation with the words that name it in a message: `replace /birthDate`, `delete Patient.name[0]`. */
export interface Named {
  readonly label: string;
}

/** The operations that `parse` makes of a patch document, each failure telling which one it was. */
export function parsedOperations<T>(items: readonly unknown[], parse: (item: unknown) => T): readonly T[] {
  if (items.length > MAX_OPERATIONS)
    throw tooLarge(`the patch has ${items.length} operations; this server takes ${MAX_OPERATIONS} at most`);
  return items.map((item, index) => at(`operation[${index}]`, () => parse(item)));
}

/**
 * The resource after all operations. `apply` changes the document it is given, which is ours, and returns the document.
 * @throws FhirError of an operation that fails, or that changes the resource type or the id
 */
export function patched<T extends Named>(
  before: AnyResource,
  operations: readonly T[],
  apply: (document: AnyResource, operation: T) => unknown,
): AnyResource {
  return operations.reduce<AnyResource>(
    (document, operation, index) =>
      at(`operation[${index}] (${operation.label})`, () => sameResource(before, apply(document, operation))),
    copy(before),
  );
}

function at<T>(operation: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof FhirError)) throw cause;
    const issues = cause.issues.map((issue) => ({ ...issue, diagnostics: `${operation}: ${issue.diagnostics}` }));
    throw new FhirError(cause.status, issues, { cause });
  }
}

function sameResource(before: AnyResource, after: unknown): AnyResource {
  if (typeof after !== 'object' || after === null || Array.isArray(after))
    throw unprocessable(`the patch leaves ${kindOf(after)} in the place of the resource; expected an object`);
  const { resourceType, id } = after as AnyResource;
  if (resourceType !== before.resourceType)
    throw unprocessable(
      `a patch may not change the resource type: expected ${before.resourceType}, found ${shown(resourceType)}`,
    );
  if (id !== before.id)
    throw unprocessable(`a patch may not change the id: expected ${shown(before.id)}, found ${shown(id)}`);
  return after as AnyResource;
}

/** @throws FhirError when `value`, placed below `above` objects and arrays, is nested deeper than JSON is read */
export function checkDepth(value: unknown, above = 0): void {
  if (above + depthOf(value) > MAX_DEPTH)
    throw unprocessable(`objects and arrays would be nested deeper than ${MAX_DEPTH}, the limit of this server`);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let depth = 0;
  for (const member of Object.values(value)) depth = Math.max(depth, depthOf(member));
  return depth + 1;
}

/** What kind of JSON value it is, with its article. The value itself stays out of messages: a patch is not a way to read. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A name or path of the client in quotes, cut to a length that fits a sentence. */
export function shown(text: unknown): string {
  if (typeof text !== 'string') return kindOf(text);
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
