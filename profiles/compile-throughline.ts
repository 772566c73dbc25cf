/**
 * Build step: our own definitions (profiles/throughline, one JSON file each) become `dist/definitions/throughline.json`, which the server
 * loads with R4's. Written anew when a file is newer. Run by compile-definitions.ts.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AnyResource } from '../resources/types.ts';

const source = new URL('./throughline/', import.meta.url);
const artifact = new URL('../dist/definitions/throughline.json', import.meta.url);

/** Where the definitions of each type are. */
const FOLDERS: Readonly<Record<string, string>> = {
  StructureDefinition: 'StructureDefinition',
  ValueSet: 'ValueSet',
  CodeSystem: 'CodeSystem',
  Questionnaire: 'Questionnaire',
  PlanDefinition: 'PlanDefinition',
  ActivityDefinition: 'ActivityDefinition',
  SearchParameter: 'search-parameters',
};

const folderOf = (type: string): URL => new URL(`${FOLDERS[type]}/`, source);
const types = Object.keys(FOLDERS).filter((type) => existsSync(folderOf(type)));

interface Source {
  readonly type: string;
  readonly name: string;
  readonly file: URL;
}

const sources = (): Source[] =>
  types.flatMap((type) =>
    readdirSync(folderOf(type))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => ({ type, name, file: new URL(name, folderOf(type)) })),
  );

/** The folders count too: a file that is gone leaves its folder newer. */
function isUpToDate(): boolean {
  try {
    const built = statSync(artifact).mtimeMs;
    const files = sources().map(({ file }) => file);
    return [...files, ...types.map(folderOf), source, new URL(import.meta.url)].every(
      (file) => statSync(file).mtimeMs < built,
    );
  } catch {
    return false;
  }
}

/** @throws Error when a file does not say what its place says: type by folder, id by name */
export function compileThroughline(): void {
  if (isUpToDate()) return;
  const resources = sources().map(({ type, name, file }) => {
    const resource = JSON.parse(readFileSync(file, 'utf8')) as AnyResource;
    if (resource.resourceType !== type || name !== `${resource.id}.json`)
      throw new Error(`${file.pathname} holds ${resource.resourceType}/${resource.id}`);
    return resource;
  });
  mkdirSync(new URL('./', artifact), { recursive: true });
  writeFileSync(artifact, JSON.stringify(resources));
}
