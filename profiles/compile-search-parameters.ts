/**
 * Build step: our own SearchParameters (profiles/throughline/search-parameters) become one file in `dist/definitions` that start-up loads beside
 * those of R4. See resources/compile-definitions.ts.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { searchParameterTable } from '../resources/search-parameter.ts';
import type { SearchParameter } from '../resources/types.ts';

const source = new URL('throughline/search-parameters/', import.meta.url);
const artifact = new URL('../dist/definitions/', import.meta.url);

const tables = readdirSync(source)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => searchParameterTable(JSON.parse(readFileSync(new URL(name, source), 'utf8')) as SearchParameter));

mkdirSync(artifact, { recursive: true });
writeFileSync(new URL('own-search-parameters.json', artifact), JSON.stringify(tables));
