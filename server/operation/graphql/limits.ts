/** How much one GraphQL request may ask. What goes beyond is refused with the number that was exceeded; nothing is cut. */

/** Characters of a document. */
export const MAX_DOCUMENT = 100_000;
/** Tokens of a document: names, punctuators, values. */
export const MAX_TOKENS = 10_000;
/** Fields inside each other, fragments put in place. */
export const MAX_DEPTH = 30;
/** Fields of a document, fragments put in place. */
export const MAX_FIELDS = 2_000;
/** Mistakes that one answer reports. */
export const MAX_ERRORS = 20;
/** Searches of one request: a search inside another runs once for each resource. */
export const MAX_SEARCHES = 2_000;
/** Resources that one request reads, by search and by reference. */
export const MAX_RESOURCES = 20_000;
/** Values of one answer. */
export const MAX_VALUES = 1_000_000;
/** Characters of a FHIRPath argument. */
export const MAX_PATH = 500;
