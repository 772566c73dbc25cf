/** `throughline serve`: listen, answer, and stop without dropping what is under way. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { pino } from 'pino';
import { type App, createApp } from '../app.ts';
import { type Config, refusal, serveOptions } from '../config.ts';
import { fhirServer } from '../http/server.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';

const limitsOf = (config: Config) => ({
  bundleEntries: config.maxBundleEntries,
  bodyBytes: config.maxBodyBytes,
  defaultCount: Math.min(config.defaultCount, config.maxCount),
  maximumCount: config.maxCount,
});

/** An address as a URL writes it: an IPv6 address in brackets. */
const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function listen(server: Server, { port, host }: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** On SIGTERM or SIGINT: new requests get 503, those in flight finish, then the database is closed. */
function stopOnSignal(server: Server, app: App, store: Store, graceSeconds: number): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    app.drain();
    const force = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
    server.close(() => {
      clearTimeout(force);
      store.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function serve(config: Config): Promise<void> {
  const logger = pino({ level: config.logLevel });
  const store = await openStore({ url: config.database });
  const { server, use } = fhirServer();
  const { port } = await listen(server, config);
  const baseUrl = config.baseUrl ?? `http://${urlHost(config.host)}:${port}/fhir`;
  const app = await createApp({ ...config, store, baseUrl, limits: limitsOf(config), logger });
  use(app.express);
  stopOnSignal(server, app, store, config.graceSeconds);
  process.stderr.write(
    `Throughline serves FHIR R4 at ${baseUrl} on ${config.database.replace(/:[^:@/]*@/, ':***@')}\n`,
  );
}

export function serveCommand(): Command {
  const command = new Command('serve').description('serve FHIR R4 over HTTP').action(async (options: Config) => {
    const reason = refusal(options);
    if (reason) command.error(reason);
    await serve(options);
  });
  for (const option of serveOptions) command.addOption(option);
  return command;
}
