/** The server that sets prototypes beforehand behaves as the one that Express documents: the same requests, the same answers. DECISIONS 3. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express, { type ErrorRequestHandler, type Express, Router } from 'express';
import supertest from 'supertest';
import { fhirServer } from '../../../server/http/server.ts';
import { headerOf, type RawResponse, rawConnection, requestBytes } from '../../raw-http.ts';

/** Uses what Express adds to requests and responses, in the ways that applications do. */
function application(): Express {
  const app = express();
  app.set('etag', 'strong');
  app.get('/json', (request, response) => {
    response
      .status(201)
      .location('/json/1')
      .json({ protocol: request.protocol, path: request.path, query: request.query });
  });
  app.post('/echo', express.json(), (request, response) => {
    response.type('application/fhir+json').send(JSON.stringify(request.body));
  });
  app.get('/headers', (request, response) => {
    response.append('X-Seen', request.get('accept') ?? 'none');
    response.append('X-Seen', String(request.acceptsEncodings('gzip')));
    response.sendStatus(204);
  });
  app.get('/redirect', (_request, response) => response.redirect(303, '/json'));
  app.get('/stream', (_request, response) => {
    response.setHeader('Content-Length', 6);
    Readable.from(['abc', 'def']).pipe(response);
  });
  app.get('/throws', () => {
    throw new Error('thrown');
  });
  app.get('/rejects', async () => {
    throw new Error('rejected');
  });
  const router = Router();
  router.get('/:type/:id', (request, response) => {
    response.send(`${request.baseUrl} ${request.params.type} ${request.params.id} ${request.originalUrl}`);
  });
  app.use('/routed', router);
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
    response.status(error.status ?? 500).send(`failed: ${error.message}`);
  };
  app.use(failed);
  return app;
}

const behaviours: readonly { readonly name: string; readonly request: Parameters<typeof requestBytes>[0] }[] = [
  { name: 'json with status, location and query', request: { method: 'GET', path: '/json?name=maria&name=ana' } },
  {
    name: 'a parsed body',
    request: {
      method: 'POST',
      path: '/echo',
      headers: { 'Content-Type': 'application/json' },
      body: '{"resourceType":"Patient","active":true}',
    },
  },
  {
    name: 'a malformed body',
    request: {
      method: 'POST',
      path: '/echo',
      headers: { 'Content-Type': 'application/json' },
      body: '{"resourceType"',
    },
  },
  {
    name: 'request headers and several response headers of a name',
    request: { method: 'GET', path: '/headers', headers: { Accept: 'text/xml', 'Accept-Encoding': 'gzip, br' } },
  },
  { name: 'HEAD', request: { method: 'HEAD', path: '/json' } },
  {
    name: 'an ETag that matches',
    request: { method: 'GET', path: '/routed/a/b', headers: { 'If-None-Match': '*' } },
  },
  { name: 'a redirect', request: { method: 'GET', path: '/redirect' } },
  { name: 'a stream', request: { method: 'GET', path: '/stream' } },
  { name: 'a thrown error', request: { method: 'GET', path: '/throws' } },
  { name: 'a rejected promise', request: { method: 'GET', path: '/rejects' } },
  { name: 'a router', request: { method: 'GET', path: '/routed/Patient/1' } },
  { name: 'an unknown path', request: { method: 'DELETE', path: '/nothing' } },
];

/** Status, headers without the date, and body. */
const essence = ({ head, body }: RawResponse) => ({
  head: head.replace(/\r\nDate: [^\r]*/, '').split('\r\n'),
  body: body.toString('utf8'),
});

async function listening(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** How often the prototype of an object is changed while `server` answers a request. */
async function prototypeChanges(server: http.Server): Promise<number> {
  const connection = await rawConnection(await listening(server));
  const set = Object.setPrototypeOf;
  let changes = 0;
  Object.setPrototypeOf = (object: object, prototype: object | null) => {
    if (Object.getPrototypeOf(object) !== prototype) changes += 1;
    return set(object, prototype);
  };
  try {
    await connection.send(requestBytes({ method: 'GET', path: '/' }));
  } finally {
    Object.setPrototypeOf = set;
    connection.close();
    server.close();
  }
  return changes;
}

describe('the http server with prototypes set beforehand', () => {
  const ours = fhirServer();
  const plain = http.createServer(application());
  let ports: readonly [number, number];

  before(async () => {
    ours.use(application());
    ports = [await listening(ours.server), await listening(plain)];
  });
  after(() => {
    for (const server of [ours.server, plain]) {
      server.closeAllConnections();
      server.close();
    }
  });

  for (const { name, request } of behaviours)
    it(`answers ${name} as plain Express does`, async () => {
      const isHead = request.method === 'HEAD';
      const answers = [];
      for (const port of ports) {
        const connection = await rawConnection(port);
        answers.push(essence(await connection.send(requestBytes(request), { isHead })));
        connection.close();
      }
      assert.deepEqual(answers[0], answers[1]);
    });

  it('answers many requests on one connection', async () => {
    const connection = await rawConnection(ports[0]);
    for (const id of ['1', '2', '3']) {
      const answer = await connection.send(requestBytes({ method: 'GET', path: `/routed/Patient/${id}` }));
      assert.equal(answer.body.toString(), `/routed Patient ${id} /routed/Patient/${id}`);
      assert.equal(headerOf(answer, 'Connection'), 'keep-alive');
    }
    connection.close();
  });

  it('serves supertest', async () => {
    await supertest(ours.server).get('/routed/Patient/1').expect(200, '/routed Patient 1 /routed/Patient/1');
  });

  it('makes requests and responses whose prototypes Express finds set', async () => {
    const app = express();
    app.get('/', (_request, response) => void response.send());
    const { server, use } = fhirServer();
    use(app);
    assert.equal(await prototypeChanges(server), 0);
    assert.ok((await prototypeChanges(http.createServer(app))) > 0, 'Express documents a server that it has to change');
  });

  it('answers 503 before there is an application', async () => {
    const { server } = fhirServer();
    const connection = await rawConnection(await listening(server));
    const answer = await connection.send(requestBytes({ method: 'GET', path: '/fhir/metadata' }));
    connection.close();
    server.close();
    assert.equal(answer.status, 503);
    assert.equal(headerOf(answer, 'Retry-After'), '1');
  });

  const malformed: readonly { readonly name: string; readonly bytes: string; readonly status: number }[] = [
    { name: 'bytes that are no HTTP', bytes: 'MSH|^~\\&|ADT\r\n\r\n', status: 400 },
    { name: 'a path with raw non-ASCII bytes', bytes: 'GET /fhir/\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n', status: 400 },
    { name: 'two lengths', bytes: 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', status: 400 },
    { name: 'a head without end', bytes: `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, status: 431 },
  ];
  for (const { name, bytes, status } of malformed)
    it(`answers ${name} with ${status} and an OperationOutcome`, async () => {
      const connection = await rawConnection(ports[0]);
      const answer = await connection.send(Buffer.from(bytes, 'latin1'));
      connection.close();
      assert.equal(answer.status, status);
      assert.equal(headerOf(answer, 'Content-Type'), 'application/fhir+json; charset=utf-8');
      const outcome = JSON.parse(answer.body.toString()) as { resourceType: string; issue: { diagnostics: string }[] };
      assert.equal(outcome.resourceType, 'OperationOutcome');
      assert.match(outcome.issue[0]?.diagnostics ?? '', /^The request is no proper HTTP: /);
    });

  it('passes over an expectation that it does not know', async () => {
    const connection = await rawConnection(ports[0]);
    const request = { method: 'GET', path: '/routed/Patient/1', headers: { Expect: 'nonsense' } };
    assert.equal((await connection.send(requestBytes(request))).status, 200);
    connection.close();
  });
});
