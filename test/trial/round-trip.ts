/**
 * Official examples go in as JSON and come out equal, and once more by way of XML: PUT JSON, GET JSON, GET XML, PUT XML, GET JSON.
 * Equal means the same elements with the same values, numbers with the same digits, whatever the order of properties.
 */
import { isDeepStrictEqual } from 'node:util';
import { headerOf, type RawConnection, rawConnection, requestBytes } from '../raw-http.ts';
import { literalJson, withoutVersion } from './literal-json.ts';
import type { Example } from './official-examples.ts';

const JSON_TYPE = 'application/fhir+json';
const XML_TYPE = 'application/fhir+xml';

export interface Difference {
  readonly file: string;
  /** The step that did not go as it should, and how. */
  readonly reason: string;
}

/** The first place where the two differ: `Patient.name[0].family: "a" became "b"`. */
function firstDifference(before: unknown, after: unknown, path: string): string {
  if (typeof before === 'object' && typeof after === 'object' && before && after)
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [one, other] = [(before as Record<string, unknown>)[key], (after as Record<string, unknown>)[key]];
      if (!isDeepStrictEqual(one, other)) return firstDifference(one, other, `${path}.${key}`);
    }
  return `${path}: ${JSON.stringify(before)?.slice(0, 300)} became ${JSON.stringify(after)?.slice(0, 300)}`;
}

async function exchange(
  connection: RawConnection,
  method: string,
  path: string,
  accept: string,
  body?: string,
  type?: string,
): Promise<{ readonly status: number; readonly text: string; readonly type: string | undefined }> {
  const content = body === undefined ? {} : { body };
  const headers = { Accept: accept, Prefer: 'return=minimal', ...(type ? { 'Content-Type': type } : {}) };
  const answer = await connection.send(requestBytes({ method, path, headers, ...content }));
  return { status: answer.status, text: answer.body.toString('utf8'), type: headerOf(answer, 'content-type') };
}

async function roundTrip(connection: RawConnection, { type, id, text }: Example): Promise<string | undefined> {
  const path = `/fhir/${type}/${id}`;
  const expected = withoutVersion(literalJson(text));
  const put = await exchange(connection, 'PUT', path, JSON_TYPE, text, JSON_TYPE);
  // Two files hold the same resource; the second updates the first.
  if (put.status !== 201 && put.status !== 200) return `PUT as JSON: ${put.status} ${put.text}`;
  const first = await exchange(connection, 'GET', path, JSON_TYPE);
  if (first.status !== 200) return `GET as JSON: ${first.status} ${first.text}`;
  const asStored = withoutVersion(literalJson(first.text));
  if (!isDeepStrictEqual(asStored, expected)) return `JSON: ${firstDifference(expected, asStored, type)}`;
  const xml = await exchange(connection, 'GET', path, XML_TYPE);
  if (xml.status !== 200 || !xml.type?.startsWith(XML_TYPE)) return `GET as XML: ${xml.status} ${xml.text}`;
  const back = await exchange(connection, 'PUT', path, JSON_TYPE, xml.text, XML_TYPE);
  if (back.status !== 200) return `PUT as XML: ${back.status} ${back.text}`;
  const second = await exchange(connection, 'GET', path, JSON_TYPE);
  const afterXml = withoutVersion(literalJson(second.text));
  return isDeepStrictEqual(afterXml, expected) ? undefined : `XML: ${firstDifference(expected, afterXml, type)}`;
}

/** What did not come back as it went in, of the examples at the server on `port`. */
export async function differences(port: number, examples: Iterable<Example>): Promise<readonly Difference[]> {
  const connection = await rawConnection(port);
  const found: Difference[] = [];
  for (const example of examples) {
    const reason = await roundTrip(connection, example);
    if (reason !== undefined) found.push({ file: example.file, reason: reason.slice(0, 600) });
  }
  connection.close();
  return found;
}
