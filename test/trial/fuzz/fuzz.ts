/**
 * Sends requests that are wrong in many ways to the server and watches: an answer comes, it is no 5xx, a failure is told in an OperationOutcome,
 * and the server goes on.
 */
import { headerOf, type RawConnection, type RawResponse, rawConnection } from '../../raw-http.ts';
import { type FuzzedRequest, fuzzedRequest } from './mutate.ts';

/** Beyond doubt a hang: the slowest of these requests takes a second. */
const HANG_MS = 60_000;

export interface Finding {
  /** With the seed it makes the request again: `fuzzedRequest(seed, index)`. */
  readonly index: number;
  readonly fault: string;
  readonly request: string;
}

/** What is wrong with an answer; undefined when nothing is. */
function faultOf({ isHead, request }: FuzzedRequest, answer: RawResponse): string | undefined {
  const { status, body } = answer;
  if (status >= 500) return `answered ${status}: ${body.toString('utf8', 0, 500)}`;
  if (status < 400 || isHead) return undefined;
  const type = headerOf(answer, 'content-type') ?? 'no content type';
  const text = body.toString('utf8');
  const isOutcome = type.includes('xml')
    ? text.includes('<OperationOutcome xmlns="http://hl7.org/fhir">')
    : type.includes('json') && text.includes('"resourceType":"OperationOutcome"');
  return isOutcome
    ? undefined
    : `${request.method} answered ${status} without an OperationOutcome (${type}): ${text.slice(0, 300)}`;
}

function answered(connection: RawConnection, { bytes, isHead }: FuzzedRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const hang = setTimeout(() => {
      connection.close();
      reject(new Error(`no answer within ${HANG_MS} ms`));
    }, HANG_MS);
    connection
      .send(bytes, { isHead })
      .then(resolve, reject)
      .finally(() => clearTimeout(hang));
  });
}

/** Sends one request on a connection of its own, because a broken one may end its connection. */
async function finding(port: number, seed: number, index: number): Promise<Finding | undefined> {
  const fuzzed = fuzzedRequest(seed, index);
  const connection = await rawConnection(port);
  let fault: string | undefined;
  try {
    fault = faultOf(fuzzed, await answered(connection, fuzzed));
  } catch (error) {
    fault = (error as Error).message;
  } finally {
    connection.close();
  }
  if (fault === undefined) return undefined;
  const { method, path, headers, body } = fuzzed.request;
  return { index, fault, request: JSON.stringify({ method, path, headers, body: body?.slice(0, 2000) }) };
}

/** Sends requests 0 to `count - 1` of the stream `seed`, eight at a time. */
export async function fuzz(port: number, seed: number, count: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let next = 0;
  const send = async () => {
    for (let index = next++; index < count; index = next++) {
      const found = await finding(port, seed, index);
      if (found) findings.push(found);
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  return findings;
}
