/**
 * Our definitions as resources of the database, so that they are searched, included and exported like any other. They are written at start, in one
 * transaction, when those of the program are others than those that were written last. What somebody has changed or deleted since stays as it is.
 */
import { stringifyJson } from '../resources/json.ts';
import type { AnyResource } from '../resources/types.ts';
import { isAsShipped, type OwnDefinition, type OwnDefinitions, ownDefinitions, shipped } from './definition/own.ts';
import { OWN_DEFINITIONS, type OwnStored, ownStored, rememberOwn } from './definition/own-stored.ts';
import type { Registry } from './parameters.ts';
import {
  contentOf,
  type Identity,
  instantOf,
  keyOf,
  type Session,
  type StoredVersion,
  type Write,
} from './store/store.ts';
import { isSame } from './transaction/react.ts';
import { stamped } from './transaction/transact.ts';

const identityOf = ({ resourceType, id }: OwnDefinition): Identity => ({ type: resourceType, id });

type IndexRowsOf = Registry['current']['indexRows'];

/**
 * Brings the stored definitions up to `definitions`. Gives those that were left as they are though ours are others (`Questionnaire/intake`); none
 * when there was nothing to do.
 */
export async function storeOwnDefinitions(
  registry: Pick<Registry, 'store' | 'current'>,
  definitions: OwnDefinitions = ownDefinitions(),
): Promise<readonly string[]> {
  if ((await ownStored(registry.store)).hash === definitions.hash) return [];
  return registry.store.transact(async (session) => {
    // Of several processes that start together the first writes.
    await session.serialize([OWN_DEFINITIONS]);
    const before = await ownStored(session);
    return before.hash === definitions.hash ? [] : bringUp(session, before, definitions, registry.current.indexRows);
  });
}

async function bringUp(
  session: Session,
  before: OwnStored,
  { hash, all }: OwnDefinitions,
  indexRows: IndexRowsOf,
): Promise<readonly string[]> {
  const wanted = new Map(all().map((each) => [keyOf(identityOf(each)), each]));
  const present = all().map(identityOf);
  const withdrawn = before.identities.filter((identity) => !wanted.has(keyOf(identity)));
  const identities = [...present, ...withdrawn];
  const stored = await session.lock(identities);
  const steps = identities.map((identity) => ({
    identity,
    step: stepFor(wanted.get(keyOf(identity)), stored.get(keyOf(identity))),
  }));
  session.write(
    steps.flatMap(({ identity, step }) =>
      step.kind === 'write' ? [writeOf(identity, step, session.tx, indexRows)] : [],
    ),
  );
  const kept = steps.flatMap(({ step }) => (step.kind === 'same' ? (step.tx ?? []) : []));
  await rememberOwn(session, {
    hash,
    transactions: [...new Set([...before.transactions.filter((tx) => kept.includes(tx)), session.tx])],
    identities,
  });
  return steps.flatMap(({ identity, step }) => (step.kind === 'left' ? [keyOf(identity)] : []));
}

type Step =
  | {
      readonly kind: 'write';
      readonly before?: StoredVersion;
      readonly current?: AnyResource;
      readonly after: OwnDefinition;
    }
  /** Nothing is to be done; `tx` wrote what is there. */
  | { readonly kind: 'same'; readonly tx?: number }
  | { readonly kind: 'left' };

/** What is to be done about one definition. `wanted` is absent when it is shipped no more: then it is retired. */
function stepFor(wanted: OwnDefinition | undefined, before: StoredVersion | undefined): Step {
  if (!before) return wanted ? { kind: 'write', after: wanted } : { kind: 'same' };
  const current = contentOf(before);
  const after = wanted ?? (current && retired(current, before.id));
  if (!current || !after || isSame(current, after)) return { kind: 'same', tx: before.tx };
  return isAsShipped(current) ? { kind: 'write', before, current, after } : { kind: 'left' };
}

const retired = (current: AnyResource, id: string): OwnDefinition => shipped({ ...current, id, status: 'retired' });

function writeOf(
  { type, id }: Identity,
  { before, current, after }: Extract<Step, { kind: 'write' }>,
  tx: number,
  indexRows: IndexRowsOf,
): Write {
  const version = (before?.version ?? 0) + 1;
  const resource = stamped(after, id, version, instantOf(tx));
  return {
    type,
    id,
    version,
    method: 'PUT',
    content: stringifyJson(resource),
    rowsBefore: current ? indexRows(current) : {},
    rowsAfter: indexRows(resource),
    ...(before ? { before } : {}),
  };
}
