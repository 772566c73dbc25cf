/**
 * The definitions in force, kept current: what this process commits takes effect with the commit, what another process commits within
 * FRESH_MS. Nothing runs in the background: whoever needs definitions asks for them to be `current`, which costs a look at the database at most
 * every FRESH_MS.
 */
import { localTerminology } from '../../profiles/terminology.ts';
import type { ConceptMap } from '../../resources/types.ts';
import { settingOf } from '../store/setting.ts';
import type { Session, Store, Write } from '../store/store.ts';
import { LOADED_REVISION } from '../terminology/load/load.ts';
import { loadedConcepts } from '../terminology/loaded-concepts.ts';
import { type LookAhead, lookAhead } from '../terminology/look-ahead.ts';
import { type Terminology, terminologyOf } from '../terminology/terminology.ts';
import { Catalogue, isDefinitionType } from './catalogue.ts';
import { type Declared, declaredOf } from './declared.ts';
import { ownConceptMaps } from './own.ts';
import { ownStored } from './own-stored.ts';
import { readPackages } from './package-store.ts';
import { type InstalledDefinitions, installedDefinitions } from './source.ts';
import { readStored } from './stored.ts';

/** How old the view of another process's commits may be, in milliseconds. */
const FRESH_MS = 500;

export interface Definitions {
  readonly catalogue: Catalogue;
  readonly source: InstalledDefinitions;
  readonly terminology: Terminology;
  /** The same for the validator. */
  readonly lookAhead: LookAhead;
  /** The same object while nothing changes. */
  declared(): Declared;
  /** Resolves when what was committed FRESH_MS ago or earlier is in force. */
  current(): Promise<void>;
  /** `store` whose transactions resolve when the definitions that they wrote are in force. */
  watched(store: Store): Store;
}

/** @param now milliseconds since the epoch, for tests */
export async function openDefinitions(store: Store, now: () => number = Date.now): Promise<Definitions> {
  const catalogue = new Catalogue();
  let settled = 0;
  let packages = '';
  let loaded = '';
  let looked = Number.NEGATIVE_INFINITY;
  let last: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    packages = await readPackages(store, catalogue, packages);
    loaded = (await settingOf(store, LOADED_REVISION)) ?? '';
    settled = await readStored(store, catalogue, settled, await ownStored(store));
  }
  /** One look at a time; a failed one is made again by the next caller. */
  function refresh(): Promise<void> {
    const begun = now();
    last = last.catch(() => undefined).then(look);
    return last.then(() => {
      looked = begun;
    });
  }
  const source = installedDefinitions(catalogue);
  const terminology = terminologyOf(source, conceptMapsOf(catalogue), (url, version) =>
    loadedConcepts(store, url, version),
  );
  let shared: Promise<void> | undefined;
  await refresh();
  return {
    catalogue,
    source,
    terminology,
    lookAhead: lookAhead(localTerminology(source), terminology, () => ({
      revision: `${catalogue.revision} ${loaded}`,
      isLoaded: loaded !== '',
    })),
    declared: declaredOf(catalogue),
    current: async () => {
      if (now() - looked < FRESH_MS) return;
      shared ??= refresh().finally(() => {
        shared = undefined;
      });
      await shared;
    },
    watched: (inner) => ({ ...inner, transact: (work) => transactAndRefresh(inner, work, refresh) }),
  };
}

/** Those that are installed, and ours where nothing covers them. */
const conceptMapsOf = (catalogue: Catalogue) => (): readonly ConceptMap[] => [
  ...[...catalogue.heads('ConceptMap')].flatMap(({ origin }) => catalogue.at('ConceptMap', origin) ?? []),
  ...ownConceptMaps().filter(({ url = '' }) => !catalogue.find('ConceptMap', url)),
];

const isDefinition = ({ type }: Write): boolean => isDefinitionType(type);

async function transactAndRefresh<T>(
  store: Store,
  work: (session: Session) => Promise<T>,
  refresh: () => Promise<void>,
): Promise<T> {
  let wroteDefinitions = false;
  const result = await store.transact((session) => {
    wroteDefinitions = false;
    return work({
      ...session,
      write(writes) {
        wroteDefinitions ||= writes.some(isDefinition);
        session.write(writes);
      },
    });
  });
  if (wroteDefinitions) await refresh();
  return result;
}
