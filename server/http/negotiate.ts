/**
 * Which format a request is in and which one its answer goes out in: Content-Type, Accept, `_format`, `_pretty`, Prefer.
 * https://hl7.org/fhir/R4/http.html#mime-type
 */
import { badValue, notAcceptable, unsupportedMediaType } from '../../resources/outcome.ts';
import type { Prefer } from '../interaction/interaction.ts';

export type Format = 'json' | 'xml';

/** The format of an answer and the media type that names it, which is the one the client asked for. */
export interface Wanted {
  readonly format: Format;
  readonly mediaType: string;
}

const FORMATS: Readonly<Record<string, Wanted>> = {
  'application/fhir+json': { format: 'json', mediaType: 'application/fhir+json' },
  'application/fhir+xml': { format: 'xml', mediaType: 'application/fhir+xml' },
  'application/json': { format: 'json', mediaType: 'application/json' },
  'text/json': { format: 'json', mediaType: 'application/fhir+json' },
  'application/json+fhir': { format: 'json', mediaType: 'application/fhir+json' },
  'application/xml': { format: 'xml', mediaType: 'application/xml' },
  'text/xml': { format: 'xml', mediaType: 'text/xml' },
  'application/xml+fhir': { format: 'xml', mediaType: 'application/fhir+xml' },
};
const SHORT: Readonly<Record<string, Format>> = { json: 'json', xml: 'xml' };
const JSON_ANSWER: Wanted = { format: 'json', mediaType: 'application/fhir+json' };

export const mediaTypeOf = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** The media ranges of an Accept header, best first. */
function rangesOf(accept: string): readonly Range[] {
  return accept
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
      const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return { type, quality: Number.isNaN(quality) ? 0 : quality };
    })
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

const ANY = new Set(['*/*', 'application/*', '*']);

function formatOfRange({ type }: Range): Wanted | undefined {
  return ANY.has(type) ? JSON_ANSWER : type === 'text/*' ? FORMATS['text/xml'] : FORMATS[type];
}

/** Media types that a client prefers to FHIR's formats, best first; for Binary, which is served as itself. */
export const acceptsFhir = (accept: string | undefined): boolean =>
  rangesOf(accept ?? '').some(({ type }) => type.includes('fhir') || FORMATS[type] !== undefined);

/**
 * The format of the answer: `_format` rules, then Accept; JSON when all is welcome.
 * @throws FhirError 406, naming what was asked and what there is
 */
export function wanted(accept: string | undefined, format: string | null): Wanted {
  if (format !== null && format !== '') {
    // A "+" in a query is a space: `_format=application/fhir+xml` is common and meant.
    const name = mediaTypeOf(format).replace(' ', '+');
    const short = SHORT[name];
    const found = short ? FORMATS[`application/fhir+${short}`] : FORMATS[name];
    if (found) return found;
    throw notAcceptable(
      `_format=${format} is not served; there are json (application/fhir+json) and xml (application/fhir+xml)`,
      {
        expression: 'http._format',
      },
    );
  }
  if (accept === undefined || accept === '' || accept === '*/*') return JSON_ANSWER;
  if (accept === JSON_ANSWER.mediaType) return JSON_ANSWER;
  for (const range of rangesOf(accept)) {
    const found = formatOfRange(range);
    if (found) return found;
  }
  throw notAcceptable(`Accept: ${accept} is not served; there are application/fhir+json and application/fhir+xml`, {
    expression: 'http.Accept',
  });
}

/** What a body is in. */
export type BodyFormat = Format | 'json-patch' | 'form' | 'other';

/** The format of a body by its Content-Type. @throws FhirError 415 without one, or for a charset that is not UTF-8 */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  if (contentType === undefined || contentType === '')
    throw unsupportedMediaType('The body has no Content-Type; expected application/fhir+json or application/fhir+xml', {
      expression: 'http.Content-Type',
    });
  const type = mediaTypeOf(contentType);
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
  const isText = FORMATS[type] !== undefined || type === 'application/json-patch+json';
  if (isText && charset && !/^(utf-?8|us-ascii)$/i.test(charset))
    throw unsupportedMediaType(`Content-Type: the charset ${charset} is not read; FHIR is exchanged in UTF-8`, {
      expression: 'http.Content-Type',
    });
  if (type === 'application/json-patch+json') return 'json-patch';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  return FORMATS[type]?.format ?? 'other';
}

const RETURNS = ['minimal', 'representation', 'OperationOutcome'] as const;
const HANDLINGS = ['strict', 'lenient'] as const;

/** `Prefer: return=minimal, handling=lenient`. Preferences of other names are ignored (RFC 7240 2); wrong values of ours are not. */
export function prefer(header: string | undefined): Prefer {
  if (header === undefined) return { handling: 'strict' };
  const wishes = new Map(
    header
      .split(/[,;]/)
      .map((wish) => wish.trim().split('='))
      .map(([name = '', value = '']) => [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')]),
  );
  const choose = <T extends string>(name: string, values: readonly T[]): T | undefined => {
    const value = wishes.get(name);
    if (value === undefined) return undefined;
    const known = values.find((each) => each.toLowerCase() === value.toLowerCase());
    if (known) return known;
    throw badValue(`Prefer: ${name}=${value} is not known; expected one of ${values.join(', ')}`, {
      expression: 'http.Prefer',
    });
  };
  const wish = choose('return', RETURNS);
  return { ...(wish ? { return: wish } : {}), handling: choose('handling', HANDLINGS) ?? 'strict' };
}

/** `_pretty=true`. @throws FhirError value */
export function isPretty(value: string | null): boolean {
  if (value === null || value === '' || value === 'false') return false;
  if (value === 'true') return true;
  throw badValue(`_pretty=${value} is not known; expected true or false`, { expression: 'http._pretty' });
}
