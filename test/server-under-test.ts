/** The real application on a real database, for scenario tests: supertest in front, SQLite or PostgreSQL behind. */
import { pino } from 'pino';
import supertest, { type Agent } from 'supertest';
import { type App, type AppOptions, createApp } from '../server/app.ts';
import type { Store } from '../server/store/store.ts';
import { storesUnderTest } from './store-under-test.ts';

export interface ServerUnderTest {
  readonly app: App;
  readonly store: Store;
  readonly http: Agent;
  close(): Promise<void>;
}

export const BASE = 'http://care.example/fhir';

export const defaults = {
  baseUrl: BASE,
  limits: { bundleEntries: 5000, bodyBytes: 50 * 1024 * 1024, defaultCount: 50, maximumCount: 1000 },
  compressAbove: 8192,
  corsOrigins: ['local'],
  logger: pino({ level: 'silent' }),
  validation: 'reject' as const,
  explain: true,
};

/** The application on `store`, with the settings above where `options` says nothing else. */
export async function openServer(store: Store, options: Partial<AppOptions> = {}): Promise<ServerUnderTest> {
  const app = await createApp({ ...defaults, store, ...options });
  return { app, store, http: supertest(app.express), close: () => app.drain().then(() => store.close()) };
}

/** Describes the same behaviour on every database: `behaviour` gets a function that gives the server of the running test. */
export function onEveryDatabase(
  title: string,
  behaviour: (server: () => ServerUnderTest) => void,
  options: Partial<AppOptions> = {},
): void {
  for (const { name, open: openStore } of storesUnderTest())
    describe(`${title} (${name})`, () => {
      let server: ServerUnderTest;
      before(async () => {
        server = await openServer(await openStore(), options);
      });
      after(() => server.close());
      behaviour(() => server);
    });
}
