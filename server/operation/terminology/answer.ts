/** Parameters as the answer of a terminology operation: names and values, absent ones left out. */
import type { AnyResource, ParametersParameter } from '../../../resources/types.ts';
import type { FhirResponse } from '../../interaction/interaction.ts';

type Value = Omit<ParametersParameter, 'name'>;

/** `['result', { valueBoolean: true }]`; undefined is left out. */
export type Part = readonly [string, Value] | undefined;

export const partsOf = (parts: readonly Part[]): ParametersParameter[] =>
  parts.flatMap((each) => (each ? [{ name: each[0], ...each[1] }] : []));

export const answer = (parts: readonly Part[]): FhirResponse => ({
  status: 200,
  body: { resourceType: 'Parameters', parameter: partsOf(parts) } as unknown as AnyResource,
});

export const text = (name: string, value: string | undefined): Part =>
  value === undefined ? undefined : [name, { valueString: value }];
