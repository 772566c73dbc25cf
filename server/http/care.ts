/** `/care` over HTTP: express on one side, CareRequest and CareResponse on the other. */
import { randomUUID } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import { unavailable } from '../../resources/outcome.ts';
import type { CareRequest, CareResponse } from '../care/message.ts';
import { problemResponse } from '../care/problem.ts';
import type { Answer, HeaderList } from './answer.ts';
import { corsHeaders } from './cors.ts';

export interface CareHttp {
  readonly care: (request: CareRequest) => Promise<CareResponse>;
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
  readonly constantHeaders: HeaderList;
  readonly isDraining: () => boolean;
  /** Reads the body into `request.body`. */
  readonly readBody: (request: Request, response: Response) => Promise<void>;
  readonly send: (request: Request, response: Response, common: HeaderList, answer: Answer) => Promise<void>;
}

export function careRouter(http: CareHttp): Router {
  const router = express.Router();
  router.use(async (request, response) => {
    const start = process.hrtime.bigint();
    const requestId = randomUUID();
    const cors = corsHeaders(request.headers.origin, http.corsOrigins);
    const common = ['X-Request-Id', requestId, ...http.constantHeaders, ...Object.entries(cors).flat()];
    response.once('close', () => {
      const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
      http.logger.info(
        { requestId, method: request.method, api: 'care', status: response.statusCode, elapsedMs },
        'request',
      );
    });
    if (request.method === 'OPTIONS') {
      response.writeHead(204, [...common, 'Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']).end();
      return;
    }
    const { status, headers, body } = await answer(request, response, http, requestId);
    await http.send(request, response, common, {
      status,
      headers: Object.entries(headers).flat(),
      ...(body === undefined ? {} : { body }),
    });
  });
  return router;
}

async function answer(request: Request, response: Response, http: CareHttp, requestId: string): Promise<CareResponse> {
  if (http.isDraining()) return problemResponse(unavailable('The server is shutting down; try again in a moment'));
  try {
    return await http.care(careRequest(request, response, http));
  } catch (error) {
    http.logger.error({ requestId, err: error }, 'unforeseen failure');
    const detail = `Something failed that should not; the log of the server tells more under ${requestId}`;
    const body = JSON.stringify({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail,
      errors: [],
    });
    return { status: 500, headers: { 'Content-Type': 'application/problem+json; charset=utf-8' }, body };
  }
}

function careRequest(request: Request, response: Response, { readBody }: CareHttp): CareRequest {
  const { method, url, headers } = request;
  const mark = url.indexOf('?');
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    contentType: headers['content-type'],
    async body() {
      await readBody(request, response);
      const bytes: unknown = request.body;
      return bytes instanceof Uint8Array ? bytes : new Uint8Array();
    },
  };
}
