/** A generated narrative: a title and lines of text as XHTML. https://hl7.org/fhir/R4/narrative.html */
import type { Narrative } from '../../resources/types.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

/** `title` in bold and each line in a paragraph of its own; the text is escaped here. */
export function narrative(title: string, lines: readonly string[]): Narrative {
  const paragraphs = lines.map((line) => `<p>${escaped(line)}</p>`).join('');
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml"><p><b>${escaped(title)}</b></p>${paragraphs}</div>`,
  };
}
