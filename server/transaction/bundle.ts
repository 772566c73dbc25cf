/**
 * A transaction Bundle: identities first, then references, then all changes at once, then what is read.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { setImmediate } from 'node:timers/promises';
import { atEntry, badValue, FhirError, invalid } from '../../resources/outcome.ts';
import type { AnyResource, Bundle } from '../../resources/types.ts';
import type { Context, FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import type { Session } from '../store/store.ts';
import { addressOf, isConditional, plainTarget, type Target, targetOf } from './conditional.ts';
import { type Entry, entriesOf } from './entry.ts';
import { type Addresses, resolveReferences } from './references.ts';
import { apply, check, indexAhead } from './transact.ts';
import { changesOf, contentOf, responseOf } from './write.ts';

/** Deletions, then creates, then updates and patches, then reads; the specification's order. */
const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH'];

/** The order in which an entry is processed; what only reads comes last. */
export function rank({ method, request }: Entry): number {
  const place = ORDER.indexOf(method);
  return place < 0 || isRead(request) ? ORDER.length : place;
}

const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete'];
const isRead = ({ interaction }: FhirRequest): boolean => !WRITES.includes(interaction);

/** Runs `step`; a failure is told as that of the entry and kept for later. */
function attempt<T>(path: string, failures: FhirError[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    failures.push(atEntry(error, path));
    return undefined;
  }
}

/** Runs `step` for each entry, gathers the failures of all, and throws them as one. The status is that of the first. */
function forEach<E extends Entry | Writing, T>(items: readonly E[], step: (item: E) => T): T[] {
  const failures: FhirError[] = [];
  const results = items.map((item) =>
    attempt('entry' in item ? item.entry.path : item.path, failures, () => step(item)),
  );
  throwAll(failures);
  // Without failures every step gave a result.
  return results as T[];
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

/** An entry that writes, with what it is about and what it writes. */
interface Writing {
  readonly entry: Entry;
  readonly target: Target;
  readonly content?: AnyResource | undefined;
}

/** The ids that a target is about. */
function idsOf(target: Target): readonly string[] {
  if (target.kind === 'matched') return target.ids;
  return [target.kind === 'existing' ? target.version.id : target.id];
}

/** No identity may come twice. */
function requireDistinct(writings: readonly Writing[]): void {
  const seen = new Map<string, string>();
  forEach(writings, ({ entry, target }) => {
    for (const id of target.kind === 'existing' ? [] : idsOf(target)) {
      const key = `${entry.request.type}/${id}`;
      const other = seen.get(key);
      if (other) throw invalid(`${key} is also changed by ${other}; a transaction changes a resource once`);
      seen.set(key, entry.path);
    }
  });
}

/** What each fullUrl stands for. */
function addressesOf(writings: readonly Writing[]): Map<string, string> {
  const addresses = new Map<string, string>();
  forEach(writings, ({ entry: { fullUrl, request }, target }) => {
    if (fullUrl === undefined || request.interaction === 'delete') return;
    if (addresses.has(fullUrl))
      throw badValue(`fullUrl ${fullUrl} stands at another entry too`, { expression: 'http.fullUrl' });
    addresses.set(fullUrl, `${request.type}/${idsOf(target)[0]}`);
  });
  return addresses;
}

/** A writing whose references are resolved but for those that need a search. */
type Linked = Writing & { readonly conditional: readonly string[] };

function linked(writings: readonly Writing[], addresses: Addresses): readonly Linked[] {
  return writings.map((writing) => {
    if (!writing.content) return { ...writing, conditional: [] };
    const { resource, conditional } = resolveReferences(writing.content, writing.entry.fullUrl, addresses);
    return { ...writing, content: resource, conditional };
  });
}

/** So many resources are checked and indexed at a stretch, some 3 ms, before other requests, and the thread of the database, get their turn. */
const STRETCH = 25;

async function checked(writings: readonly Writing[], context: Context): Promise<readonly Writing[]> {
  const failures: FhirError[] = [];
  for (const [index, { entry, content, target }] of writings.entries()) {
    if (content && target.kind !== 'existing')
      attempt(entry.path, failures, () => {
        check(content, context);
        indexAhead(content, context);
      });
    if (index % STRETCH === STRETCH - 1) await setImmediate();
  }
  throwAll(failures);
  return writings;
}

/** Looks up, inside the transaction, what criteria and conditional references stand for. */
async function lookedUp(entries: readonly Entry[], session: Session, context: Context): Promise<readonly Writing[]> {
  const writings: Writing[] = [];
  for (const entry of entries)
    writings.push({
      entry,
      target: await at(entry, () => targetOf(entry.request, session, context)),
      content: contentOf(entry.request),
    });
  requireDistinct(writings);
  const addresses = addressesOf(writings);
  for (const { entry, conditional } of linked(writings, addresses))
    for (const reference of conditional)
      if (!addresses.has(reference))
        addresses.set(reference, await at(entry, () => addressOf(reference, session, context)));
  return checked(linked(writings, addresses), context);
}

/** As `lookedUp`, where nothing has to be looked up: the transaction need not be open for it. */
async function prepared(entries: readonly Entry[], context: Context): Promise<readonly Writing[] | undefined> {
  const contents = forEach(entries, ({ request }) => contentOf(request));
  if (entries.some(({ request }) => isConditional(request))) return undefined;
  const writings = entries.map((entry, index) => ({
    entry,
    target: plainTarget(entry.request, context),
    content: contents[index],
  }));
  requireDistinct(writings);
  const resolved = linked(writings, addressesOf(writings));
  return resolved.some(({ conditional }) => conditional.length > 0) ? undefined : checked(resolved, context);
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
  const writers = entries.filter(({ request }) => !isRead(request));
  const readers = entries.filter(({ request }) => isRead(request));
  const early = await prepared(writers, context);

  return context.store.transact(async (session) => {
    const responses: FhirResponse[] = [];
    const writings = early ?? (await lookedUp(writers, session, context));
    const changes = forEach(writings, ({ entry, target, content }) => changesOf(entry.request, target, content));
    const { outcomes } = await apply(changes.flat(), session, context);
    let next = 0;
    writings.forEach(({ entry, target }, index) => {
      const count = changes[index]?.length ?? 0;
      responses[entry.index] = responseOf(entry.request, target, outcomes.slice(next, next + count));
      next += count;
    });
    const inside: Context = { ...context, reader: session, session };
    for (const entry of readers)
      responses[entry.index] = await at(entry, () => context.dispatch(entry.request, inside));
    return responses;
  });
}

/** A failure of `step` told as that of the entry. */
async function at<T>(entry: Entry, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof FhirError ? atEntry(error, entry.path) : error;
  }
}
