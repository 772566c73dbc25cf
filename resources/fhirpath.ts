/**
 * FHIRPath: an expression compiled for the type it is evaluated on, to a closure where it is a plain path and to fhirpath.js
 * otherwise. Both give values with their FHIR types. https://hl7.org/fhir/R4/fhirpath.html
 */
import { createRequire } from 'node:module';
import { typeDefinition } from './definition.ts';
import { compileNative } from './fhirpath-native.ts';
import { parsePath } from './fhirpath-syntax.ts';
import { invalid } from './outcome.ts';
import type { AnyResource } from './types.ts';

/** A value that an expression selects, with its FHIR type (`CodeableConcept`, `dateTime`, `Patient.contact`). */
export interface TypedValue {
  readonly value: unknown;
  readonly type: string;
}

export interface Compiled {
  /** `closure` for plain paths, `library` for what fhirpath.js has to do. */
  readonly by: 'closure' | 'library';
  /** The types that a result can have; empty when the expression can select nothing; undefined when they are not known beforehand. */
  readonly types: readonly string[] | undefined;
  /**
   * What the expression selects in `value`, which is of the type that the expression was compiled for and stands in `resource`.
   * A closure keeps the duplicates of a union. @throws an Error of fhirpath.js, from an expression of the library only
   */
  readonly evaluate: (value: unknown, resource: AnyResource) => readonly TypedValue[];
}

/**
 * Compiles `expression` for values of `type`: a resource type, a data type, or a backbone by its path (`Observation.component`), which
 * stand in resources of type `root`.
 * @throws FhirError invalid, when it is no FHIRPath
 */
export function compile(expression: string, type: string, root = type): Compiled {
  const path = parsePath(expression);
  const native = path && compileNative(path, type, root);
  if (!native) return compileByLibrary(expression, type);
  const { types, evaluate } = native;
  return {
    by: 'closure',
    types: types && [...types],
    evaluate: (value, resource) => evaluate(value, type, resource),
  };
}

type Library = typeof import('fhirpath');
const require = createRequire(import.meta.url);

/** fhirpath.js and its R4 model take a tenth of a second to load: when the first expression needs them. */
export function fhirpathLibrary(): { readonly library: Library; readonly model: import('fhirpath').Model } {
  return {
    library: require('fhirpath') as Library,
    model: require('fhirpath/fhir-context/r4') as import('fhirpath').Model,
  };
}

/** A node of a fhirpath.js result. */
interface LibraryNode {
  readonly data?: unknown;
  readonly path?: string | null;
}

export function compileByLibrary(expression: string, type: string): Compiled {
  const { library, model } = fhirpathLibrary();
  const options = { resolveInternalTypes: false, traceFn: () => undefined } as const;
  const base = typeDefinition(type)?.kind === 'resource' ? expression : { base: type, expression };
  let run: (value: unknown, variables: Record<string, unknown>) => unknown;
  try {
    run = library.compile(base, model, options) as typeof run;
  } catch (cause) {
    throw invalid(`'${expression}' is no FHIRPath expression: ${(cause as Error).message}`, { cause });
  }
  return {
    by: 'library',
    types: undefined,
    evaluate: (value, resource) => typedValues(run(value, { resource }) as unknown[]),
  };
}

/** What fhirpath.js gives (nodes and values of its own) as values with their types. */
export function typedValues(found: readonly unknown[]): readonly TypedValue[] {
  const types = fhirpathLibrary().library.types([...found] as never);
  return found.map((item, index) => typedValue(item, types[index] ?? ''));
}

/** `FHIR.Quantity` without its namespace; a backbone by its path; plain values of FHIRPath by the FHIR type of the same name. */
function typedValue(item: unknown, name: string): TypedValue {
  const [namespace, type = ''] = name.split('.');
  const node = item as LibraryNode;
  const isNode = typeof item === 'object' && item !== null && 'data' in item;
  const value = plain(isNode ? node.data : item);
  if (namespace === 'System')
    return { value, type: type === 'Quantity' ? type : type.charAt(0).toLowerCase() + type.slice(1) };
  return { value, type: type === 'BackboneElement' || type === 'Element' ? (node.path ?? type) : type };
}

/** fhirpath.js holds decimals, dates and quantities as objects of its own. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const held = value as HeldValue;
  if (held.decimalPlaces !== undefined && held.toNumber) return held.toNumber();
  if (typeof held.value === 'object' && held.value?.decimalPlaces !== undefined)
    return quantity(plain(held.value), held.unit ?? '');
  return typeof held.asStr === 'string' ? held.asStr : value;
}

interface HeldValue {
  readonly decimalPlaces?: number;
  readonly toNumber?: () => number;
  readonly asStr?: string;
  readonly value?: HeldValue | null;
  readonly unit?: string;
}

/** `'mg'` is of UCUM, `days` of the calendar. */
function quantity(value: unknown, unit: string): object {
  const [, code] = /^'(.*)'$/s.exec(unit) ?? [];
  return code === undefined ? { value, unit } : { value, unit: code, system: 'http://unitsofmeasure.org', code };
}
