/** What follows from the mappings beside the conversion: ConceptMaps, StructureMaps, pages. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { conceptMap } from '../../mappings/concept-map.ts';
import { mappings } from '../../mappings/index.ts';
import { page } from '../../mappings/page.ts';
import { structureMap } from '../../mappings/structure-map.ts';
import { tablesOf } from '../../mappings/walk.ts';
import type { AnyResource } from '../../resources/types.ts';
import { validation } from '../../server/validation.ts';

const { validate } = validation({ validation: 'reject' });
const errorsOf = (resource: object): readonly string[] =>
  validate(resource as AnyResource).flatMap(({ severity, diagnostics }) => (severity === 'error' ? [diagnostics] : []));

describe('documents of the mappings', () => {
  for (const [name, table] of tablesOf(mappings))
    it(`the words of ${name} are a valid ConceptMap with every code`, () => {
      const map = conceptMap(table);
      assert.deepEqual(errorsOf(map), []);
      const codes =
        map.group?.flatMap(({ element }) => element.flatMap(({ target = [] }) => target.map(({ code }) => code))) ?? [];
      assert.deepEqual(codes.sort(), table.rows.map(([, code]) => code).sort());
    });

  for (const mapping of mappings) {
    it(`the mapping of ${mapping.name} is a valid StructureMap`, () => {
      assert.deepEqual(errorsOf(structureMap(mapping)), []);
    });

    it(`the page of ${mapping.name} is the one in docs/mappings`, () => {
      const file = new URL(`../../docs/mappings/${mapping.plural}.md`, import.meta.url);
      if (process.env.GOLDEN) {
        mkdirSync(new URL('.', file), { recursive: true });
        writeFileSync(file, page(mapping));
      }
      assert.equal(readFileSync(file, 'utf8'), page(mapping));
    });
  }
});
