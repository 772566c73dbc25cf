/** The official examples of R4: the resources among the files of hl7.fhir.r4.examples. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isResourceType } from '../../resources/definition.ts';

const folder = dirname(fileURLToPath(import.meta.resolve('hl7.fhir.r4.examples/package.json')));

export interface Example {
  /** Name of the file. */
  readonly file: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly text: string;
}

/** The example in `file`; undefined when it is no resource. */
export function exampleIn(file: string): Example | undefined {
  const text = readFileSync(join(folder, file), 'utf8');
  const { resourceType, id } = JSON.parse(text) as { resourceType?: unknown; id?: string };
  return isResourceType(resourceType) ? { file, type: resourceType, id, text } : undefined;
}

/** Files of the package that can hold a resource, in the order of their names. */
export const exampleFiles = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'package.json' && file !== '.index.json')
    .sort();

/** `count` files of each type, by the type that their names begin with. */
export function sampleFiles(count: number): readonly string[] {
  const taken = new Map<string, number>();
  return exampleFiles().filter((file) => {
    const type = file.slice(0, file.indexOf('-'));
    const before = taken.get(type) ?? 0;
    taken.set(type, before + 1);
    return before < count;
  });
}
