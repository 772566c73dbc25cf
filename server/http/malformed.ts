/** What node:http refuses before there is a request: bytes that are no HTTP, heads that are too long or too slow. Told in an OperationOutcome too. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { issue, operationOutcome } from '../../resources/outcome.ts';

/** Errors of node:http that have another status than 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers on the bare socket and ends the connection, because what follows on it cannot be told apart. */
export function refuseMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const outcome = operationOutcome([issue('structure', `The request is no proper HTTP: ${error.message}`)]);
  const body = Buffer.from(JSON.stringify(outcome));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/fhir+json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}
