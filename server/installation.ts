/**
 * What an installation adds to R4, opened on its store: search parameters, definitions, the rules of validation. They change while the server runs, and
 * what another process changes is seen here too.
 */
import type { Logger } from 'pino';
import { type Definitions, openDefinitions } from './definition/definitions.ts';
import { type Indexing, startIndexing } from './indexing.ts';
import { storeOwnDefinitions } from './own-definitions.ts';
import { openRegistry, type Registry } from './parameters.ts';
import type { Store } from './store/store.ts';
import { type Validation, type ValidationSettings, validation } from './validation.ts';

export interface InstallationOptions extends ValidationSettings {
  readonly store: Store;
  /** Public address of `/fhir`, without a slash at the end. */
  readonly baseUrl: string;
  readonly logger: Logger;
  /** Whether this process may write to the database. */
  readonly writes: boolean;
  /** Whether `_text` and `_content` are offered; when absent, as the database has it: a command changes nothing about it. */
  readonly fullText?: boolean;
  /** Whether our definitions are stored as resources, where they are not yet; a command leaves it to the server. */
  readonly ownDefinitions?: boolean;
  /** Whether this process indexes in the background when search parameters change; a command that ends soon leaves it to the server. */
  readonly background?: boolean;
}

export interface Installation {
  /** The store, whose transactions go by the search parameters and definitions in force. */
  readonly store: Store;
  readonly registry: Registry;
  readonly definitions: Definitions;
  readonly validation: Validation;
  /** Resolves when search parameters and definitions are no older than a moment. */
  current(): Promise<void>;
  /** Resolves when nothing is done in the background any more. */
  stop(): Promise<void>;
}

export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { baseUrl, logger, writes } = options;
  let indexing: Indexing | undefined;
  const registry = await openRegistry({
    store: options.store,
    baseUrl,
    fullText: options.fullText,
    writes,
    onUnderWay: () => indexing?.wake(),
  });
  if (options.ownDefinitions && writes) await bringOwn(registry, logger);
  const definitions = await openDefinitions(registry.store);
  if (writes && options.background !== false) indexing = startIndexing(registry, baseUrl, logger);
  if (registry.current.isUnderWay) indexing?.wake();
  return {
    store: definitions.watched(registry.store),
    registry,
    definitions,
    validation: validation(options, definitions.source, definitions.lookAhead),
    async current() {
      await Promise.all([registry.refresh(), definitions.current()]);
    },
    async stop() {
      await indexing?.stop();
    },
  };
}

async function bringOwn(registry: Registry, logger: Logger): Promise<void> {
  const left = await storeOwnDefinitions(registry);
  if (left.length > 0)
    logger.warn(
      { left },
      'definitions that ship with this version are others than those stored, which somebody has changed: these stay',
    );
}
