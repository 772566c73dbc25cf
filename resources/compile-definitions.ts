/**
 * Build step: the R4 definitions of the npm package `hl7.fhir.r4.examples` become the compact artifact in `dist/definitions`
 * that start-up loads. What is kept is what the server asks: the elements of each type in their order, the search parameters, the
 * compartments. See DECISIONS 2.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
  CompartmentDefinition,
  ElementDefinition,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from 'fhir/r4.js';
import type { CompartmentTable, ElementTable, TypeTable } from './definition.ts';
import { searchParameterTable } from './search-parameter.ts';

const source = new URL('./', import.meta.resolve('hl7.fhir.r4.examples/package.json'));
const artifact = new URL('../dist/definitions/', import.meta.url);

const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
/** The type of `xhtml.id`, which names no FHIR type beside it. */
const SYSTEM_STRING = 'http://hl7.org/fhirpath/System.String';
const REGEX = 'http://hl7.org/fhir/StructureDefinition/regex';

/** All definitions of one resource type in the package, by file name. */
function definitions<T>(type: string): T[] {
  return readdirSync(source)
    .filter((name) => name.startsWith(`${type}-`))
    .map((name) => JSON.parse(readFileSync(new URL(name, source), 'utf8')) as T);
}

/** The types of an element, with the FHIRPath system types of `id`, `url` and `value` replaced by the FHIR type they stand for. */
function typesOf(element: ElementDefinition, hasChildren: boolean): string[] {
  if (element.contentReference) return [element.contentReference.slice(1)];
  if (hasChildren) return [element.path];
  if (/^[A-Za-z]+\.id$/.test(element.path) && element.base?.path === 'Resource.id') return ['id'];
  return (element.type ?? []).map(
    ({ code, extension }) =>
      extension?.find(({ url }) => url === FHIR_TYPE)?.valueUrl ?? (code === SYSTEM_STRING ? 'string' : code),
  );
}

/** The resource types that a reference may point to; empty when any may stand there. */
function targetsOf(element: ElementDefinition): string[] {
  const targets = (element.type ?? []).flatMap(({ code, targetProfile }) =>
    code === 'Reference' || code === 'canonical' ? (targetProfile ?? []) : [],
  );
  const names = targets.map((url) => url.slice(url.lastIndexOf('/') + 1));
  return names.includes('Resource') ? [] : [...new Set(names)];
}

/** The one code system of each value set that draws on one only, by canonical URL. */
const singleSystems = new Map(
  definitions<ValueSet>('ValueSet').flatMap(({ url, compose }) => {
    const systems = new Set((compose?.include ?? []).map(({ system }) => system));
    const [only] = systems;
    return url && only && systems.size === 1 ? [[url, only] as const] : [];
  }),
);

/** The system that gives a `code` its meaning: that of its required binding. */
function systemOf({ type = [], binding }: ElementDefinition): string | undefined {
  if (binding?.strength !== 'required' || !type.some(({ code }) => code === 'code')) return undefined;
  return singleSystems.get(binding.valueSet?.split('|')[0] ?? '');
}

function elementTable(element: ElementDefinition, hasChildren: boolean): ElementTable {
  const last = element.path.slice(element.path.lastIndexOf('.') + 1);
  const choice = last.endsWith('[x]');
  const targets = targetsOf(element);
  const system = systemOf(element);
  return {
    name: choice ? last.slice(0, -3) : last,
    types: typesOf(element, hasChildren),
    min: element.min ?? 0,
    ...(element.max === '*' ? { many: true } : {}),
    ...(choice ? { choice } : {}),
    ...(element.isSummary ? { summary: true } : {}),
    ...(element.representation?.includes('xmlAttr') ? { attribute: true } : {}),
    ...(targets.length > 0 ? { targets } : {}),
    ...(system ? { system } : {}),
  };
}

/** `Patient.contact` of `Patient.contact.name`; empty for the root. */
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** The type tables of one StructureDefinition: its own, and one for each backbone element inside it, named by its path. */
function typeTables(definition: StructureDefinition): TypeTable[] {
  const elements = definition.snapshot?.element ?? [];
  const parents = new Set(elements.map(({ path }) => parentOf(path)));
  const base = definition.baseDefinition?.slice(definition.baseDefinition.lastIndexOf('/') + 1);
  return [...parents]
    .filter((parent) => parent !== '')
    .map((parent) => {
      const children = elements.filter(({ path }) => parentOf(path) === parent);
      const isRoot = parent === definition.type;
      const kind = isRoot ? definition.kind.replace('-type', '') : 'backbone';
      const regex = elements
        .find(({ path }) => path === `${parent}.value`)
        ?.type?.[0]?.extension?.find(({ url }) => url === REGEX)?.valueString;
      return {
        name: parent,
        kind: kind as TypeTable['kind'],
        ...(isRoot && base ? { base } : {}),
        ...(isRoot && definition.abstract ? { abstract: true } : {}),
        ...(kind === 'primitive' && regex ? { regex } : {}),
        elements: children.map((child) => elementTable(child, parents.has(child.path))),
      };
    });
}

function compartmentTable(definition: CompartmentDefinition): CompartmentTable {
  const members = (definition.resource ?? []).filter(({ param }) => param && param.length > 0);
  return {
    code: definition.code,
    url: definition.url,
    parameters: Object.fromEntries(members.map(({ code, param }) => [code, param ?? []])),
  };
}

function write(name: string, value: unknown): void {
  writeFileSync(new URL(name, artifact), JSON.stringify(value));
}

/** True when the artifact is newer than this file and the installed package, so that a second build does nothing. */
function isUpToDate(): boolean {
  try {
    const built = statSync(new URL('compartments.json', artifact)).mtimeMs;
    return [new URL('package.json', source), new URL(import.meta.url)].every((file) => statSync(file).mtimeMs < built);
  } catch {
    return false;
  }
}

function compile(): void {
  mkdirSync(artifact, { recursive: true });
  const structures = definitions<StructureDefinition>('StructureDefinition').filter(
    ({ kind, derivation }) => kind !== 'logical' && derivation !== 'constraint',
  );
  write('types.json', structures.flatMap(typeTables));
  // The package also holds example SearchParameters: those of the specification have an HL7 URL and a base.
  const parameters = definitions<SearchParameter>('SearchParameter').filter(
    ({ url, base, status }) => url?.startsWith('http://hl7.org/fhir/SearchParameter/') && base && status !== undefined,
  );
  write('search-parameters.json', parameters.map(searchParameterTable));
  // `example` is in the package beside the five compartments of R4.
  const compartments = definitions<CompartmentDefinition>('CompartmentDefinition').filter(({ id }) => id !== 'example');
  write('compartments.json', compartments.map(compartmentTable));
}

if (!isUpToDate()) {
  compile();
  console.log(`definitions compiled to ${fileURLToPath(artifact)}`);
}
