/** A table as a ConceptMap, from our words to the codes of FHIR. https://hl7.org/fhir/R4/conceptmap.html */

import { BASE, DATE, PUBLISHER, VERSION } from '../resources/publication.ts';
import type { ConceptMap } from '../resources/types.ts';
import type { Table } from './table.ts';

export function conceptMap({ name, system, rows, lossy }: Table): ConceptMap {
  const words = [...new Set(rows.map(([word]) => word))];
  return {
    resourceType: 'ConceptMap',
    id: `model-${name}`,
    url: `${BASE}/ConceptMap/model-${name}`,
    version: VERSION,
    name: `Model${pascal(name)}`,
    title: `Words for ${name}`,
    status: 'active',
    experimental: false,
    date: DATE,
    publisher: PUBLISHER,
    description: lossy ?? 'One to one: a word of the model for each code.',
    sourceUri: `${BASE}/model/words/${name}`,
    targetUri: system,
    group: [
      {
        source: `${BASE}/model/words/${name}`,
        target: system,
        element: words.map((word) => {
          const targets = rows.filter((row) => row[0] === word);
          return {
            code: word,
            target: targets.map(([, code, display]) => ({
              code,
              ...(display === undefined ? {} : { display }),
              equivalence: targets.length === 1 ? ('equivalent' as const) : ('narrower' as const),
              ...(targets.length === 1 || lossy === undefined ? {} : { comment: lossy }),
            })),
          };
        }),
      },
    ],
  };
}

export const pascal = (name: string): string =>
  name.replaceAll(/(^|-)([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase());
