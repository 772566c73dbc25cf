/**
 * One request that writes, from its target to its answer: create, update, patch and delete, with criteria or without. Single requests and the entries of
 * transactions both come through these functions.
 */
import { badValue, type Issue, invalid } from '../../resources/outcome.ts';
import type { AnyResource, Parameters } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { versionConditions } from '../interaction/precondition.ts';
import { resourceOf, typed } from '../interaction/request.ts';
import { deletedResponse, existingResponse, withRemarks, writeResponse } from '../interaction/response.ts';
import type { Session } from '../store/store.ts';
import type { Change, Outcome } from './change.ts';
import { isConditional, plainTarget, type Target, targetOf } from './conditional.ts';
import { applyFhirPathPatch } from './patch/fhirpath-patch.ts';
import { applyJsonPatch } from './patch/json-patch.ts';
import { apply, check, indexAhead } from './transact.ts';

/** The function from a resource to the patched resource that the request's document describes. */
function patchOf({ patch: document }: FhirRequest): (before: AnyResource) => AnyResource {
  if (!document)
    throw invalid('The body is no patch; expected RFC 6902 operations or a Parameters resource in FHIRPath Patch form');
  return document.kind === 'json'
    ? (before) => applyJsonPatch(before, document.operations)
    : (before) => applyFhirPathPatch(before, document.parameters as unknown as Parameters);
}

/** The content of a create or update: of the type in the path and, for an update without criteria, with the id in the path. */
export function contentOf(request: FhirRequest): AnyResource | undefined {
  if (request.interaction !== 'create' && request.interaction !== 'update') return undefined;
  const resource = resourceOf(request);
  if (request.interaction === 'update' && !request.conditional) requireId(resource, request.id ?? '', 'the path');
  return resource;
}

function requireId({ resourceType, id }: AnyResource, expected: string, where: string): void {
  const expression = `${resourceType}.id`;
  if (id === undefined) throw badValue(`The body has no id; expected "${expected}", as in ${where}`, { expression });
  if (id !== expected)
    throw badValue(`The body has the id "${id}"; expected "${expected}", as in ${where}`, { expression });
}

/** What a request does to its target. `content` is that of `contentOf`, with references resolved. */
export function changesOf(request: FhirRequest, target: Target, content: AnyResource | undefined): readonly Change[] {
  const type = typed(request);
  const { entry } = request;
  const { ifMatch, ifAbsent } = versionConditions(request);
  switch (target.kind) {
    case 'existing':
      return [];
    case 'matched':
      return target.ids.map((id) => ({ kind: 'delete', type, id, ifMatch, entry }));
    case 'new':
      if (!content) throw new Error('what is made has content');
      return [{ kind: 'create', id: target.id, resource: content, entry }];
    case 'addressed': {
      const { id } = target;
      if (request.interaction === 'delete') return [{ kind: 'delete', type, id, ifMatch, entry }];
      if (!content) return [{ kind: 'update', type, id, after: patchOf(request), method: 'PATCH', ifMatch, entry }];
      if (content.id !== undefined) requireId(content, id, 'the resource that the criteria match');
      return [{ kind: 'update', type, id, after: content, method: 'PUT', ifMatch, ifAbsent, entry }];
    }
  }
}

/** The answer to a request whose changes had these outcomes. */
export function responseOf(request: FhirRequest, target: Target, outcomes: readonly Outcome[]): FhirResponse {
  const [outcome] = outcomes;
  if (target.kind === 'existing') return existingResponse(request, target.version);
  if (target.kind === 'matched') return deletedResponse(request, outcomes);
  if (!outcome) throw new Error('a change has an outcome');
  return writeResponse(request, outcome);
}

/** Carries out one request in a transaction of its own, or in the one that the context is in. */
export async function write(request: FhirRequest, context: Context): Promise<FhirResponse> {
  const content = contentOf(request);
  const issues: readonly Issue[] = content ? check(content, context) : [];
  const plain = isConditional(request) ? undefined : plainTarget(request, context);
  if (content && plain) indexAhead(content, context);
  const run = async (session: Session): Promise<FhirResponse> => {
    const target = plain ?? (await targetOf(request, session, context));
    const { outcomes } = await apply(changesOf(request, target, content), session, context);
    return responseOf(request, target, outcomes);
  };
  const response = await (context.session ? run(context.session) : context.store.transact(run));
  return withRemarks(response, issues);
}
