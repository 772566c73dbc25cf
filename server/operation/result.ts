/** What an operation gives back when it is no resource. https://hl7.org/fhir/R4/operations.html#response */
import type { AnyResource, JsonObject } from '../../resources/types.ts';

/** A Parameters resource with one value: `parametersWith('return', 'Meta', meta)`. */
export function parametersWith(name: string, type: string, value: JsonObject): AnyResource {
  return { resourceType: 'Parameters', parameter: [{ name, [`value${type}`]: value }] };
}
