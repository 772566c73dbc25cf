/**
 * HTTP/1.1 over one kept-alive socket, with requests as bytes: fast enough to load a server, and able to say what no proper client says.
 * It reads answers with a Content-Length, without a body, or that end with the connection; a chunked answer fails, for the server sends none.
 */
import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  /** Status line and header lines as they came. */
  readonly head: string;
  readonly body: Buffer;
  /** Whether the server has said that it closes the connection. */
  readonly last: boolean;
}

export interface RawConnection {
  /** Sends `request` and gives its answer. One at a time. @throws Error when the connection breaks before the answer is complete */
  send(request: Uint8Array, options?: { readonly isHead?: boolean }): Promise<RawResponse>;
  close(): void;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** The header `name` of a response, undefined when it has none. */
export function headerOf({ head }: RawResponse, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name.toLowerCase()}:`);
  if (at < 0) return undefined;
  const start = at + name.length + 3;
  const end = head.indexOf('\r\n', start);
  return head.slice(start, end < 0 ? undefined : end).trim();
}

interface Head {
  readonly status: number;
  readonly head: string;
  /** Bytes of the body; undefined when it ends with the connection. */
  readonly length: number | undefined;
  readonly last: boolean;
}

/** @throws Error when the answer is chunked */
function headOf(head: string, isHead: boolean): Head {
  const status = Number(head.slice(9, 12));
  const lower = head.toLowerCase();
  if (lower.includes('\r\ntransfer-encoding:')) throw new Error(`an answer in chunks:\n${head}`);
  const length = /\r\ncontent-length: *(\d+)/.exec(lower)?.[1];
  const bodiless = isHead || status === 204 || status === 304 || status < 200;
  return {
    status,
    head,
    length: bodiless ? 0 : length === undefined ? undefined : Number(length),
    last: lower.includes('\r\nconnection: close'),
  };
}

interface Waiting {
  readonly isHead: boolean;
  resolve(response: RawResponse): void;
  reject(error: Error): void;
}

/** Opens a connection to a port of this machine. */
export function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let buffered: Buffer = NOTHING;
  let waiting: Waiting | undefined;
  let head: Head | undefined;

  function answer(body: Buffer): void {
    const done = waiting;
    if (!done || !head) return;
    const { status, last, head: text } = head;
    waiting = undefined;
    head = undefined;
    done.resolve({ status, head: text, body, last });
  }

  function fail(error: Error): void {
    const broken = waiting;
    waiting = undefined;
    socket.destroy();
    broken?.reject(error);
  }

  function take(): void {
    while (waiting && !head) {
      const end = buffered.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const found = headOf(buffered.toString('latin1', 0, end), waiting.isHead);
      buffered = buffered.subarray(end + END_OF_HEAD.length);
      // 100 Continue and the like come before the answer.
      if (found.status >= 200) head = found;
    }
    if (head?.length === undefined || buffered.length < head.length) return;
    const body = buffered.subarray(0, head.length);
    buffered = buffered.subarray(head.length);
    answer(body);
  }

  socket.on('data', (chunk: Buffer) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    try {
      take();
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.on('end', () => {
    if (head && head.length === undefined) answer(buffered);
    fail(new Error('the server closed the connection'));
  });
  socket.on('error', fail);

  const connection: RawConnection = {
    send(request, { isHead = false } = {}) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(new Error('the connection is closed'));
          return;
        }
        waiting = { isHead, resolve, reject };
        socket.write(request);
      });
    },
    close: () => void socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection));
    socket.once('error', reject);
  });
}

export interface RequestText {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as bytes; Host and Content-Length are added. */
export function requestBytes({ method, path, headers = {}, body }: RequestText): Buffer {
  const content = body === undefined ? NOTHING : Buffer.from(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${content.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content]);
}
