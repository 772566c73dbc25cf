/** The interactions of this server, in the order of the specification. https://hl7.org/fhir/R4/http.html */
import { capabilities, type Registered } from './capability.ts';
import type { Declared } from './definition/declared.ts';
import type { Interactions } from './dispatch.ts';
import type { Installation } from './installation.ts';
import { batchOrTransaction } from './interaction/batch.ts';
import { historyInstance, historySystem, historyType } from './interaction/history.ts';
import type { Interaction, Limits } from './interaction/interaction.ts';
import { read, vread } from './interaction/read.ts';
import { searchSystem, searchType } from './interaction/search.ts';
import { create, patch, remove, update } from './interaction/write.ts';
import { type Operation, operationInteraction, withDefinitions } from './operation/operation.ts';
import { searchCapability } from './search/capability.ts';
import type { SearchParameters } from './search/query.ts';
import { VERSION } from './version.ts';

interface Settings {
  readonly baseUrl: string;
  readonly limits: Limits;
}

/** Those with `operations`, and the capabilities interaction, which tells of them all. */
export function interactionsOf(
  operations: readonly Operation[],
  { registry, definitions }: Pick<Installation, 'registry' | 'definitions'>,
  { baseUrl, limits }: Settings,
): Interactions {
  const started = new Date().toISOString();
  const registered = once(
    (parameters: SearchParameters, { profilesOf, guides }: Declared): Registered => ({
      interactions,
      baseUrl,
      limits,
      version: VERSION,
      date: started,
      searchOf: searchCapability(parameters),
      operations,
      profilesOf,
      guides,
    }),
  );
  const list: readonly Interaction[] = [
    withDefinitions(read, operations),
    vread,
    create,
    update,
    patch,
    remove,
    historyInstance,
    historyType,
    historySystem,
    searchType,
    searchSystem,
    batchOrTransaction,
    operationInteraction(operations),
    capabilities(() => registered(registry.current.parameters, definitions.declared())),
  ];
  const interactions: Interactions = new Map(list.map((interaction) => [interaction.code, interaction]));
  return interactions;
}

/** Remembers the result for the arguments of the last call. */
function once<A extends readonly object[], R>(make: (...given: A) => R): (...given: A) => R {
  let made: { readonly given: A; readonly result: R } | undefined;
  return (...given) => {
    if (!made || given.some((each, at) => made?.given[at] !== each)) made = { given, result: make(...given) };
    return made.result;
  };
}
