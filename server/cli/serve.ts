/**
 * `throughline serve`: listen, answer, and stop without dropping what is under way.
 *
 * With `--workers N` the first process starts N others that listen. On SQLite these serve reads and pass writes on to the first, the one writer; on
 * PostgreSQL each of them is a whole server.
 */
import cluster from 'node:cluster';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { type App, createApp } from '../app.ts';
import { forwarder } from '../cluster/reader.ts';
import type { Message } from '../cluster/wire.ts';
import { answerWorkers } from '../cluster/writer.ts';
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

const isSqlite = ({ database }: Config): boolean => database.startsWith('sqlite:');

const baseUrlOf = (config: Config, port: number): string =>
  config.baseUrl ?? `http://${urlHost(config.host)}:${port}/fhir`;

/** The line that says where and on what. A password is not shown. */
function announce(config: Config, port: number): void {
  const database = config.database.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@');
  process.stderr.write(`Throughline serves FHIR R4 at ${baseUrlOf(config, port)} on ${database}\n`);
}

function listen(server: Server, { port, host }: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** Runs `stop` once, at the first signal to end or when the first process says so. */
function onStop(stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  process.on('SIGTERM', once);
  process.on('SIGINT', once);
  process.on('message', (message: Message) => {
    if (message.kind === 'drain') once();
  });
  if (cluster.isWorker) process.on('disconnect', once);
}

/** New requests get 503, those in flight finish, then the database is closed. */
function stopServer(server: Server, app: App, store: Store, { graceSeconds }: Config): void {
  const drained = app.drain();
  const force = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  server.close(() => {
    clearTimeout(force);
    drained.then(() => store.close()).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  server.closeIdleConnections();
}

/** A process that listens: the only one, or one of several. */
async function serveHttp(config: Config, logger: Logger): Promise<number> {
  const isReader = cluster.isWorker && isSqlite(config);
  const store = await openStore({ url: config.database, readOnly: isReader });
  const { server, use } = fhirServer();
  const { port } = await listen(server, config);
  const app = await createApp({
    ...config,
    store,
    baseUrl: baseUrlOf(config, port),
    limits: limitsOf(config),
    logger,
    ...(isReader ? { forward: forwarder() } : {}),
  });
  use(app.express);
  onStop(() => stopServer(server, app, store, config));
  return port;
}

/** The first process of several: starts them again when they fail, writes for them on SQLite, and ends after them. */
async function superviseWorkers(config: Config, logger: Logger): Promise<void> {
  const store = isSqlite(config) ? await openStore({ url: config.database }) : undefined;
  if (store) {
    const app = await createApp({
      ...config,
      store,
      baseUrl: baseUrlOf(config, config.port),
      limits: limitsOf(config),
      logger,
    });
    answerWorkers(app.dispatch, logger);
  }
  let stopping = false;
  cluster.once('listening', (_worker, address) => announce(config, address.port));
  cluster.on('exit', (worker, code) => {
    if (stopping) {
      if (Object.keys(cluster.workers ?? {}).length === 0)
        void (store?.close() ?? Promise.resolve()).then(() => process.exit(0));
      return;
    }
    logger.error({ pid: worker.process.pid, code }, 'a worker ended; another takes its place');
    cluster.fork();
  });
  for (let started = 0; started < config.workers; started += 1) cluster.fork();
  onStop(() => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send({ kind: 'drain' } satisfies Message);
  });
}

async function serve(config: Config): Promise<void> {
  const logger = pino({ level: config.logLevel });
  if (cluster.isPrimary && config.workers > 1) await superviseWorkers(config, logger);
  else {
    const port = await serveHttp(config, logger);
    if (cluster.isPrimary) announce(config, port);
  }
}

export function serveCommand(): Command {
  const command = new Command('serve').description('serve FHIR R4 over HTTP').action(async (options: Config) => {
    const reason = refusal(options);
    if (reason) command.error(reason);
    try {
      await serve(options);
    } catch (error) {
      command.error(error instanceof Error ? error.message : String(error));
    }
  });
  for (const option of serveOptions) command.addOption(option);
  return command;
}
