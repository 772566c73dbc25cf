/** JSON to XML and back, for a text of an example: what must not change, digit by digit. */
import { strict as assert } from 'node:assert';
import { NUMERALS, parseJson, stringifyJson } from '../../resources/json.ts';
import type { Numbered } from '../../resources/numeral.ts';
import type { AnyResource } from '../../resources/types.ts';
import { readXml, writeXml } from '../../resources/xml.ts';

/** A JSON text without the white space between its tokens, each string escaped in the same way. Numbers stay as they are written. */
const compact = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => (string ? JSON.stringify(JSON.parse(string)) : ''));

/** The value with the properties of each object in alphabetical order: XML has an order of its own. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const result = Array.isArray(value)
    ? value.map(sorted)
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)]),
      );
  const numerals = (value as Numbered)[NUMERALS];
  return numerals ? Object.assign(result, { [NUMERALS]: numerals }) : result;
}

const canonical = (value: unknown): string => stringifyJson(sorted(value));

export function assertRoundTrip(name: string, text: string): void {
  const value = parseJson(text) as unknown as AnyResource;
  assert.ok(stringifyJson(value) === compact(text), `${name}: JSON does not come back as it was`);
  const xml = writeXml(value);
  const back = readXml(xml);
  assert.equal(canonical(back), canonical(value), `${name}: JSON does not come back through XML`);
  assert.ok(writeXml(back) === xml, `${name}: XML does not come back as it was`);
  assert.equal(canonical(readXml(writeXml(value, { pretty: true }))), canonical(value), `${name}: nor by pretty XML`);
}
