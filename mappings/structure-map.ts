/**
 * A mapping as a StructureMap, from the model to FHIR: documentation in HL7's own form. It is not what runs here. What it cannot say (conditions that
 * are no fixed values, values inside a choice) is left to the page of the mapping. https://hl7.org/fhir/R4/structuremap.html
 */

import { BASE, DATE, PUBLISHER, VERSION } from '../resources/publication.ts';
import type { StructureMap, StructureMapGroupRule, StructureMapGroupRuleTarget } from '../resources/types.ts';
import type { Codec, FieldRule } from './codec.ts';
import type { Step } from './element.ts';
import { isObject } from './json.ts';
import type { Mapping } from './mapping.ts';
import type { Rule } from './rule.ts';
import { tableOf } from './walk.ts';

export function structureMap(mapping: Mapping): StructureMap {
  const { name, plural, type, title, doc } = mapping;
  return {
    resourceType: 'StructureMap',
    id: `model-${plural}`,
    url: `${BASE}/StructureMap/model-${plural}`,
    version: VERSION,
    name: `Model${name}`,
    title: `${title} to ${type}`,
    status: 'active',
    experimental: false,
    date: DATE,
    publisher: PUBLISHER,
    description: doc,
    structure: [
      { url: `${BASE}/model/${name}`, mode: 'source', alias: name },
      { url: `http://hl7.org/fhir/StructureDefinition/${type}`, mode: 'target', alias: type },
    ],
    group: [
      {
        name: `${name}To${type}`,
        typeMode: 'none',
        documentation: doc,
        input: [
          { name: 'model', type: name, mode: 'source' },
          { name: 'resource', type, mode: 'target' },
        ],
        rule: [...constantRules(mapping), ...rulesFor(mapping.codec, 'model', 'resource', '')],
      },
    ],
  };
}

const constantRules = ({ constants }: Mapping): StructureMapGroupRule[] =>
  constants
    .filter(({ value }) => typeof value === 'string')
    .flatMap(({ element, value }) => {
      const [step] = element.steps;
      if (!step || step.name === 'resourceType') return [];
      return [
        {
          name: `constant-${step.name}`,
          source: [{ context: 'model' }],
          target: [copied('resource', step.name, { valueString: String(value) })],
        },
      ];
    });

function rulesFor(codec: Codec<unknown>, source: string, target: string, prefix: string): StructureMapGroupRule[] {
  return Object.entries(codec.fields ?? {}).flatMap(([field, rule]) => {
    return rule.element && !rule.readOnly ? [ruleFor(field, rule, stepsOf(rule), source, target, prefix)] : [];
  });
}

/** The path of a rule, with the values that the items of its list have, down to where the codec reads. */
function stepsOf({ element, codec }: Rule<unknown>): readonly Step[] {
  const steps = element?.steps ?? [];
  const last = steps.at(-1);
  const below = (codec.item ?? codec).reading;
  return [
    ...(last && codec.reading.kind === 'list'
      ? [...steps.slice(0, -1), { ...last, slice: codec.reading.where }]
      : steps),
    ...(below.kind === 'below' ? below.element.steps : []),
  ];
}

function ruleFor(
  field: string,
  { codec, doc }: FieldRule,
  steps: readonly Step[],
  source: string,
  target: string,
  prefix: string,
): StructureMapGroupRule {
  const name = `${prefix}${field}`;
  const variable = `s.${name}`;
  const inner = codec.item ?? codec;
  const nested = inner.fields ? rulesFor(inner, variable, `t.${name}`, `${name}.`) : [];
  return {
    name,
    source: [{ context: source, element: field, variable }],
    target: targetsFor(steps, target, name, nested.length > 0, transformOf(variable, codec)),
    ...(nested.length > 0 ? { rule: nested } : {}),
    documentation: doc,
  };
}

type Value = Pick<StructureMapGroupRuleTarget, 'transform' | 'parameter'>;

function transformOf(variable: string, codec: Codec<unknown>): Value {
  const table = tableOf({ codec } as FieldRule);
  if (!table) return { transform: 'copy', parameter: [{ valueId: variable }] };
  const parameter = [
    { valueId: variable },
    { valueString: `${BASE}/ConceptMap/model-${table.name}` },
    { valueString: 'code' },
  ];
  return { transform: 'translate', parameter };
}

/** A target for each step, and one for each fixed value of its slice. */
function targetsFor(steps: readonly Step[], start: string, name: string, isHolder: boolean, value: Value) {
  const targets: StructureMapGroupRuleTarget[] = [];
  let context = start;
  for (const [at, { name: property, slice }] of steps.entries()) {
    const isLast = at === steps.length - 1;
    const element = property.replace('[x]', '');
    const variable = isLast ? `t.${name}` : `t${at}.${name}`;
    if (isLast && !isHolder) {
      targets.push({ context, contextType: 'variable', element, ...value });
      break;
    }
    targets.push({ context, contextType: 'variable', element, variable });
    for (const [key, fixed] of Object.entries(slice ?? {}))
      if (!isObject(fixed) && !Array.isArray(fixed))
        targets.push(copied(variable, key, { valueString: String(fixed) }));
    context = variable;
  }
  return targets;
}

const copied = (
  context: string,
  element: string,
  parameter: { readonly valueString: string },
): StructureMapGroupRuleTarget => ({
  context,
  contextType: 'variable',
  element,
  transform: 'copy',
  parameter: [parameter],
});
