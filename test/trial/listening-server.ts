/** The real application in this process, listening on a free port of this machine, so that a trial can count on its speed and see it fail. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type AppOptions, createApp } from '../../server/app.ts';
import { fhirServer } from '../../server/http/server.ts';
import { openStore } from '../../server/store/open.ts';
import { type Databases, withDatabase } from '../databases.ts';
import { defaults } from '../server-under-test.ts';

export interface ListeningServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT/fhir`. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

/** Serves the database at `url`. Links and locations carry the address that it listens on. */
async function listeningServer(url: string, options: Partial<AppOptions>): Promise<ListeningServer> {
  const store = await openStore({ url });
  const { server, use } = fhirServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/fhir`;
  const app = await createApp({ ...defaults, store, baseUrl, ...options });
  use(app.express);
  return {
    port,
    baseUrl,
    async close() {
      server.close();
      server.closeAllConnections();
      await app.drain();
      await store.close();
    },
  };
}

/** Runs `use` with a server on a new database; both are gone afterwards, whatever happens. */
export function withServer<T>(
  databases: Databases,
  use: (server: ListeningServer) => Promise<T>,
  options: Partial<AppOptions> = {},
): Promise<T> {
  return withDatabase(databases, async (url) => {
    const server = await listeningServer(url, options);
    try {
      return await use(server);
    } finally {
      await server.close();
    }
  });
}
