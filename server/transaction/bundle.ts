/**
 * A transaction Bundle: identities first, then references, then all changes at once, then what is read.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { atEntry, badValue, FhirError, invalid } from '../../resources/outcome.ts';
import type { AnyResource, Bundle } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { patchOf } from '../interaction/patch.ts';
import { versionConditions } from '../interaction/precondition.ts';
import { addressed, identifiedResourceOf, resourceOf } from '../interaction/request.ts';
import { writeResponse } from '../interaction/response.ts';
import type { Change } from './change.ts';
import { type Entry, entriesOf } from './entry.ts';
import { type Addresses, resolveReferences } from './references.ts';
import { apply, check } from './transact.ts';

/** Deletions, then creates, then updates and patches, then reads; the specification's order. */
const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH'];

/** The order in which an entry is processed; what only reads comes last. */
export function rank({ method, request }: Entry): number {
  const place = ORDER.indexOf(method);
  return place < 0 || isRead(request) ? ORDER.length : place;
}

const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete'];
const isRead = ({ interaction }: FhirRequest): boolean => !WRITES.includes(interaction);

/** Runs `step` for each entry, gathers the failures of all, and throws them as one. The status is that of the first. */
function forEach<E extends Entry, T>(entries: readonly E[], step: (entry: E) => T): T[] {
  const failures: FhirError[] = [];
  const results: T[] = [];
  for (const entry of entries) {
    try {
      results.push(step(entry));
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      failures.push(atEntry(error, entry.path));
    }
  }
  throwAll(failures);
  return results;
}

function throwAll(failures: readonly FhirError[]): void {
  const [first] = failures;
  if (first)
    throw new FhirError(
      first.status,
      failures.flatMap(({ issues }) => issues),
      { cause: first },
    );
}

/** An entry that writes, with the resource that it will be about. */
interface WriteEntry extends Entry {
  readonly id: string;
}

/** The resource that each writing entry is about; a create gets its id here. No identity may come twice. */
function identify(entries: readonly Entry[], context: Context): readonly WriteEntry[] {
  const seen = new Map<string, string>();
  return forEach(entries, (entry) => {
    const { request } = entry;
    if (request.conditional || request.conditions.ifNoneExist !== undefined) return conditional(entry);
    const id = request.interaction === 'create' ? context.newId() : addressed(request).id;
    const key = `${request.type}/${id}`;
    const other = seen.get(key);
    if (other) throw invalid(`${key} is also changed by ${other}; a transaction changes a resource once`);
    seen.set(key, entry.path);
    return { ...entry, id };
  });
}

function addressesOf(entries: readonly WriteEntry[]): Addresses {
  const addresses = new Map<string, string>();
  forEach(entries, ({ fullUrl, request, id }) => {
    if (fullUrl === undefined || request.interaction === 'delete') return;
    if (addresses.has(fullUrl))
      throw badValue(`fullUrl ${fullUrl} stands at another entry too`, { expression: 'http.fullUrl' });
    addresses.set(fullUrl, `${request.type}/${id}`);
  });
  return addresses;
}

/** The resource of an entry with its references resolved, checked against the rules. */
function contentOf(entry: WriteEntry, resource: AnyResource, addresses: Addresses, context: Context): AnyResource {
  const resolved = resolveReferences(resource, entry.fullUrl, addresses);
  check(resolved, context);
  return resolved;
}

function changeOf(entry: WriteEntry, addresses: Addresses, context: Context): Change {
  const { request, id, path } = entry;
  switch (request.interaction) {
    case 'create':
      return { kind: 'create', id, entry: path, resource: contentOf(entry, resourceOf(request), addresses, context) };
    case 'update': {
      const after = contentOf(entry, identifiedResourceOf(request), addresses, context);
      return {
        kind: 'update',
        ...addressed(request),
        after,
        method: 'PUT',
        entry: path,
        ...versionConditions(request),
      };
    }
    case 'patch':
      return {
        kind: 'update',
        ...addressed(request),
        after: patchOf(request),
        method: 'PATCH',
        entry: path,
        ifMatch: versionConditions(request).ifMatch,
      };
    default:
      return { kind: 'delete', ...addressed(request), entry: path, ifMatch: versionConditions(request).ifMatch };
  }
}

/** The responses to the entries, in the order of the Bundle. @throws FhirError, with the entry named; nothing is changed then */
export async function transaction(
  bundle: Bundle,
  request: FhirRequest,
  context: Context,
): Promise<readonly FhirResponse[]> {
  const parsed = entriesOf(bundle, request, context);
  throwAll(parsed.filter((entry) => entry instanceof FhirError));
  const entries = (parsed as readonly Entry[]).toSorted((a, b) => rank(a) - rank(b));
  const writes = identify(
    entries.filter((entry) => !isRead(entry.request)),
    context,
  );
  const addresses = addressesOf(writes);
  const changes = forEach(writes, (entry) => changeOf(entry, addresses, context));
  const reads = entries.filter((entry) => isRead(entry.request));

  return context.store.transact(async (session) => {
    const responses: FhirResponse[] = [];
    const { outcomes } = await apply(changes, session, context);
    writes.forEach((entry, index) => {
      const outcome = outcomes[index];
      if (outcome) responses[entry.index] = writeResponse(entry.request, outcome);
    });
    const inside: Context = { ...context, reader: session, session };
    for (const entry of reads) responses[entry.index] = await readEntry(entry, inside);
    return responses;
  });
}

async function readEntry(entry: Entry, context: Context): Promise<FhirResponse> {
  try {
    return await context.dispatch(entry.request, context);
  } catch (error) {
    throw error instanceof FhirError ? atEntry(error, entry.path) : error;
  }
}

function conditional({ method }: Entry): never {
  throw new FhirError(400, [
    {
      severity: 'error',
      code: 'not-supported',
      diagnostics: `A conditional ${method} needs search, which this server does not offer yet; give an id in request.url`,
      expression: ['http.url'],
    },
  ]);
}
