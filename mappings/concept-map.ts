/** A table as a ConceptMap, from our words to the codes of FHIR. https://hl7.org/fhir/R4/conceptmap.html */

import { BASE, DATE, PUBLISHER, VERSION } from '../resources/publication.ts';
import type { ConceptMap, ConceptMapGroupElement } from '../resources/types.ts';
import type { Row, Table } from './table.ts';

export function conceptMap({ name, system, rows, lossy }: Table): ConceptMap {
  const source = `${BASE}/model/words/${name}`;
  const systemOf = ([, , , other]: Row): string => other ?? system;
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
    sourceUri: source,
    targetUri: system,
    group: [...new Set(rows.map(systemOf))].map((target) => ({
      source,
      target,
      element: elementsOf(
        rows.filter((row) => systemOf(row) === target),
        lossy,
      ),
    })),
  };
}

function elementsOf(rows: readonly Row[], lossy: string | undefined): ConceptMapGroupElement[] {
  const words = [...new Set(rows.map(([word]) => word))];
  return words.map((word) => {
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
  });
}

export const pascal = (name: string): string =>
  name.replaceAll(/(^|-)([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase());
