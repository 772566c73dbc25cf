/** `\,` `\|` `\$` and `\\` in a parameter value are the characters themselves. https://hl7.org/fhir/R4/search.html#escaping */
export const unescapeValue = (text: string): string => text.replaceAll(/\\([\\,|$])/g, '$1');
