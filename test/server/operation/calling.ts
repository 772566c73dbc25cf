/** Operations called without HTTP, by somebody who may see only a part of what is stored. */
import { FhirError } from '../../../resources/outcome.ts';
import type { ResourceType } from '../../../resources/types.ts';
import { type Context, type FhirRequest, isStoredJson } from '../../../server/interaction/interaction.ts';
import { searchType } from '../../../server/interaction/search.ts';
import { type Operation, operationInteraction } from '../../../server/operation/operation.ts';
import type { Scope } from '../../../server/search/restrict.ts';
import { BASE, type Practice } from '../search/practice.ts';

export interface Call {
  readonly operation: string;
  readonly type?: ResourceType;
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The status, and the answer as text or what the failure says. */
export async function answered(
  { query = {}, body, ...named }: Call,
  operations: readonly Operation[],
  practice: Practice,
  scope: Scope,
): Promise<string> {
  const request = {
    interaction: 'operation',
    ...named,
    ...(body ? { body: body as NonNullable<FhirRequest['body']> } : {}),
    isSafe: !body,
    query: new URLSearchParams(query),
    conditions: {},
    prefer: { handling: 'strict' },
  } satisfies FhirRequest;
  const { reader, ...search } = practice.context;
  // What no operation under test asks for is left out.
  const context = {
    store: practice.store,
    reader,
    search,
    limits: { bundleEntries: 10, bodyBytes: 1000, defaultCount: 50, maximumCount: 1000 },
    baseUrl: BASE,
    scope,
    indexRows: practice.rows,
    validate: () => [],
    dispatch: (asked: FhirRequest, within: Context) => searchType.handle(asked, within),
  } as unknown as Context;
  try {
    const { status, body: answer } = await operationInteraction(operations).handle(request, context);
    return `${status} ${answer && isStoredJson(answer) ? answer.json : JSON.stringify(answer)}`;
  } catch (error) {
    if (error instanceof FhirError) return `${error.status} ${error.message}`;
    throw error;
  }
}
