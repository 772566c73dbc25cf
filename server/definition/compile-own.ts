/** Build step: our definitions become `dist/definitions/own-definitions.json`, with what starts ask of them in a file beside it. After profiles/compile-definitions.ts. */
import { writeFileSync } from 'node:fs';
import { madeOwnDefinitions } from './make-own.ts';

const artifact = new URL('../../dist/definitions/', import.meta.url);
const { all, ...head } = madeOwnDefinitions();

writeFileSync(new URL('own-definitions.json', artifact), JSON.stringify(all()));
writeFileSync(new URL('own-definitions-head.json', artifact), JSON.stringify(head));
