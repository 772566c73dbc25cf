/** Regular expressions of constraints, compiled once. FHIRPath asks for single-line mode, and not for the flag `u`, which refuses some that R4 itself contains. */

const compiled = new Map<string, RegExp>();
// Definitions come and go; their patterns are few.
const MOST = 2000;

/** @throws SyntaxError when the pattern is none */
export function regularExpression(pattern: string): RegExp {
  let found = compiled.get(pattern);
  if (!found) {
    if (compiled.size >= MOST) compiled.clear();
    found = new RegExp(pattern, 's');
    compiled.set(pattern, found);
  }
  return found;
}
