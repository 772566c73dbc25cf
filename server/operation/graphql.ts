/**
 * $graphql, of the system and of a resource. http://hl7.org/fhir/R4/graphql.html
 *
 * No schema stands between the document and the definitions: fields are looked up in the definitions of R4 and in the search parameters in
 * force, so a parameter that is added while the server runs is an argument at once. A schema is only made for tools that ask for it.
 */
import { stringifyJson } from '../../resources/json.ts';
import { badValue, FhirError } from '../../resources/outcome.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { compileDocument } from './graphql/compile.ts';
import { documentOf } from './graphql/document.ts';
import { errorAnswer } from './graphql/error.ts';
import { execute, queryNode, resourceNode } from './graphql/execute.ts';
import { Fetch } from './graphql/fetch.ts';
import { introspect, isIntrospection } from './graphql/introspection.ts';
import { graphqlRequest } from './graphql/request.ts';
import type { Operation, OperationSpec } from './operation.ts';

const parameter = {
  query: { type: 'string', min: 1, max: '1', documentation: 'The GraphQL document' },
  operationName: {
    type: 'string',
    min: 0,
    max: '1',
    documentation: 'Which operation of the document is meant, when it has several',
  },
  variables: { type: 'string', min: 0, max: '1', documentation: 'A JSON object with the values of variables' },
} as const;

const spec: OperationSpec<typeof parameter> = {
  code: 'graphql',
  canonical: 'http://hl7.org/fhir/OperationDefinition/Resource-graphql',
  title: 'GraphQL',
  description:
    'Reads by a GraphQL document, on the whole system or on one resource. By POST also as application/graphql or application/json. The answer is application/json.',
  resource: ['Resource'],
  system: true,
  type: false,
  instance: true,
  affectsState: false,
  parameter,
  result: { name: 'result', type: 'Binary', documentation: 'The answer, as application/json' },
};

async function dataOf(request: FhirRequest, context: Context): Promise<object> {
  const asked = graphqlRequest(request);
  const document = documentOf(asked);
  const { type, id } = request;
  if (isIntrospection(document)) {
    if (type) throw badValue('The schema is asked for at the $graphql of the system');
    return { data: introspect(document, asked.query, context.search.parameters) };
  }
  const fetch = new Fetch(context);
  const on = type ? ({ kind: 'object', types: [type] } as const) : ({ kind: 'query' } as const);
  const selections = compileDocument(document, on, context.search.parameters);
  const node = type && id ? resourceNode(await fetch.require(type, id)) : queryNode;
  return { data: await execute(selections, node, fetch) };
}

/** The answer is JSON of its own kind; inside a Bundle, where only resources stand, it is a Binary that holds it. */
function responseOf({ entry }: FhirRequest, status: number, answer: object): FhirResponse {
  const json = stringifyJson(answer);
  if (entry === undefined) return { status, body: { json }, mediaType: 'application/json' };
  const data = Buffer.from(json).toString('base64');
  return { status, body: { resourceType: 'Binary', contentType: 'application/json', data } };
}

export const graphql: Operation = {
  spec,
  async run(request, context) {
    try {
      return responseOf(request, 200, await dataOf(request, context));
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      return responseOf(request, error.status, errorAnswer(error));
    }
  },
};
