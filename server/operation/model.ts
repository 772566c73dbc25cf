/**
 * $to-model and $from-model: what a resource is in the words of the practice, and the reverse, nothing being stored; with what is lost on the way.
 */
import { mappings } from '../../mappings/index.ts';
import { isObject, type Json } from '../../mappings/json.ts';
import { type Loss, lossOfDecoding, lossOfEncoding } from '../../mappings/loss.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Base } from '../../mappings/model.ts';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { nearest } from '../../resources/nearest.ts';
import { badStructure, badValue, FhirError, issue, unprocessable } from '../../resources/outcome.ts';
import type { ParametersParameter } from '../../resources/types.ts';
import type { FhirResponse } from '../interaction/interaction.ts';
import { defineOperation } from './operation.ts';

const result = {
  name: 'return',
  type: 'Parameters',
  documentation: 'The result, and a `lost` for each path that has no counterpart',
};
const anywhere = { resource: [], system: true, type: false, instance: false, affectsState: false } as const;

const names = mappings.map(({ name }) => name);

/** The paths that are lost; `more` where there may be others. */
const lost = ({ paths, isPartial }: Loss): ParametersParameter[] => [
  ...paths.map((path) => ({ name: 'lost', valueString: path })),
  ...(isPartial ? [{ name: 'more', valueBoolean: true }] : []),
];

const parametersOf = (parameter: readonly ParametersParameter[]): FhirResponse => ({
  status: 200,
  body: { resourceType: 'Parameters', parameter },
});

export const toModel = defineOperation(
  {
    ...anywhere,
    code: 'to-model',
    title: 'A resource in the words of the practice',
    description:
      'What a resource is as a record of /care, without storing anything. `lost` has the elements that no field says; they stay where they are when a stored resource is written through /care.',
    parameter: { resource: { type: 'Resource', min: 1, max: '1', documentation: 'The resource' } },
    result,
  },
  async ({ input: { resource } }) => {
    const mapping = mappings.find((each) => each.accepts(resource));
    if (!mapping)
      throw unprocessable(
        `There is no record for this ${resource.resourceType}; there are ${mappings.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
        { expression: resource.resourceType },
      );
    return parametersOf([
      { name: 'type', valueCode: mapping.name },
      { name: 'model', valueString: stringifyJson(mapping.decode(resource)) },
      ...lost(lossOfDecoding(mapping, resource as Json)),
    ]);
  },
);

export const fromModel = defineOperation(
  {
    ...anywhere,
    code: 'from-model',
    title: 'A record of the practice as a resource',
    description:
      'What a record of /care is in FHIR, without storing anything. `lost` has the fields that no element holds.',
    parameter: {
      type: { type: 'code', min: 1, max: '1', documentation: `The type of the record: ${names.join(', ')}` },
      model: { type: 'string', min: 1, max: '1', documentation: 'The record, as JSON text' },
    },
    result,
  },
  async ({ input: { type, model } }) => {
    const mapping = mappings.find(({ name }) => name === type);
    if (!mapping) {
      const near = nearest(type, names);
      throw badValue(
        `There is no record type ${type}; ${near ? `did you mean ${near}?` : `there are ${names.join(', ')}`}`,
        {
          expression: 'http.type',
        },
      );
    }
    const value = parseJson(model);
    if (!isObject(value))
      throw badStructure(`The model is no JSON object; expected a ${mapping.name}`, { expression: 'http.model' });
    const said = onlyKnown(value, mapping);
    const errors = mapping.check(said);
    if (errors.length > 0)
      throw new FhirError(
        422,
        errors.map(({ field, detail }) =>
          issue('value', `${field}: ${detail}`, { expression: `${mapping.name}.${field}` }),
        ),
      );
    return parametersOf([
      { name: 'resource', resource: mapping.encode(said as Base) } as unknown as ParametersParameter,
      ...lost(lossOfEncoding(mapping, value)),
    ]);
  },
);

/** The fields that the model has; others are no errors here, they are told as lost. */
function onlyKnown(value: Json, { schema: { properties = {} } }: Mapping): Json {
  const known: Record<string, unknown> = { ...value };
  for (const field of Object.keys(value)) if (!Object.hasOwn(properties, field)) delete known[field];
  return known;
}
