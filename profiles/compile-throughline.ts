/**
 * Build step: our own definitions (profiles/throughline, one JSON file each) become `dist/definitions/throughline.json`, which the server
 * loads with R4's. Written anew when a file is newer. Run by compile-definitions.ts.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AnyResource } from '../resources/types.ts';

const source = new URL('./throughline/', import.meta.url);
const artifact = new URL('../dist/definitions/throughline.json', import.meta.url);
const FOLDERS = ['StructureDefinition', 'ValueSet', 'CodeSystem', 'Questionnaire'];

const files = (): URL[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, source))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => new URL(`${folder}/${name}`, source)),
  );

/** The folders count too: a file that is gone leaves its folder newer. */
function isUpToDate(): boolean {
  try {
    const built = statSync(artifact).mtimeMs;
    const folders = FOLDERS.map((folder) => new URL(`${folder}/`, source));
    return [...files(), ...folders, new URL(import.meta.url)].every((file) => statSync(file).mtimeMs < built);
  } catch {
    return false;
  }
}

/** @throws Error when a file does not say what its place says: type by folder, id by name */
export function compileThroughline(): void {
  if (isUpToDate()) return;
  const resources = files().map((file) => {
    const resource = JSON.parse(readFileSync(file, 'utf8')) as AnyResource;
    if (!file.pathname.endsWith(`/${resource.resourceType}/${resource.id}.json`))
      throw new Error(`${file.pathname} holds ${resource.resourceType}/${resource.id}`);
    return resource;
  });
  mkdirSync(new URL('./', artifact), { recursive: true });
  writeFileSync(artifact, JSON.stringify(resources));
}
