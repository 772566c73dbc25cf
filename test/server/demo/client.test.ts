import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isPrimitive, knownType, type TypeDefinition } from '../../../resources/definition.ts';
import type {
  AnyResource,
  CodeSystem,
  CodeSystemConcept,
  StructureDefinition,
  ValueSet,
} from '../../../resources/types.ts';
import { population } from '../../../server/demo/population.ts';
import { codedIn } from './resources.ts';

const examples = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url);
const load = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, examples), 'utf8')) as T;
const byUrl = <T extends { url?: string }>(type: string): Map<string, T> =>
  new Map(
    readdirSync(examples)
      .filter((file) => file.startsWith(`${type}-`) && file.endsWith('.json'))
      .map((file) => load<T>(file))
      .map((one) => [one.url ?? '', one]),
  );

/** What is wrong with `value` as a `definition`, a sentence for each fault, by the compiled definitions of R4. */
function faults(value: object, definition: TypeDefinition, path: string): string[] {
  const found: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'resourceType') continue;
    const property = definition.properties.get(name.replace(/^_/, ''));
    if (!property) {
      found.push(`${path}.${name} is no element of ${definition.name}`);
      continue;
    }
    const { element, type } = property;
    if (Array.isArray(inner) !== (element.many ?? false)) found.push(`${path}.${name} repeats or does not, against R4`);
    for (const one of [inner].flat()) {
      if (typeof one !== 'object') {
        const regex = isPrimitive(type) ? knownType(type).regex : 'nothing';
        if (one === '' || (regex && !new RegExp(`^(?:${regex})$`, 's').test(String(one))))
          found.push(`${path}.${name} is ${one}, no ${type}`);
      } else if (!name.startsWith('_')) {
        if (isPrimitive(type)) found.push(`${path}.${name} is no ${type}`);
        else found.push(...faults(one, knownType(type), `${path}.${name}`));
        if (type === 'Reference' && element.targets && one.reference) {
          const target = String(one.reference).split('/')[0] ?? '';
          if (!element.targets.includes(target) && !element.targets.includes('Resource'))
            found.push(`${path}.${name} refers to a ${target}`);
        }
      }
    }
  }
  for (const element of definition.elements) {
    const given = [...definition.properties].some(([name, property]) => property.element === element && name in value);
    if (element.min > 0 && !given) found.push(`${path}.${element.name} is missing`);
  }
  if (Object.keys(value).length === 0) found.push(`${path} is empty`);
  return found;
}

const resources = [...population({ clients: 60, seed: 11, until: '2026-11-02' })].flatMap(({ entry = [] }) =>
  entry.map(({ resource }) => resource as unknown as AnyResource),
);
const types = [...new Set(resources.map(({ resourceType }) => resourceType))].sort();

const codes = (concepts: readonly CodeSystemConcept[]): CodeSystemConcept[] =>
  concepts.flatMap((one) => [one, ...codes(one.concept ?? [])]);

describe('the resources of a client', () => {
  const codeSystems = byUrl<CodeSystem>('CodeSystem');
  const valueSets = byUrl<ValueSet>('ValueSet');

  for (const type of types)
    it(`${type} has the elements of R4, each where and as often as R4 has it`, () => {
      const found = resources
        .filter(({ resourceType }) => resourceType === type)
        .flatMap((resource) => faults(resource, knownType(type), type));
      assert.deepEqual([...new Set(found)].slice(0, 10), []);
    });

  it('uses codes that their code systems have, under the display that they give', () => {
    const wrong = new Set<string>();
    const checked = new Set<string>();
    for (const { system, code, display } of resources.flatMap(codedIn)) {
      const known = codeSystems.get(system);
      if (known?.content !== 'complete') continue;
      checked.add(system);
      const meant = codes(known.concept ?? []).find((one) => one.code === code);
      if (!meant) wrong.add(`${system}|${code} is unknown`);
      else if (display !== undefined && meant.display !== display)
        wrong.add(`${code} is ${meant.display}, not ${display}`);
    }
    assert.deepEqual([...wrong], []);
    assert.ok(checked.size > 15, [...checked].join(' '));
  });

  /** The codes of a value set that names whole code systems or lists codes; undefined when it does more. */
  function expansion(url: string): Set<string> | undefined {
    const include = valueSets.get(url.split('|')[0] ?? '')?.compose?.include ?? [];
    if (include.length === 0 || include.some(({ filter, valueSet }) => filter || valueSet)) return undefined;
    return new Set(
      include.flatMap(({ system, concept }) =>
        (concept ?? codes(codeSystems.get(system ?? '')?.concept ?? [])).map(({ code }) => code),
      ),
    );
  }

  /** The values at `path` below `value`, where choice types are left out. */
  const at = (value: unknown, [name, ...rest]: readonly string[]): unknown[] =>
    name === undefined
      ? [value].flat()
      : [value].flat().flatMap((one) => {
          const inner = (one as Record<string, unknown> | null)?.[name];
          return inner === undefined ? [] : at(inner, rest);
        });

  for (const type of types)
    it(`${type} keeps to the required value sets`, () => {
      assert.ok(existsSync(new URL(`StructureDefinition-${type}.json`, examples)));
      const { snapshot } = load<StructureDefinition>(`StructureDefinition-${type}.json`);
      for (const { path, binding } of snapshot?.element ?? []) {
        const allowed = binding?.strength === 'required' && binding.valueSet ? expansion(binding.valueSet) : undefined;
        if (!allowed) continue;
        for (const resource of resources.filter(({ resourceType }) => resourceType === type))
          for (const value of at(resource, path.split('.').slice(1))) {
            const given = typeof value === 'string' ? [value] : codedIn(value).map(({ code }) => code);
            assert.ok(
              given.some((code) => allowed.has(code)),
              `${resource.id} ${path}: ${given.join(' ')}`,
            );
          }
      }
    });

  it('escapes what its narratives quote', () => {
    const divs = resources.flatMap(({ text }) => (text ? [(text as { div: string }).div] : []));
    assert.ok(divs.some((div) => div.includes('&amp;')));
    for (const div of divs)
      assert.match(
        div,
        /^<div xmlns="http:\/\/www\.w3\.org\/1999\/xhtml">(<\/?[pb]>|[^<>&]|&(amp|lt|gt|quot);)*<\/div>$/,
      );
  });
});
