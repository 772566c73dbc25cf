/** Makes requests wrong: one to four mutations of a right one. The same number gives the same request, always. */
import { Random } from '../../../server/demo/random.ts';
import { type RequestText, requestBytes } from '../../raw-http.ts';
import { mutateJson } from './mutate-json.ts';
import { seeds } from './seeds.ts';

export interface FuzzedRequest {
  /** As text, for messages. */
  readonly request: RequestText;
  readonly bytes: Buffer;
  readonly isHead: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'LINK'];

// biome-ignore format: a list to read
const SEGMENTS = [
  '..', '.', '%2e%2e', '%00', '%', '%zz', '%c0%af', '*', '$everything', '$', '_history', '_search', 'metadata', '0',
  '-1', '__proto__', 'constructor', 'Patient', 'patient', 'Pateint', 'Resource', 'maria', 'x'.repeat(65),
  'x'.repeat(3000), 'ä', '%F0%9F%98%80', "'", '"', '%27%20OR%201=1--', '1e9', '99999999999999999999', '_history/0',
  '_history/abc', '\\', '//',
];

// biome-ignore format: a list to read
const PARAMETERS = [
  '_format=html', '_format=', '_pretty=maybe', '_summary=all', '_summary=true', '_elements=',
  '_elements=a.b,__proto__', '_count=-1', '_count=0', '_count=99999999999', '_count=1e3', '_since=yesterday',
  '_since=2020', '_since=9999-99-99T99:99:99Z', '_at=0000', '_sort=-', '_sort=name,,', '_include=*',
  '_include=Patient:', '_include:iterate=*:*', '_revinclude=Observation', '_has=', '_has:::=1',
  '_has:Observation:patient:_has:Encounter:patient:_id=1', 'name:exact:missing=true', 'name:missing=maybe',
  'birthdate=13', 'birthdate=gt', 'birthdate=ge2020-13-45', 'code=|', 'code=a|b|c', 'code=%00', 'identifier=|||',
  'value-quantity=1e400', 'value-quantity=lt-0|||', 'subject:Nope.name=x', 'subject.subject.subject.subject.name=x',
  '_id=', '_lastUpdated=ap', '_filter=(((', '_filter=name eq', '_tag=a,b\\,c', '_text=%22', '_content=*',
  '_total=some', '_page=abc', '_cursor=AAAA', 'near=1|2|3|4', '_list=%24functional', 'name=%25%5F', 'name=%ED%A0%80',
  `name=${'x'.repeat(5000)}`, '_type=Patient,Nope', '__proto__=1', '=', '&&', '?', '_query=x',
];

// biome-ignore format: a list to read
const HEADERS: readonly (readonly [string, string])[] = [
  ['Accept', 'text/html'], ['Accept', ';;;'], ['Accept', 'application/fhir+json;q=0'], ['Accept', '*/*;q=x'],
  ['Accept', ''], ['Accept', 'application/fhir+xml'], ['Accept', 'a'.repeat(4000)], ['Content-Type', ''],
  ['Content-Type', 'text/html'], ['Content-Type', 'application/fhir+json; charset=latin1'],
  ['Content-Type', 'application/fhir+xml'], ['Content-Type', 'application/json'],
  ['Content-Type', 'application/json-patch+json'], ['Content-Type', 'multipart/form-data; boundary=x'],
  ['Content-Type', '/;='], ['Content-Type', 'application/x-www-form-urlencoded'], ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'br'], ['Content-Encoding', 'deflate'], ['Content-Encoding', 'bogus'], ['If-Match', '*'],
  ['If-Match', 'W/"0"'], ['If-Match', '"'], ['If-Match', 'W/"99999999999999999999"'], ['If-Match', 'W/"1", W/"2"'],
  ['If-None-Match', '*'], ['If-None-Match', ','], ['If-None-Match', 'W/"abc"'], ['If-Modified-Since', 'soon'],
  ['If-Modified-Since', '-1'], ['If-None-Exist', '?'], ['If-None-Exist', 'nope=1'], ['If-None-Exist', 'identifier=%'],
  ['Prefer', 'return=everything'], ['Prefer', 'handling=lenient'], ['Prefer', '=,;='], ['Prefer', 'respond-async'],
  ['X-Request-Id', '../../etc'], ['Origin', 'null'], ['Origin', 'http://evil.example'],
  ['Authorization', 'Bearer x.y.z'], ['Cookie', 'a=b'], ['Range', 'bytes=0-0'], ['Expect', '100-continue'],
  ['Expect', 'nonsense'], ['X-HTTP-Method-Override', 'DELETE'], ['X-Forwarded-Host', 'evil.example'],
  ['Accept-Encoding', 'gzip;q=x, *'], ['X-Security-Context', '\u00ff'], ['Accept-Charset', 'utf-7'],
  ['Connection', 'close'], ['Transfer-Encoding', 'chunked'], ['Content-Length', '5'], ['Upgrade', 'h2c'],
];

const ANNOUNCES_BODY = new Set(['Content-Length', 'Transfer-Encoding']);

function mutatePath(path: string, random: Random): string {
  const [before = '', query] = path.split('?', 2);
  const segments = before.split('/');
  const place = random.integer(1, segments.length);
  switch (random.integer(0, 4)) {
    case 0:
      segments[place] = random.pick(SEGMENTS);
      break;
    case 1:
      segments.splice(place, 0, random.pick(SEGMENTS));
      break;
    case 2:
      segments.splice(place, 1);
      break;
    default: {
      const parameters = [...(query ? query.split('&') : []), random.pick(PARAMETERS), random.pick(PARAMETERS)];
      return `${before}?${parameters.join('&').replaceAll(' ', '%20')}`;
    }
  }
  return segments.join('/') + (query === undefined ? '' : `?${query}`);
}

/** Changes characters without a thought for what they mean. */
function mutateText(text: string, random: Random): string {
  const at = random.integer(0, text.length);
  const to = Math.min(text.length, at + random.integer(1, 40));
  switch (random.integer(0, 7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return (
        text.slice(0, at) +
        random.pick(['"', '{', '}', '[', '<', '>', '&', '\\', '\0', '\u0007', '😀', '\ufeff']) +
        text.slice(at)
      );
    case 4:
      return `\ufeff${text}`;
    case 5:
      return (
        text.slice(0, at) +
        random.pick(['&xxe;', '<!DOCTYPE a [<!ENTITY b "c">]>', '<![CDATA[x]]>', '<!-- -->', '<?p?>']) +
        text.slice(at)
      );
    case 6:
      return random.pick([
        '',
        'null',
        '[]',
        '{}',
        '""',
        '0',
        'true',
        '<a/>',
        '<Patient/>',
        '\0',
        '[[[[',
        '{"resourceType":"Patient"}',
      ]);
    default:
      return text.replace(
        random.pick([/"[^"]*"/, /\d+/, /value="[^"]*"/, /resourceType/]),
        random.pick(['null', '""', '1e999', '-', 'x']),
      );
  }
}

function mutateBody(body: string, random: Random): string {
  if (random.chance(0.3)) return mutateText(body, random);
  try {
    return mutateJson(body, random);
  } catch {
    return mutateText(body, random);
  }
}

function mutated(request: RequestText, random: Random): RequestText {
  const { method, path, headers = {}, body } = request;
  switch (
    random.weighted([
      ['method', 1],
      ['path', 4],
      ['header', 4],
      ['body', body === undefined ? 1 : 8],
    ] as const)
  ) {
    case 'method':
      return { ...request, method: random.pick(METHODS) };
    case 'path':
      return { ...request, path: mutatePath(path, random) };
    case 'header': {
      const [name, value] = random.pick(HEADERS);
      // A server rightly waits for a body that is announced and does not come.
      if (body === undefined && ANNOUNCES_BODY.has(name)) return request;
      return { ...request, headers: { ...headers, [name]: value } };
    }
    case 'body':
      return { method, path, headers, body: mutateBody(body ?? '{}', random) };
  }
}

/** Bytes that are no UTF-8, somewhere behind the head. */
function damaged(bytes: Buffer, random: Random): Buffer {
  const start = bytes.indexOf('\r\n\r\n') + 4;
  if (start >= bytes.length) return bytes;
  const copy = Buffer.from(bytes);
  copy[random.integer(start, bytes.length - 1)] = random.pick([0xff, 0xc0, 0x80, 0x00]);
  return copy;
}

/** Request number `index` of the stream `seed`. */
export function fuzzedRequest(seed: number, index: number): FuzzedRequest {
  const random = new Random(seed, index, 'fuzz');
  let request = random.pick(seeds);
  for (let count = random.integer(1, 4); count > 0; count--) request = mutated(request, random);
  const bytes = requestBytes(request);
  return { request, bytes: random.chance(0.05) ? damaged(bytes, random) : bytes, isHead: request.method === 'HEAD' };
}
