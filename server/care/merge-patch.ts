/** JSON merge-patch: null takes a field away, objects are merged, all else is replaced. https://www.rfc-editor.org/rfc/rfc7396 */
import { isObject, type Json } from '../../mappings/json.ts';
import { NUMERALS, type Numbered } from '../../resources/numeral.ts';

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> & Numbered = { ...(isObject(target) ? target : {}) };
  const digits = { ...result[NUMERALS] };
  for (const [name, value] of Object.entries(patch)) {
    delete digits[name];
    if (value === null) delete result[name];
    else result[name] = mergePatch((isObject(target) ? target : ({} as Json))[name], value);
  }
  const merged = { ...digits, ...(patch as Numbered)[NUMERALS] };
  if (Object.keys(merged).length > 0) result[NUMERALS] = merged;
  return result;
}
