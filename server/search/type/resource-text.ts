/** The texts of a resource for full text search: of its narrative, or all of them. */
import { htmlEntities } from '../../../resources/html-entities.ts';

/** Characters of a resource that are searched; a discharge letter has a few thousand. */
const MAX_TEXT = 100_000;

/** Properties whose texts are addresses, encodings or bookkeeping, not words. */
const passedOver = new Set([
  ...[
    'resourceType',
    'id',
    'meta',
    'system',
    'url',
    'reference',
    'fullUrl',
    'contentType',
    'data',
    'hash',
    'linkId',
    'definition',
  ],
  ...['valueUri', 'valueUrl', 'valueCanonical', 'valueBase64Binary', 'implicitRules', 'language'],
]);

/** The narrative without its markup, or with `narrativeOnly` false every text of the resource, narrative included; parts of it are apart. */
export function resourceText(resource: unknown, narrativeOnly: boolean): string {
  const found: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    length += text.length;
    if (length <= MAX_TEXT) found.push(text);
  };
  const { text: narrative, ...rest } = (resource ?? {}) as Readonly<Record<string, unknown>>;
  const div = (narrative as { readonly div?: unknown } | undefined)?.div;
  if (typeof div === 'string') add(withoutMarkup(div));
  if (!narrativeOnly) addTexts(rest, add);
  return found.join(' \n ');
}

function addTexts(value: unknown, add: (text: string) => void): void {
  if (typeof value === 'string') add(value);
  else if (Array.isArray(value)) for (const item of value) addTexts(item, add);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) {
      if (name === 'div' && typeof item === 'string') add(withoutMarkup(item));
      else if (!passedOver.has(name)) addTexts(item, add);
    }
}

/** XHTML as plain text; a tag parts words. Characters that XML names by sign (`&amp;`) are no part of words. */
function withoutMarkup(xhtml: string): string {
  return xhtml
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,10}));/g, (_written, decimal, hexadecimal, name) => {
      const point = name ? htmlEntities.get(name) : decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
      return point !== undefined && point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
    });
}
