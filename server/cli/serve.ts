/**
 * `throughline serve`: listen, answer, and stop without dropping what is under way.
 *
 * With `--workers N` the first process starts N others that listen. On SQLite these serve reads and pass writes on to the first, the one writer; on
 * PostgreSQL each of them is a whole server.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { type App, createApp } from '../app.ts';
import { forwarder } from '../cluster/reader.ts';
import { answerWorkers } from '../cluster/writer.ts';
import { type Config, refusal, serveOptions } from '../config.ts';
import { createEngine } from '../engine.ts';
import { fhirServer } from '../http/server.ts';
import { openLog } from '../log.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { followViews } from '../store/views.ts';
import { viewSet } from '../view/set.ts';
import { masked, sentenceOf } from './sentence.ts';

const storeOf = ({ database, searchTimeoutMs, readCacheMb }: Config) => ({
  url: database,
  cacheCharacters: readCacheMb * 1_000_000,
  ...(searchTimeoutMs > 0 ? { searchLimitMs: searchTimeoutMs } : {}),
});

const limitsOf = (config: Config) => ({
  bundleEntries: config.maxBundleEntries,
  bodyBytes: config.maxBodyBytes,
  defaultCount: Math.min(config.defaultCount, config.maxCount),
  maximumCount: config.maxCount,
});

/** An address as a URL writes it: an IPv6 address in brackets. */
const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Tells a worker the port that the first process found. */
const WORKER_PORT = 'THROUGHLINE_WORKER_PORT';

const isSqlite = ({ database }: Config): boolean => database.startsWith('sqlite:');

const baseUrlOf = ({ baseUrl, host, port }: Config): string => baseUrl ?? `http://${urlHost(host)}:${port}/fhir`;

/** The line that says where and on what. A password is not shown. */
function announce(config: Config): void {
  const database = config.database.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@');
  process.stderr.write(`Throughline serves FHIR R4 at ${baseUrlOf(config)} on ${database}\n`);
}

/** The views for reports follow the program. They wait for nobody and nobody for them: a server without them serves. */
async function keepUp(config: Config, logger: Logger): Promise<void> {
  try {
    const kept = await followViews(config.database, () => viewSet(isSqlite(config) ? 'sqlite' : 'postgres'));
    if (kept === 'made') logger.info('the views for reports are those of this version');
  } catch (error) {
    const why = masked(sentenceOf(error));
    logger.warn(`the views for reports stay as they are: ${why}. See docs/views.md, or run: throughline views`);
  }
}

/** Says that the server is there, and does what can be done afterwards. */
function started(config: Config, logger: Logger): void {
  announce(config);
  void keepUp(config, logger);
}

async function listen(server: NetServer, { port, host }: Pick<Config, 'port' | 'host'>): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** The port to listen on: for 0 one that is free, so that links can name it before anybody listens, and every worker the same. */
async function portOf({ port, host }: Config): Promise<number> {
  if (port !== 0) return port;
  const probe = createServer();
  await listen(probe, { port, host });
  const free = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return free;
}

/** Runs `stop` once, at the first signal to end or when the first process is gone. */
function onStop(stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  process.on('SIGTERM', once);
  process.on('SIGINT', once);
  if (cluster.isWorker) process.on('disconnect', once);
}

/** New requests get 503, those in flight finish, then the database is closed. */
function stopServer(server: Server, app: App, store: Store, { graceSeconds }: Config): void {
  const drained = app.drain();
  const force = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  server.close(() => {
    clearTimeout(force);
    drained
      .then(() => store.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  });
  server.closeIdleConnections();
}

const engineOptions = (config: Config, store: Store, logger: Logger) => ({
  ...config,
  store,
  baseUrl: baseUrlOf(config),
  limits: limitsOf(config),
  logger,
});

/** A process that listens: the only one, or one of several. */
async function serveHttp(config: Config, logger: Logger): Promise<void> {
  // A word to end may come while the process starts; then there is nothing to finish.
  let stop = (): void => process.exit(0);
  onStop(() => stop());
  const isReader = cluster.isWorker && isSqlite(config);
  const store = await openStore({ ...storeOf(config), readOnly: isReader });
  const app = await createApp({
    ...engineOptions(config, store, logger),
    ...(isReader ? { forward: forwarder() } : {}),
  });
  const { server, use } = fhirServer();
  use(app.express);
  await listen(server, config);
  stop = () => stopServer(server, app, store, config);
}

/** The first process of several: starts them again when they fail, writes for them on SQLite, and ends after them. */
async function superviseWorkers(config: Config, logger: Logger): Promise<void> {
  const store = isSqlite(config) ? await openStore(storeOf(config)) : undefined;
  if (store) {
    const { dispatch } = await createEngine(engineOptions(config, store, logger));
    answerWorkers(dispatch, logger);
  }
  const environment = { [WORKER_PORT]: String(config.port) };
  let stopping = false;
  let listening = 0;
  cluster.on('listening', () => {
    listening += 1;
    if (listening === config.workers) started(config, logger);
  });
  cluster.on('exit', (worker, code) => {
    if (stopping) {
      if (Object.keys(cluster.workers ?? {}).length === 0)
        void (store?.close() ?? Promise.resolve()).then(() => process.exit(0));
      return;
    }
    logger.error({ pid: worker.process.pid, code }, 'a worker ended; another takes its place');
    cluster.fork(environment);
  });
  for (let started = 0; started < config.workers; started += 1) cluster.fork(environment);
  onStop(() => {
    stopping = true;
    const end = (signal: NodeJS.Signals) => {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
    };
    end('SIGTERM');
    // What does not come to its end by itself is ended a little after its grace.
    setTimeout(end, (config.graceSeconds + 5) * 1000, 'SIGKILL').unref();
  });
}

async function serve(options: Config): Promise<void> {
  const logger = openLog(options.logLevel);
  const port = cluster.isWorker ? Number(process.env[WORKER_PORT]) : await portOf(options);
  const config = { ...options, port };
  if (cluster.isPrimary && config.workers > 1) await superviseWorkers(config, logger);
  else {
    await serveHttp(config, logger);
    if (cluster.isPrimary) started(config, logger);
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
