/** Random values from a JSON Schema, as far as the schemas of mappings go; what is only read is left out. */
import fc from 'fast-check';
import type { Schema } from '../../mappings/schema.ts';

const two = (number: number): string => String(number).padStart(2, '0');
const day = fc
  .tuple(fc.integer({ min: 1900, max: 2099 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([y, m, d]) => `${y}-${two(m)}-${two(d)}`);
const partialDay = fc.oneof(
  day,
  day.map((text) => text.slice(0, 7)),
  day.map((text) => text.slice(0, 4)),
);
const moment = fc
  .tuple(
    day,
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom('', '.5', '.120', '.000'),
    fc.constantFrom('Z', '+02:00', '-07:00'),
  )
  .map(([date, h, m, s, fraction, zone]) => `${date}T${two(h)}:${two(m)}:${two(s)}${fraction}${zone}`);

const words = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom('María', 'walk <30 min', '1.0', 'a "b" c'),
  )
  // What FHIR takes as a string: no control characters, and more than white space.
  .map((each) => each.replace(/\p{C}/gu, '').trim())
  .filter((each) => each !== '');
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._'), minLength: 1, maxLength: 12 });

function ofText({ pattern, format, enum: list, examples }: Schema): fc.Arbitrary<string> {
  if (list) return fc.constantFrom(...list.map(String));
  if (format === 'partial-date') return partialDay;
  if (format === 'partial-date-time') return fc.oneof(partialDay, moment);
  if (format === 'instant') return moment;
  if (examples) return fc.constantFrom(...examples.map(String));
  if (pattern === '\\S') return words;
  return token.filter((each) => pattern === undefined || new RegExp(pattern, 'u').test(each));
}

function ofObject(schema: Schema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [], minProperties = 0 } = schema;
  const entries = Object.entries(properties).filter(([, each]) => !each.readOnly);
  const shape = Object.fromEntries(entries.map(([name, each]) => [name, sampleOf(each, depth + 1)]));
  return fc
    .record(shape, { requiredKeys: entries.map(([name]) => name).filter((name) => required.includes(name)) })
    .filter((value) => Object.keys(value).length >= minProperties);
}

/** The branches of a `oneOf`, each with the properties of the whole that it allows. */
function branches(schema: Schema): readonly Schema[] {
  return (schema.oneOf ?? []).map((branch) => {
    const excluded = new Set([
      ...(branch.not?.required ?? []),
      ...(branch.not?.anyOf ?? []).flatMap(({ required = [] }) => required),
    ]);
    const properties = Object.entries({ ...schema.properties, ...branch.properties }).filter(
      ([name]) => !excluded.has(name),
    );
    const required = branch.required ?? [];
    // What a branch neither asks for nor the rest of the object names belongs to another branch.
    const others = new Set(
      (schema.oneOf ?? [])
        .flatMap(({ required: each = [] }) => each)
        .filter((name) => !required.includes(name) && name !== 'name'),
    );
    return {
      ...branch,
      properties: Object.fromEntries(properties.filter(([name]) => !others.has(name) || branch.properties?.[name])),
      required,
    };
  });
}

export function sampleOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.oneOf) return fc.oneof(...branches(schema).map((branch) => ofObject(branch, depth)));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
    case 'number':
      return fc.constantFrom(0.5, 1, 2, 5, 7.25, 62.5, 1e-7);
    case 'array':
      return fc.array(sampleOf(schema.items ?? {}, depth + 1), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'object':
      return ofObject(schema, depth);
    default:
      return ofText(schema);
  }
}
