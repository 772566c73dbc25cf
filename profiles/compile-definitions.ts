/**
 * Build step: what the validator needs of the R4 package becomes two files in `dist/definitions`: `type-rules.json` (bindings,
 * constraints and data type profiles of the base types) and `definitions.pack` with its index (profiles, extensions, value sets and
 * code systems, stripped, each read when it is first asked for). See resources/compile-definitions.ts for the types themselves.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CodeSystem, ElementDefinition, StructureDefinition, ValueSet } from '../resources/types.ts';
import { compileThroughline } from './compile-throughline.ts';
import { stripCodeSystem, stripStructureDefinition, stripValueSet } from './strip.ts';
import type { ConstraintRule, ElementRule, TypeRules } from './type-rules.ts';

const source = new URL('./', import.meta.resolve('hl7.fhir.r4.examples/package.json'));
const artifact = new URL('../dist/definitions/', import.meta.url);

// Every element carries these two; the walk applies them to every node (structure.ts and extension.ts).
const EVERYWHERE = new Set(['ele-1', 'ext-1']);
const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
const BEST_PRACTICE = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

function definitions<T>(type: string): T[] {
  return readdirSync(source)
    .filter((name) => name.startsWith(`${type}-`))
    .map((name) => JSON.parse(readFileSync(new URL(name, source), 'utf8')) as T);
}

function constraintsOf(element: ElementDefinition): ConstraintRule[] {
  return (element.constraint ?? [])
    .filter(({ key, expression }) => expression && !EVERYWHERE.has(key))
    .map(({ key, severity, human, expression, extension }) => {
      const advice = extension?.some(({ url, valueBoolean }) => url === BEST_PRACTICE && valueBoolean);
      return { key, severity: advice ? 'warning' : severity, human, expression: expression ?? '' };
    });
}

function bindingOf(element: ElementDefinition): ElementRule['binding'] {
  const { strength, valueSet, extension } = element.binding ?? {};
  const maximum = extension?.find(({ url }) => url === MAX_VALUE_SET)?.valueCanonical;
  const checked = strength === 'required' || strength === 'extensible';
  if (!valueSet || !strength || !(checked || maximum)) return undefined;
  return { strength, valueSet, ...(maximum ? { maximum } : {}) };
}

function elementRule(element: ElementDefinition, isRoot: boolean): ElementRule {
  const binding = bindingOf(element);
  const constraints = isRoot ? [] : constraintsOf(element);
  const profile = element.type?.flatMap((type) => type.profile ?? [])[0];
  return {
    ...(binding ? { binding } : {}),
    ...(constraints.length > 0 ? { constraints } : {}),
    ...(profile ? { profile } : {}),
  };
}

/** The rules of a type and of the backbone elements inside it, each under its path. */
function typeRules(definition: StructureDefinition): [string, TypeRules][] {
  const elements = definition.snapshot?.element ?? [];
  const parents = new Set(elements.filter(({ path }) => path.includes('.')).map(({ path }) => parentOf(path)));
  return [...parents].map((parent) => {
    const children = elements.filter(({ path }) => path.includes('.') && parentOf(path) === parent);
    const self = elements.find(({ path }) => path === parent);
    const rules = children
      .map((child) => [nameOf(child.path), elementRule(child, false)] as const)
      .filter(([, rule]) => Object.keys(rule).length > 0);
    // The constraints of a backbone element stand in its element: the parent holds them for the child.
    const constraints = self && !parent.includes('.') ? constraintsOf(self) : [];
    return [parent, { constraints, elements: Object.fromEntries(rules) }];
  });
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1).replace('[x]', '');

/** Texts joined into one file, and where each begins: `{ "StructureDefinition|http://...": [offset, length] }`, in bytes. */
function pack(entries: readonly (readonly [string, unknown])[]): {
  index: Record<string, [number, number]>;
  body: Buffer;
} {
  const index: Record<string, [number, number]> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [key, value] of entries) {
    const part = Buffer.from(JSON.stringify(value));
    index[key] = [offset, part.length];
    parts.push(part);
    offset += part.length;
  }
  return { index, body: Buffer.concat(parts) };
}

function isUpToDate(): boolean {
  try {
    const built = statSync(new URL('definitions.pack', artifact)).mtimeMs;
    const inputs = [new URL('package.json', source), new URL(import.meta.url), new URL('strip.ts', import.meta.url)];
    return inputs.every((file) => statSync(file).mtimeMs < built);
  } catch {
    return false;
  }
}

function compile(): void {
  mkdirSync(artifact, { recursive: true });
  const structures = definitions<StructureDefinition>('StructureDefinition').filter(({ kind }) => kind !== 'logical');
  const base = structures.filter(({ derivation }) => derivation !== 'constraint');
  writeFileSync(new URL('type-rules.json', artifact), JSON.stringify(Object.fromEntries(base.flatMap(typeRules))));
  const { index, body } = pack([
    ...structures.map((value) => [`StructureDefinition|${value.url}`, stripStructureDefinition(value)] as const),
    ...definitions<ValueSet>('ValueSet').map((value) => [`ValueSet|${value.url}`, stripValueSet(value)] as const),
    ...definitions<CodeSystem>('CodeSystem').map(
      (value) => [`CodeSystem|${value.url}`, stripCodeSystem(value)] as const,
    ),
  ]);
  writeFileSync(new URL('definitions-index.json', artifact), JSON.stringify(index));
  writeFileSync(new URL('definitions.pack', artifact), body);
}

if (!isUpToDate()) {
  compile();
  console.log(`validation rules compiled to ${fileURLToPath(artifact)}`);
}
compileThroughline();
