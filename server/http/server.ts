/**
 * The http server under express. Express sets the prototypes of every request and response, which costs it half its throughput; this server
 * makes them with those prototypes from the start, so that setting them is no work (DECISIONS 3). It leans on express internals: test/server/http/server.test.ts
 * holds both ways to the same behaviour.
 */
import http from 'node:http';
import type { Express } from 'express';
import { refuseMalformed } from './malformed.ts';

export interface FhirServer {
  readonly server: http.Server;
  /** Answers by `app` from here on; before that every request gets 503. */
  use(app: Express): void;
}

type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const starting: Listener = (_request, response) => {
  response.statusCode = 503;
  response.setHeader('Retry-After', '1');
  response.end();
};

export function fhirServer(): FhirServer {
  function Incoming(this: http.IncomingMessage, socket: unknown): void {
    Reflect.apply(http.IncomingMessage, this, [socket]);
  }
  Incoming.prototype = http.IncomingMessage.prototype;
  function Outgoing(this: http.ServerResponse, request: unknown, options: unknown): void {
    Reflect.apply(http.ServerResponse, this, [request, options]);
  }
  Outgoing.prototype = http.ServerResponse.prototype;
  const classes = { IncomingMessage: Incoming, ServerResponse: Outgoing } as unknown as http.ServerOptions;

  let listener = starting;
  const server = http.createServer(classes, (request, response) => listener(request, response));
  server.on('clientError', refuseMalformed);
  // An expectation that nobody knows may be passed over (RFC 9110 10.1.1); node:http refuses it without a word.
  server.on('checkExpectation', (request: http.IncomingMessage, response: http.ServerResponse) =>
    listener(request, response),
  );
  return {
    server,
    use(app) {
      Incoming.prototype = app.request;
      Outgoing.prototype = app.response;
      listener = app;
    },
  };
}
