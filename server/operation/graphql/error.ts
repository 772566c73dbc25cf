/** Failures of a GraphQL request: Issues with the place in the document, and the answer that tells them. http://hl7.org/fhir/R4/graphql.html#errors */
import type { ASTNode } from 'graphql';
import { FhirError, type Issue, type IssueCode, issue, operationOutcome } from '../../../resources/outcome.ts';

/** Line and column in the document. */
export function placeOf({ loc }: ASTNode): Issue['location'] {
  const token = loc?.startToken;
  return token && { line: token.line, column: token.column };
}

/** An Issue about a node of the document. */
export const issueAt = (node: ASTNode, code: IssueCode, text: string): Issue =>
  issue(code, text, { location: placeOf(node), rule: 'graphql' });

/** A request that goes beyond a limit. */
export const tooCostly = (text: string): FhirError =>
  new FhirError(400, [issue('too-costly', text, { rule: 'graphql-limit' })]);

/** The failure again, with the place of `node` where it has none. */
export const located = (error: FhirError, node: ASTNode): FhirError =>
  new FhirError(
    error.status,
    error.issues.map((each) => ({ ...each, location: each.location ?? placeOf(node) })),
    { cause: error },
  );

/** The `errors` of an answer: each with the message, the place, and an OperationOutcome of that one issue. */
export function errorAnswer({ issues }: FhirError): object {
  return {
    data: null,
    errors: issues.map((each) => ({
      message: each.diagnostics,
      ...(each.location ? { locations: [each.location] } : {}),
      extensions: { code: each.code, resource: operationOutcome([each]) },
    })),
  };
}
