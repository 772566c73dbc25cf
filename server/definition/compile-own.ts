/** Build step: our definitions become `dist/definitions/own-definitions.json`, with their hash beside them. After profiles/compile-definitions.ts. */
import { writeFileSync } from 'node:fs';
import { madeOwnDefinitions } from './make-own.ts';

const artifact = new URL('../../dist/definitions/', import.meta.url);
const { hash, all } = madeOwnDefinitions();

writeFileSync(new URL('own-definitions.json', artifact), JSON.stringify(all()));
writeFileSync(new URL('own-definitions-hash.json', artifact), JSON.stringify(hash));
