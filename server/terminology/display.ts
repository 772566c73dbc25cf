/** The name of a concept in a language. https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.designation */
import type { Concept } from './concepts.ts';

/** The designation in `language` (`de` is also `de-CH`), otherwise the display. */
export function displayIn({ display, designations }: Concept, language: string | undefined): string | undefined {
  if (language === undefined) return display;
  const wanted = language.toLowerCase();
  const exact = designations.find((each) => each.language?.toLowerCase() === wanted);
  const near = designations.find((each) => each.language?.toLowerCase().split('-')[0] === wanted.split('-')[0]);
  return (exact ?? near)?.value ?? display;
}

/** Whether `text` is one of the names of the concept, apart from case and spacing. */
export function isNameOf(text: string, { display, designations }: Concept): boolean {
  const folded = fold(text);
  return [display, ...designations.map(({ value }) => value)].some(
    (each) => each !== undefined && fold(each) === folded,
  );
}

const fold = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');
