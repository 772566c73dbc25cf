/** The server with HTTP: the engine behind express, FHIR at `/fhir` and the model at `/care`. */
import type { Express } from 'express';
import { careApi } from './care/care.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';
import { expressApp } from './http/express.ts';

export interface AppOptions extends EngineOptions {
  readonly compressAbove: number;
  readonly corsOrigins: readonly string[];
}

export interface App extends Engine {
  readonly express: Express;
  /** From here on requests are answered with 503. Resolves when nothing is done in the background any more. */
  drain(): Promise<void>;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { store, baseUrl, limits, compressAbove, corsOrigins, logger } = options;
  const engine = await createEngine(options);
  const { dispatch } = engine;
  let draining = false;
  const express = expressApp({
    baseUrl,
    bodyBytes: limits.bodyBytes,
    compressAbove,
    corsOrigins,
    logger,
    dispatch,
    care: careApi({ baseUrl: baseUrl.replace(/\/fhir$/, '/care'), dispatch }),
    ready: () => store.ping(),
    isDraining: () => draining,
  });
  return {
    ...engine,
    express,
    drain() {
      draining = true;
      return engine.drain();
    },
  };
}
