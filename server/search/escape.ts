/** Lists in parameter values: `\,` `\|` `\$` and `\\` stand for the character itself. https://hl7.org/fhir/R4/search.html#escaping */

/** The parts of `text` between separators that no backslash precedes; escapes stay in place. */
export function splitUnescaped(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** `text` with a backslash before each character that would separate values: the inverse of what the search types undo. */
export const escapeValue = (text: string): string => text.replaceAll(/[\\,|$]/g, (character) => `\\${character}`);
