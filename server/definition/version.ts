/** Business versions of definitions: which is newer, which is meant. https://hl7.org/fhir/R4/references.html#canonical */

const partsOf = (text: string): readonly string[] => text.split(/[.\-_+]/);
const isNumeric = (part: string): boolean => /^\d{1,15}$/.test(part);

/** Negative when `a` is older. Numbers are compared as numbers; `7.0.0-ballot` is older than `7.0.0`; none is oldest. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (x === y) continue;
    // The longer one goes on with a number (7.0.1 after 7.0) or with a label (7.0.0-ballot before 7.0.0).
    if (x === undefined) return y !== undefined && isNumeric(y) ? -1 : 1;
    if (y === undefined) return isNumeric(x) ? 1 : -1;
    if (isNumeric(x) && isNumeric(y)) {
      if (Number(x) !== Number(y)) return Number(x) - Number(y);
    } else return isNumeric(x) ? 1 : isNumeric(y) ? -1 : x < y ? -1 : 1;
  }
  return 0;
}

/** Whether `version` is the one that is asked for: the same, or one of the line that `wanted` begins (`6.1` means 6.1.0). */
export const isVersionWithin = (version: string | undefined, wanted: string): boolean =>
  version === wanted || (version?.startsWith(`${wanted}.`) ?? false);
