/** Makes a JSON body wrong where it is JSON: another value, a key more or less, what no schema foresees. */
import type { Random } from '../../../server/demo/random.ts';

const nested = (depth: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level++) value = level % 2 ? { extension: value } : [value];
  return value;
};

// biome-ignore format: a list to read
const VALUES: readonly unknown[] = [
  null, true, 0, -0, 1e308, 9007199254740991, 0.1, '', ' ', 'x', 'null', '2026-02-30', '9999-12-31T23:59:60Z',
  'Patient/', '#', '#nope', 'urn:uuid:', 'urn:oid:1', 'http://', 'javascript:alert(1)', '../Patient/maria',
  'Patient/maria/_history/999', 'Patient?identifier=x', 'Patient?name=%', '\0', '\ud800', '😀'.repeat(200),
  'x'.repeat(20_000), '<div>', '<div xmlns="http://www.w3.org/1999/xhtml"><script/></div>', [], {}, [[]], [null], {},
  { resourceType: 'Patient' }, { resourceType: 'Nope' }, { reference: 7 }, { extension: [{}] }, nested(60),
  nested(3000), 'GET', 'PUT', 'transaction', 'batch', 'history', 'Bundle', 'Parameters', 'Binary', 'maria', 'weight',
  'final', '/name/0/given/-', '/__proto__/x', '/constructor/prototype/x', '/name/99', '/-', '~2',
  'Patient.name.where(', 'Patient.name[0]', '%resource', 'trace()', 'text/plain\r\nX: y',
];

// biome-ignore format: a list to read
const KEYS = [
  '__proto__', 'constructor', 'toString', 'resourceType', 'id', 'meta', 'extension', 'contained', 'value', '_value',
  'valueString', '', 'x y',
];

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string | number };

/** Every place in `value` that holds a value. */
function places(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [
    { holder, key: Array.isArray(value) ? Number(key) : key },
    ...places(holder[key]),
  ]);
}

/** `text` with a place changed. @throws SyntaxError when it is no JSON */
export function mutateJson(text: string, random: Random): string {
  const root: unknown = JSON.parse(text);
  const all = places(root);
  if (all.length === 0) return JSON.stringify(random.pick(VALUES));
  const { holder, key } = random.pick(all);
  const object = holder as Record<string | number, unknown>;
  const value = object[key];
  switch (random.integer(0, 5)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete object[key];
      break;
    case 1:
      object[key] = [value, value];
      break;
    case 2:
      // Defined, so that __proto__ is a key like any other.
      Object.defineProperty(object, random.pick(KEYS), {
        value: random.pick(VALUES),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      break;
    case 3:
      object[key] =
        random.pick(all).holder === holder
          ? random.pick(VALUES)
          : structuredClone(object[random.pick(Object.keys(object))]);
      break;
    default:
      object[key] = random.pick(VALUES);
  }
  return JSON.stringify(root) ?? 'null';
}
