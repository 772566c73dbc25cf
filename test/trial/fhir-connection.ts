/** FHIR over one connection: JSON out, JSON in. */
import { headerOf, type RawConnection, rawConnection, requestBytes } from '../raw-http.ts';

export interface FhirAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  /** The body as it came; empty when there is none. */
  readonly text: string;
  /** The body parsed. */
  readonly json: unknown;
}

export interface FhirConnection {
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<FhirAnswer>;
  close(): void;
}

/** `path` is relative to `/fhir`: `/Patient/1`. */
export async function fhirConnection(port: number): Promise<FhirConnection> {
  const connection: RawConnection = await rawConnection(port);
  return {
    async request(method, path, body, headers = {}) {
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const sent = body === undefined ? headers : { 'Content-Type': 'application/fhir+json', ...headers };
      const bytes = requestBytes({ method, path: `/fhir${path}`, headers: sent, ...content });
      const answer = await connection.send(bytes, { isHead: method === 'HEAD' });
      const text = answer.body.toString('utf8');
      const isJson = text !== '' && (headerOf(answer, 'content-type') ?? '').includes('json');
      return {
        status: answer.status,
        etag: headerOf(answer, 'etag'),
        text,
        json: isJson ? JSON.parse(text) : undefined,
      };
    },
    close: () => connection.close(),
  };
}
