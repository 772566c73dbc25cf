/** A FhirResponse as status, headers and bytes in the format that the client wants. */
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { type FhirError, operationOutcome } from '../../resources/outcome.ts';
import type { AnyResource, Binary } from '../../resources/types.ts';
import { writeXml } from '../../resources/xml.ts';
import { type FhirResponse, isStoredJson } from '../interaction/interaction.ts';
import type { Wanted } from './negotiate.ts';

/** Names and values in turn: what `writeHead` sends without looking each name up, a fifth of the cost of `setHeader`. */
export type HeaderList = readonly string[];

export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body?: string | Buffer;
}

export interface Form extends Wanted {
  readonly pretty: boolean;
}

export const JSON_FORM: Form = { format: 'json', mediaType: 'application/fhir+json', pretty: false };

const resourceOf = (body: NonNullable<FhirResponse['body']>): AnyResource =>
  isStoredJson(body) ? (parseJson(body.json) as unknown as AnyResource) : body;

function text(body: NonNullable<FhirResponse['body']>, { format, pretty }: Form): string {
  if (format === 'xml') return writeXml(resourceOf(body), { pretty });
  if (isStoredJson(body) && !pretty) return body.json;
  return stringifyJson(resourceOf(body), { pretty });
}

/** HTTP dates by second, of which answers near each other have few. */
let dates = new Map<number, string>();
const MOST_DATES = 1000;

function httpDate(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  const known = dates.get(second);
  if (known !== undefined) return known;
  if (dates.size >= MOST_DATES) dates = new Map();
  const text = new Date(milliseconds).toUTCString();
  dates.set(second, text);
  return text;
}

/** https://hl7.org/fhir/R4/http.html#versions: ETag, Last-Modified, and the version's address. */
function versionHeaders({ status, versionId, lastModified, location }: FhirResponse, baseUrl: string): string[] {
  const headers: string[] = [];
  if (versionId) headers.push('ETag', `W/"${versionId}"`);
  if (lastModified !== undefined) headers.push('Last-Modified', httpDate(lastModified));
  if (location) headers.push(status === 201 ? 'Location' : 'Content-Location', `${baseUrl}/${location}`);
  return headers;
}

export function answerOf(response: FhirResponse, form: Form, baseUrl: string): Answer {
  const headers = versionHeaders(response, baseUrl);
  if (response.document) return documentAnswer(response.status, headers, response.document);
  if (response.body === undefined) return { status: response.status, headers };
  const actual: Form = response.mediaType ? { ...form, format: 'json', mediaType: response.mediaType } : form;
  headers.push('Content-Type', `${actual.mediaType}; charset=utf-8`);
  return { status: response.status, headers, body: text(response.body, actual) };
}

/** A page must not run or fetch anything: what it tells came from somebody else. */
function documentAnswer(
  status: number,
  headers: readonly string[],
  { mediaType, text }: NonNullable<FhirResponse['document']>,
): Answer {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
  const own = ['Content-Type', `${mediaType}; charset=utf-8`, 'Content-Security-Policy', policy];
  return { status, headers: [...headers, ...own], body: text };
}

/** A Binary as itself: its bytes in its media type. https://hl7.org/fhir/R4/binary.html#rest */
export function binaryAnswer(response: FhirResponse, baseUrl: string): Answer | undefined {
  if (response.status !== 200 || response.body === undefined) return undefined;
  const binary = resourceOf(response.body) as unknown as Binary;
  if (!binary.contentType || binary.data === undefined) return undefined;
  return {
    status: 200,
    headers: [
      ...versionHeaders(response, baseUrl),
      'Content-Type',
      binary.contentType,
      // What somebody stored must not run as a page of this server.
      'Content-Security-Policy',
      "default-src 'none'; sandbox",
    ],
    body: Buffer.from(binary.data, 'base64'),
  };
}

export function errorAnswer(error: FhirError, form: Form): Answer {
  const { body, headers, status } = answerOf({ status: error.status, body: operationOutcome(error.issues) }, form, '');
  const list = [...headers, ...Object.entries(error.headers ?? {}).flat()];
  return { status, headers: list, ...(body === undefined ? {} : { body }) };
}
