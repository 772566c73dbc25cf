/**
 * HTTP on one side, FhirRequest and FhirResponse on the other. Only this file and server.ts beside it know express.
 */
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import express, { type Express, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { FhirError, issue, tooLarge, unavailable, unsupportedMediaType } from '../../resources/outcome.ts';
import type { CareRequest, CareResponse } from '../care/message.ts';
import type { FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { allowedMethods, type Route, route } from '../route.ts';
import { type Answer, answerOf, binaryAnswer, errorAnswer, type Form, type HeaderList, JSON_FORM } from './answer.ts';
import { type RequestBody, readBody } from './body.ts';
import { careRouter } from './care.ts';
import { corsHeaders } from './cors.ts';
import { acceptsFhir, isPretty, prefer, wanted } from './negotiate.ts';
import { sendTogether } from './send-together.ts';

const gzipped = promisify(gzip);

export interface HttpOptions {
  readonly baseUrl: string;
  readonly bodyBytes: number;
  /** Answers longer than so many bytes are compressed for clients that can read it. */
  readonly compressAbove: number;
  /** Origins whose pages may call this server; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  readonly dispatch: (request: FhirRequest) => Promise<FhirResponse>;
  /** The model's API, served at `/care`. */
  readonly care: (request: CareRequest) => Promise<CareResponse>;
  /** Throws while the database does not answer. */
  readonly ready: () => Promise<void>;
  /** True from the moment that a shutdown has begun. */
  readonly isDraining: () => boolean;
}

const CONSTANT_HEADERS: HeaderList = ['X-Content-Type-Options', 'nosniff', 'Cache-Control', 'private, no-cache'];

/** What is known of a request for the log. */
interface Note {
  readonly requestId: string;
  route?: Route;
}

/** The query of a request without the parameters that only steer the format of the answer. */
interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly format: string | null;
  readonly pretty: string | null;
}

const FHIR = '/fhir';

/** A URL relative to the base of FHIR; undefined when it is not below it. */
function belowFhir(url: string): string | undefined {
  if (!url.startsWith(FHIR)) return undefined;
  const next = url[FHIR.length];
  return next === undefined || next === '/' || next === '?' ? url.slice(FHIR.length) : undefined;
}

function addressOf(url: string): Address {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? undefined : url.slice(mark + 1));
  if (mark < 0) return { path, query, format: null, pretty: null };
  const format = query.get('_format');
  const pretty = query.get('_pretty');
  query.delete('_format');
  query.delete('_pretty');
  return { path, query, format, pretty };
}

/** Failures of reading a body, as express.raw reports them. */
function bodyFailure(error: unknown, limit: number): unknown {
  const { type, status, encoding } = error as { type?: string; status?: number; encoding?: string };
  if (type === 'entity.too.large')
    return tooLarge(`The body is larger than the ${limit} bytes that this server takes (MAX_BODY_BYTES)`);
  if (type === 'encoding.unsupported')
    return unsupportedMediaType(`Content-Encoding: ${encoding} is not read; expected gzip, deflate, br or none`);
  if (status !== undefined && status >= 400 && status < 500)
    return new FhirError(400, [issue('invalid', `The body could not be read: ${type ?? 'it broke off'}`)], {
      cause: error,
    });
  return error;
}

/** A header that node:http has no type for. It joins repeated ones with a comma, so there is one text. */
const headerOf = ({ headers }: Request, name: string): string | undefined => headers[name] as string | undefined;

const NO_BODY: RequestBody = {};

function requestOf(request: Request, found: Route, { query }: Address): FhirRequest {
  const { headers } = request;
  const bytes: unknown = request.body;
  const { form, ...body } =
    bytes instanceof Uint8Array
      ? readBody(
          bytes,
          { contentType: headers['content-type'], securityContext: headerOf(request, 'x-security-context') },
          found,
        )
      : NO_BODY;
  for (const [name, value] of form ?? []) if (name !== '_format' && name !== '_pretty') query.append(name, value);
  const plain = {
    ...found,
    query,
    conditions: {
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
      ifNoneExist: headerOf(request, 'if-none-exist'),
    },
    prefer: prefer(headerOf(request, 'prefer')),
  };
  // A second spread costs two microseconds, which a read has no use for.
  return bytes === undefined ? plain : { ...plain, ...body };
}

/** Whether a Binary is to be answered as its own content: always, unless the client asks for a FHIR format. */
const wantsBytes = (request: Request, { interaction, type }: Route, { format }: Address): boolean =>
  type === 'Binary' &&
  (interaction === 'read' || interaction === 'vread') &&
  format === null &&
  !acceptsFhir(request.headers.accept);

function unforeseen(error: unknown, requestId: string, logger: Logger): FhirError {
  logger.error({ requestId, err: error }, 'unforeseen failure');
  const text = `Something failed that should not; the log of the server tells more under ${requestId}`;
  return new FhirError(500, [issue('exception', text)], { cause: error });
}

/** The express application. `POST`, `PUT` and `PATCH` bodies are read whole, up to the limit. */
export function expressApp(options: HttpOptions): Express {
  const { logger, baseUrl } = options;
  const raw = express.raw({ type: () => true, limit: options.bodyBytes });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  const body = (request: Request, response: Response): Promise<void> =>
    new Promise((resolve, reject) => {
      raw(request, response, (error: unknown) => (error ? reject(bodyFailure(error, options.bodyBytes)) : resolve()));
    });

  async function answer(request: Request, response: Response, url: string, note: Note): Promise<Answer> {
    let form: Form = JSON_FORM;
    try {
      if (options.isDraining()) throw unavailable('The server is shutting down; try again in a moment');
      const address = addressOf(url);
      const found = route(request.method, address.path);
      note.route = found;
      const asBytes = wantsBytes(request, found, address);
      form = asBytes
        ? JSON_FORM
        : { ...wanted(request.headers.accept, address.format), pretty: isPretty(address.pretty) };
      if (request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH')
        await body(request, response);
      const result = await options.dispatch(requestOf(request, found, address));
      return (asBytes ? binaryAnswer(result, baseUrl) : undefined) ?? answerOf(result, form, baseUrl);
    } catch (error) {
      return errorAnswer(error instanceof FhirError ? error : unforeseen(error, note.requestId, logger), form);
    }
  }

  async function send(request: Request, response: Response, common: HeaderList, answer: Answer): Promise<void> {
    const { status, headers, body: content } = answer;
    const list = [...common, ...headers];
    if (options.isDraining()) list.push('Connection', 'close');
    if (content === undefined) {
      if (status !== 204 && status !== 304) list.push('Content-Length', '0');
      response.writeHead(status, list);
      sendTogether(() => response.end());
      return;
    }
    const length = Buffer.byteLength(content);
    const compress = length > options.compressAbove && app.request.acceptsEncodings.call(request, 'gzip') === 'gzip';
    const sent = compress ? await gzipped(content) : content;
    list.push('Vary', 'Accept, Accept-Encoding, Origin');
    if (compress) list.push('Content-Encoding', 'gzip');
    list.push('Content-Length', String(compress ? sent.length : length));
    response.writeHead(status, list);
    sendTogether(() => response.end(request.method === 'HEAD' ? undefined : sent));
  }

  async function fhir(request: Request, response: Response, url: string): Promise<void> {
    const start = performance.now();
    const note: Note = { requestId: acceptedId(headerOf(request, 'x-request-id')) ?? randomUUID() };
    const common = ['X-Request-Id', note.requestId, ...CONSTANT_HEADERS];
    const { origin } = request.headers;
    if (origin !== undefined) common.push(...Object.entries(corsHeaders(origin, options.corsOrigins)).flat());
    response.on('close', () => {
      const { requestId, route: { interaction, type } = {} } = note;
      const elapsedMs = performance.now() - start;
      const { method } = request;
      const { statusCode: status, writableFinished } = response;
      const fields = { requestId, method, interaction, type, status, elapsedMs };
      logger.info(writableFinished ? fields : { ...fields, aborted: true }, 'request');
    });
    if (request.method === 'OPTIONS') preflight(response, url, common);
    else await send(request, response, common, await answer(request, response, url, note));
  }

  // FHIR goes ahead of the router of express, which takes an eighth of a read (DECISIONS 3).
  const application = app as unknown as { handle: (request: Request, response: Response, next: unknown) => void };
  const { handle } = application;
  application.handle = (request, response, next) => {
    const url = belowFhir(request.url);
    if (url === undefined) handle.call(app, request, response, next);
    else
      fhir(request, response, url).catch((error: unknown) => {
        logger.error({ err: error }, 'an answer could not be sent');
        response.destroy();
      });
  };
  app.use('/care', careRouter({ ...options, constantHeaders: CONSTANT_HEADERS, readBody: body, send }));
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', async (_request, response) => {
    if (options.isDraining()) response.status(503).json({ status: 'draining' });
    else
      await options.ready().then(
        () => response.json({ status: 'ready' }),
        () => response.status(503).json({ status: 'the database does not answer' }),
      );
  });

  app.use(async (request, response) => {
    const error = new FhirError(404, [
      issue(
        'not-found',
        `There is nothing at ${request.path}; FHIR is served at /fhir and the records of the practice at /care`,
      ),
    ]);
    await send(request, response, CONSTANT_HEADERS, errorAnswer(error, JSON_FORM));
  });
  return app;
}

/** `X-Request-Id` of the client, when it can go into a log as it is. */
const acceptedId = (id: string | undefined): string | undefined => (id && /^[\w.-]{1,64}$/.test(id) ? id : undefined);

/** OPTIONS: which methods the address has, for people and for CORS. */
function preflight(response: Response, url: string, common: HeaderList): void {
  let methods: readonly string[] = [];
  try {
    methods = allowedMethods(addressOf(url).path);
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
  }
  response.writeHead(204, [...common, 'Allow', [...methods, 'OPTIONS'].join(', ')]).end();
}
