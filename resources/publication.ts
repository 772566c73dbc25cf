/** What every definition of ours says of itself: those that are files (profiles/throughline) and those that are written from declarations. */

/** The canonical base of our definitions. */
export const BASE = 'https://throughline.dev/fhir';

export const VERSION = '1.0.0';

/** The day on which what they say last changed. */
export const DATE = '2026-11-21';

export const PUBLISHER = 'Throughline';
