/** The composition root: configuration in, a running server's parts out. Everything is wired here and nowhere else. */
import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { capabilities, type Registered } from './capability.ts';
import { dispatcher, type Interactions, writes } from './dispatch.ts';
import { expressApp } from './http/express.ts';
import { batchOrTransaction } from './interaction/batch.ts';
import { historyInstance, historySystem, historyType } from './interaction/history.ts';
import type { Context, FhirRequest, FhirResponse, Interaction, Limits } from './interaction/interaction.ts';
import { read, vread } from './interaction/read.ts';
import { searchSystem, searchType } from './interaction/search.ts';
import { create, patch, remove, update } from './interaction/write.ts';
import { openParameters } from './parameters.ts';
import { searchCapability } from './search/capability.ts';
import { all } from './search/expression.ts';
import { indexer } from './search/index-rows.ts';
import type { Store } from './store/store.ts';
import { type ValidationPolicy, writeValidation } from './validation.ts';
import { VERSION } from './version.ts';

export interface AppOptions {
  readonly store: Store;
  /** Public address of `/fhir`, without a slash at the end. */
  readonly baseUrl: string;
  readonly limits: Limits;
  readonly compressAbove: number;
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  readonly validation: ValidationPolicy;
  /** Has what writes carried out by another process; absent where this one writes. */
  readonly forward?: (request: FhirRequest) => Promise<FhirResponse>;
  /** For tests; the default makes UUIDs. */
  readonly newId?: () => string;
}

export interface App {
  readonly express: Express;
  /** The same without HTTP: for the command line and for tests. */
  readonly dispatch: (request: FhirRequest) => Promise<FhirResponse>;
  /** From here on requests are answered with 503. */
  drain(): void;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { store, baseUrl, limits, logger } = options;
  const parameters = await openParameters(store);
  const started = new Date().toISOString();
  const registered: Registered = {
    get interactions() {
      return interactions;
    },
    baseUrl,
    limits,
    version: VERSION,
    date: started,
    searchOf: searchCapability(parameters),
  };
  const list: readonly Interaction[] = [
    read,
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
    capabilities(() => registered),
  ];
  const interactions: Interactions = new Map(list.map((interaction) => [interaction.code, interaction]));
  const run = dispatcher(interactions);
  const context: Context = {
    store,
    reader: store,
    caller: { name: 'anonymous' },
    limits,
    baseUrl,
    newId: options.newId ?? randomUUID,
    search: { parameters, baseUrl, dialect: store.dialect, pageKey: new Uint8Array(32) },
    scope: () => all,
    indexRows: indexer(parameters, baseUrl),
    validate: writeValidation(options.validation),
    dispatch: run,
  };
  let draining = false;
  const { forward } = options;
  const dispatch = (request: FhirRequest) => (forward && writes(request) ? forward(request) : run(request, context));
  const express = expressApp({
    baseUrl,
    bodyBytes: limits.bodyBytes,
    compressAbove: options.compressAbove,
    corsOrigins: options.corsOrigins,
    logger,
    dispatch,
    ready: () => store.ping(),
    isDraining: () => draining,
  });
  return {
    express,
    dispatch,
    drain: () => {
      draining = true;
    },
  };
}
